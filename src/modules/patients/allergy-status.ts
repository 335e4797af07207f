import type { EntityManager } from '@mikro-orm/postgresql'
import { NOT_STANDING } from './problem-status.js'
import { AllergyStatus } from './patient.entity.js'

/** Whether entries of the allergy `a` count. */
const STANDING = `a.verification_status not in (${NOT_STANDING.map((status) => `'${status}'`).join(', ')})`

/** Brings the allergy status of a patient up to date after entries were added; says nothing where nothing was (RULES P5). */
export async function refreshAllergyStatus(em: EntityManager, patientId: string, noneKnown: boolean): Promise<void> {
  await em.execute(
    `update patient set allergy_status = wanted.status, version = version + 1, updated_at = ?::timestamptz
     from (select case when exists (select from allergy a where a.patient_id = ? and ${STANDING}) then ? when ? then ? end as status) as wanted
     where id = ? and wanted.status is not null and allergy_status <> wanted.status`,
    [new Date().toISOString(), patientId, AllergyStatus.RECORDED, noneKnown, AllergyStatus.NONE_KNOWN, patientId],
  )
}

/** How many allergies of the patient count. */
export async function countStandingAllergies(em: EntityManager, patientId: string): Promise<number> {
  const [row] = await em.execute<{ count: number }[]>(
    `select count(*)::int as count from allergy a where a.patient_id = ? and ${STANDING}`,
    [patientId],
  )
  return row?.count ?? 0
}
