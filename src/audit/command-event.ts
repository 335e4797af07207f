import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { STRANGER } from '../access/actor.js'
import { AuditOutcome, type AuditAction, type AuditNote } from './event.js'
import { eventRow } from './event-row.js'

/** Puts an event of a command into the trail; who runs commands is known to the operating system, not to the clinic. */
export async function recordCommand(url: string, note: AuditNote): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'clinic-audit-command' })
  await client.connect()
  try {
    await client.query('select audit_append($1::jsonb)', [JSON.stringify([eventRow({ actor: STRANGER }, note)])])
  } finally {
    await client.end()
  }
}

/** What a command that moves patient data says of itself in the trail. */
export interface CommandRun<Result> {
  readonly url: string
  readonly action: AuditAction
  /** What is known before it begins. */
  readonly facts: NonNullable<AuditNote['facts']>
  readonly work: () => Promise<Result>
  /** What came of it. */
  readonly ended: (result: Result) => Pick<AuditNote, 'outcome' | 'facts'>
}

/**
 * Runs a command with an event before it and one after it, which share the fact `run` (SECURITY P1). Without the first nothing is done;
 * a first without a second is a run that was killed.
 */
export async function recordedCommand<Result>({ url, action, facts, work, ended }: CommandRun<Result>): Promise<Result> {
  const run = uuidv7()
  await recordCommand(url, { action, facts: { ...facts, run, stage: 'BEGUN' } })
  let result: Result
  try {
    result = await work()
  } catch (error) {
    // What went wrong is to be told, also when it took the database with it.
    await recordCommand(url, { action, outcome: AuditOutcome.FAILED, facts: { run, stage: 'ENDED' } }).catch(() => undefined)
    throw error
  }
  const { outcome = AuditOutcome.SUCCESS, facts: more } = ended(result)
  await recordCommand(url, { action, outcome, facts: { ...more, run, stage: 'ENDED' } })
  return result
}
