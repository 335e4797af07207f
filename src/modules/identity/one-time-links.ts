import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'
import { WELL_FORMED_TOKEN } from './client-facts.js'
import { digestOf, randomToken } from './keys.js'
import { OneTimePurpose } from './one-time-token.entity.js'

/** What a link is for, and for whom. */
export type LinkSubject =
  | { readonly purpose: OneTimePurpose.PASSWORD_RESET; readonly userId: string }
  | { readonly purpose: OneTimePurpose.INVITATION; readonly patientId: string }
  | { readonly purpose: OneTimePurpose.SET_UP }

/** Where front ends take the token from: behind the `#`, which neither servers nor their logs ever see. */
const FRAGMENTS: Readonly<Record<OneTimePurpose, string>> = {
  [OneTimePurpose.PASSWORD_RESET]: 'reset',
  [OneTimePurpose.INVITATION]: 'invitation',
  [OneTimePurpose.SET_UP]: 'set-up',
}

/** The page that takes one-time links. */
export const ACCOUNT_PATH = '/account'

/** @param base address of the front end, without a slash at its end */
export function linkTo(base: string, purpose: OneTimePurpose, token: string): string {
  return `${base}${ACCOUNT_PATH}#${FRAGMENTS[purpose]}=${token}`
}

/**
 * Writes a token and makes earlier ones for the same person worthless. Set-up tokens stay: every instance of a first start prints its own.
 * @returns the token, which is kept nowhere
 */
export async function issueToken(em: EntityManager, subject: LinkSubject, now: Date, expiresAt: Date): Promise<string> {
  const token = randomToken()
  const userId = 'userId' in subject ? subject.userId : null
  const patientId = 'patientId' in subject ? subject.patientId : null
  if (subject.purpose !== OneTimePurpose.SET_UP)
    await em.execute(
      `update one_time_token set used_at = ? where purpose = ? and used_at is null
     and user_id is not distinct from ?::uuid and patient_id is not distinct from ?::uuid`,
      [now, subject.purpose, userId, patientId],
    )
  await em.execute(
    'insert into one_time_token (id, created_at, updated_at, purpose, token_hash, user_id, patient_id, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?)',
    [uuidv7(), now, now, subject.purpose, digestOf(token), userId, patientId, expiresAt],
  )
  return token
}

/** Whom a token that still works is for; it stays usable. */
export async function subjectOfToken(
  em: EntityManager,
  purpose: OneTimePurpose,
  token: string,
  now: Date,
): Promise<{ id: string | null } | null> {
  if (!WELL_FORMED_TOKEN.test(token)) return null
  const [row] = await em.execute<{ id: string | null }[]>(
    'select coalesce(user_id, patient_id) as id from one_time_token where token_hash = ? and purpose = ? and used_at is null and expires_at > ?',
    [digestOf(token), purpose, now],
  )
  return row ?? null
}

/** Uses a token up: of any number who try at once, one succeeds. */
export async function consumeToken(em: EntityManager, purpose: OneTimePurpose, token: string, now: Date): Promise<boolean> {
  if (!WELL_FORMED_TOKEN.test(token)) return false
  const rows = await em.execute<unknown[]>(
    'update one_time_token set used_at = ? where token_hash = ? and purpose = ? and used_at is null and expires_at > ? returning id',
    [now, digestOf(token), purpose, now],
  )
  return rows.length > 0
}

/** Counts one try at the proof that goes with a token; whom the token is for, or `null` when it does not work or has been tried too often. */
export async function tryToken(
  em: EntityManager,
  purpose: OneTimePurpose,
  token: string,
  now: Date,
  tries: number,
): Promise<string | null> {
  if (!WELL_FORMED_TOKEN.test(token)) return null
  const [row] = await em.execute<{ id: string }[]>(
    `update one_time_token set attempts = attempts + 1
     where token_hash = ? and purpose = ? and used_at is null and expires_at > ? and attempts < ? returning coalesce(user_id, patient_id) as id`,
    [digestOf(token), purpose, now, tries],
  )
  return row?.id ?? null
}

/** The proof was right: the try is taken back. */
export async function returnTry(em: EntityManager, token: string): Promise<void> {
  await em.execute('update one_time_token set attempts = greatest(0, attempts - 1) where token_hash = ?', [digestOf(token)])
}
