import { createHash } from 'node:crypto'

/** Whose time a booking takes. */
export interface TimeTaken {
  readonly doctorIds: readonly string[]
  readonly patientId: string | null
  readonly roomIds: readonly (string | null)[]
  /** Further things only one transaction may do at a time, for instance to answer an idempotency key. */
  readonly more?: readonly string[]
}

/**
 * The numbers of the advisory locks on the time of these doctors, this patient and these rooms, in the order in which everybody takes
 * them: two inserts under the exclusion constraints that wait for each other are a deadlock. They are to be taken before the first read, so
 * that what is read is what the booking before has left; they are held until the transaction ends.
 */
export function locksOn({ doctorIds, patientId, roomIds, more = [] }: TimeTaken): string[] {
  const keys = [
    ...doctorIds.map((id) => `doctor ${id}`),
    ...(patientId === null ? [] : [`patient ${patientId}`]),
    ...roomIds.flatMap((id) => (id === null ? [] : [`room ${id}`])),
    ...more,
  ]
  const numbers = new Set(keys.map((key) => createHash('sha256').update(key.toLowerCase()).digest().readBigInt64BE()))
  return [...numbers].sort((a, b) => (a < b ? -1 : 1)).map(String)
}
