import type { EntityManager } from '@mikro-orm/postgresql'

/** Whose time a booking takes. */
export interface TimeTaken {
  readonly doctorIds: readonly string[]
  readonly patientId: string | null
  readonly roomIds?: readonly (string | null | undefined)[]
  /** Further things only one transaction may do at a time, for instance to answer an idempotency key. */
  readonly more?: readonly string[]
}

/**
 * Waits until no other booking is busy with the time of these doctors, this patient and these rooms; held until the transaction ends.
 *
 * Taken in one order by everybody, because two inserts under the exclusion constraints that wait for each other are a deadlock. Taken
 * before the first read, so that what is read is what the booking before has left.
 */
export async function lockTimes(em: EntityManager, { doctorIds, patientId, roomIds = [], more = [] }: TimeTaken): Promise<void> {
  const keys = [
    ...doctorIds.map((id) => `doctor ${id}`),
    ...(patientId === null ? [] : [`patient ${patientId}`]),
    ...roomIds.flatMap((id) => (id == null ? [] : [`room ${id}`])),
    ...more,
  ]
  await em.execute(
    `select pg_advisory_xact_lock(number) from (
       select distinct hashtextextended(lower(key), 0) as number from unnest(string_to_array(?, '|')) key order by 1 offset 0) keys`,
    [keys.join('|')],
  )
}
