import type pg from 'pg'

import type { Project } from '../project.ts'
import type { Account } from './fill.ts'

/** Name and password of an account. */
export interface Person {
  readonly username: string
  readonly password: string
}

/** What a server in production hashes with. */
const PRODUCTION_COST = 12

type Role = 'DOCTOR' | 'OWNER' | 'STAFF' | 'PATIENT'

/** Accounts of the front room, with the hash of production: one hash for all of them, because making it is what takes long. */
export async function addReaders(client: pg.Client, project: Project, account: Account, count: number): Promise<Person[]> {
  const people = Array.from({ length: count }, (_, n) => ({ username: `bench-reader-${n + 1}`, password: account.password }))
  const hash = await new project.PasswordHasher({ pepper: account.pepper, cost: PRODUCTION_COST }).hash(account.password)
  await client.query(
    `with people as (select name, gen_random_uuid() as id from unnest($1::text[]) as name where not exists (select from user_account where username = name)),
          employed as (insert into staff (id, full_name) select id, name from people)
     insert into user_account (id, username, display_name, password_hash, roles, staff_id)
     select gen_random_uuid(), name, name, $2, '{STAFF}', id from people`,
    [people.map(({ username }) => username), hash],
  )
  return people
}

/** One account of a role, with the password of the bench's own; a patient's belongs to `patientId`. */
export async function addPerson(client: pg.Client, account: Account, role: Role, patientId?: string): Promise<Person> {
  const username = `bench-${role.toLowerCase()}`
  await client.query(
    `with person as (insert into staff (id, full_name) select gen_random_uuid(), $1 where $2 <> 'PATIENT' and not exists (select from user_account where username = $1) returning id)
     insert into user_account (id, username, display_name, password_hash, roles, staff_id, patient_id)
     select gen_random_uuid(), $1, $1, u.password_hash, array[$2], (select id from person), $3::uuid from user_account u
     where u.username = $4 and not exists (select from user_account where username = $1)`,
    [username, role, patientId ?? null, account.username],
  )
  return { username, password: account.password }
}
