import Table from 'cli-table3'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { recordedCommand } from '../audit/command-event.js'
import { AuditAction } from '../audit/event.js'
import { seedClinic, type SeedSummary } from '../modules/demo/seeder.js'
import { instant, parseAsOf } from '../modules/demo/time.js'
import { HISTORIES, type History } from '../modules/demo/world.js'
import { createBar, seconds } from '../terminal/progress.js'
import type { DatabaseContext, WithDatabase } from './context.js'

interface SeedFlags {
  readonly patients: number
  readonly history: History
  readonly seed: string
  readonly asOf?: string
  readonly inProduction?: true
}

const MOST_PATIENTS = 10_000_000
/** No line between the rows of the summary. */
const NO_RULES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }

/** `clinic seed`: fills the clinic with made-up patients. */
export function registerSeedCommand(program: Command, withDatabase: WithDatabase): void {
  program
    .command('seed')
    .description('Add made-up patients with their history, all of them or none.')
    .option('--patients <number>', 'how many', patientCount, 500)
    .addOption(
      new Option('--history <extent>', 'none: patients only; light: with appointments, allergies and conditions; full: everything')
        .choices(HISTORIES)
        .default('full'),
    )
    .option('--seed <text>', 'the same text and day, on an empty clinic, give the same clinic', 'demo clinic')
    .option('--as-of <date>', 'the day (noon UTC) or instant that counts as now; by default, now', asOfText)
    .option('--in-production', 'also with NODE_ENV=production: the made-up patients stand among the real ones')
    .action((flags: SeedFlags) => withDatabase((context) => seed(flags, context)))
}

async function seed(flags: SeedFlags, { url, env, hasher }: DatabaseContext): Promise<void> {
  if (env.NODE_ENV === 'production' && flags.inProduction !== true) {
    process.stderr.write(
      'This is a production clinic. Made-up patients cannot be told from real ones afterwards; --in-production adds them all the same.\n',
    )
    process.exitCode = 1
    return
  }
  const begun = performance.now()
  const bar = createBar(flags.patients, 'Seeding patients')
  let summary: SeedSummary
  try {
    const seeding = {
      connectionString: url,
      patients: flags.patients,
      history: flags.history,
      seed: flags.seed,
      asOf: flags.asOf ?? instant(Date.now()),
      passwordHasher: hasher,
      demoAccounts: env.DEMO,
      onProgress: (patients: number) => bar.increment(patients),
    }
    // Made-up patients stand among real ones: where they came from is in the trail.
    summary = await recordedCommand({
      url,
      action: AuditAction.IMPORT,
      facts: { format: 'SEED', patients: flags.patients },
      work: () => seedClinic(seeding),
      ended: ({ patient = 0 }) => ({ facts: { patients: patient } }),
    })
  } finally {
    bar.stop()
  }
  process.stdout.write(`${summaryTable(summary)}\n${seconds(performance.now() - begun)}\n`)
}

function summaryTable(summary: SeedSummary): string {
  const table = new Table({ head: ['Table', 'Rows'], colAligns: ['left', 'right'], style: { head: [], border: [] }, chars: NO_RULES })
  const entries = Object.entries(summary)
  const total = entries.reduce((sum, [, rows]) => sum + rows, 0)
  table.push(...[...entries, ['total', total] as const].map(([name, rows]) => [name, rows.toLocaleString('en')]))
  return table.toString()
}

function patientCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > MOST_PATIENTS) {
    throw new InvalidArgumentError(`Must be a whole number from 1 to ${MOST_PATIENTS}.`)
  }
  return count
}

function asOfText(text: string): string {
  try {
    parseAsOf(text)
  } catch {
    throw new InvalidArgumentError('Must be a date such as 2026-11-20, or an instant such as 2026-11-20T09:30:00Z.')
  }
  return text
}
