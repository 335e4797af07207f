import type pg from 'pg'

import { boardDays, cohortIds } from './cohort.ts'
import { GENERATED_AS_OF } from './fill.ts'

/** What is asked of a clinic of any size. */
export interface GrowthFacts {
  /** Patients of one fixed shape, whatever the size. */
  readonly cohort: readonly string[]
  /** Patients from everywhere in the clinic, who have appointments. */
  readonly scattered: readonly string[]
  /** Days with at least a full page of appointments; those of the cohort when the clinic has no history. */
  readonly days: readonly { from: string; to: string }[]
  /** Patients as the front desk looks for them. */
  readonly sought: readonly {
    fullName: string
    lastName: string
    beginning: string
    misspelt: string
    /** The given name of one and the family name of another: few or none have both. */
    strangers: string
    mrn: string
    phone: string
  }[]
}

const SCATTERED = 1_000
const SOUGHT = 200
const DAYS = 20
const PAGE = 100

/** Picks them by a digest of their ids, the same in every run. */
export async function readGrowthFacts(client: pg.Client): Promise<GrowthFacts> {
  await client.query('set statement_timeout = 0')
  const { rows: scattered } = await client.query<{ id: string }>(
    `select id from (select id from patient where last_name not like 'Zz %' order by md5(id::text) limit $1) p
     where exists (select from appointment a where a.patient_id = p.id)`,
    [2 * SCATTERED],
  )
  const { rows: days } = await client.query<{ from: string; to: string }>(
    `select to_char(day, 'YYYY-MM-DD"T00:00:00.000Z"') as from, to_char(day + 1, 'YYYY-MM-DD"T00:00:00.000Z"') as to
     from (select starts_at::date as day, count(*) from appointment where starts_at >= $1::timestamptz - interval '60 days' and starts_at < $1 group by 1) d
     where count >= $2 order by day desc limit $3`,
    [GENERATED_AS_OF, PAGE, DAYS],
  )
  const { rows: sought } = await client.query<GrowthFacts['sought'][number]>(
    `select first_name || ' ' || last_name as "fullName", last_name as "lastName", left(last_name, 3) as beginning,
       first_name || ' ' || overlay(last_name placing substring(last_name from 3 for 1) || substring(last_name from 2 for 1) from 2 for 2) as misspelt,
       first_name || ' ' || lag(last_name, 1, last_name) over () as strangers, mrn, right(phone_digits, 7) as phone
     from (select * from patient where phone is not null and length(last_name) > 4 and first_name !~ ' ' and last_name not like 'Zz %' order by md5(id::text) limit $1) p`,
    [SOUGHT],
  )
  return {
    cohort: await cohortIds(client),
    scattered: scattered.slice(0, SCATTERED).map(({ id }) => id),
    days: days.length > 0 ? days : boardDays,
    sought,
  }
}
