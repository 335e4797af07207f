import type { EntityManager } from '@mikro-orm/postgresql'

/** Any numbers, as long as every instance uses the same and no two are equal. */
const LOCKS = { rights: 7_263_601, merging: 7_263_602 } as const

/** What only one transaction of all instances may do at a time. */
export type LockName = keyof typeof LOCKS

/** Waits until no other transaction holds the lock; it is held until this one ends. */
export async function lock(em: EntityManager, name: LockName): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(?)', [LOCKS[name]])
}
