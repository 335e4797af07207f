import type { EntityManager } from '@mikro-orm/postgresql'
import { formatMrn } from './mrn.js'

/** The next medical record number. The sequence gives none twice, also when the transaction fails (RULES P1). */
export async function issueMrn(em: EntityManager): Promise<string> {
  const [row] = await em.execute<{ serial: string }[]>(`select nextval('patient_mrn_seq') as serial`)
  return formatMrn(BigInt(row?.serial ?? 0))
}
