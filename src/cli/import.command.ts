import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { MikroORM } from '@mikro-orm/postgresql'
import { InvalidArgumentError, type Command } from 'commander'

import { recordedCommand } from '../audit/command-event.js'
import { AuditAction, AuditOutcome } from '../audit/event.js'
import { MIGRATIONS_PATH } from '../database/migrate.js'
import { ormOptions } from '../database/orm-options.js'
import { importFhir, UnknownLocationError, type FhirImportResult } from '../modules/interop/fhir-import.js'
import { isTimeZone } from '../modules/interop/fhir-time.js'
import { findInputFiles } from '../modules/interop/import-files.js'
import type { Problem } from '../modules/interop/import-problems.js'
import { importSummary } from '../modules/interop/import-summary.js'
import { createBar, createSteps } from '../terminal/progress.js'
import type { WithDatabase } from './context.js'

/** Exit codes of `clinic import fhir`. Resources that cannot be mapped are no failure: the report names them. */
const EXIT = { fine: 0, someFailed: 1, usage: 2 } as const

interface Flags {
  readonly report?: string
  readonly source: string
  readonly timeZone?: string
  readonly location?: string
  readonly keepNameDigits: boolean
  readonly dryRun: boolean
}

/** Adds `clinic import fhir` to the program. */
export function registerImportCommand(program: Command, withDatabase: WithDatabase): void {
  const group =
    program.commands.find((command) => command.name() === 'import') ?? program.command('import').description('load data from other systems')
  group
    .command('fhir')
    .description('load FHIR R4 bundles or NDJSON files, plain or gzip-compressed, from files and folders')
    .argument('<path...>', 'files or folders')
    .option('--report <file>', 'write every problem to this file, one JSON object per line')
    .option('--source <name>', 'name of the sender; its ids are remembered under it', 'fhir')
    .option(
      '--time-zone <zone>',
      "zone of dates without a time and of new locations (default: that of the clinic's first location, else UTC)",
      timeZone,
    )
    .option('--location <name>', 'put all visits at this location of the clinic instead of making one for each place of the source')
    .option('--keep-name-digits', 'keep digits that are glued to names', false)
    .option('--dry-run', 'read, map and report everything, and write nothing', false)
    // Commander's own usage errors end with 1, which here says that files failed.
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.fine : EXIT.usage))
    .action(async (paths: string[], flags: Flags) => {
      const { files, ignored, missing } = await findInputFiles(paths)
      for (const path of missing) process.stderr.write(`There is no ${path}\n`)
      if (missing.length > 0 || files.length === 0) {
        if (missing.length === 0) process.stderr.write('No .json or .ndjson file (or either as .gz) was found there.\n')
        process.exitCode = EXIT.usage
        return
      }
      if (ignored.length > 0) process.stderr.write(`Left alone: ${ignored.length} files that are neither .json nor .ndjson\n`)
      process.exitCode = await run(files, flags, withDatabase)
    })
}

async function run(files: readonly string[], flags: Flags, withDatabase: WithDatabase): Promise<number> {
  const report = flags.report === undefined ? undefined : await openReport(flags.report)
  if (report === null) return EXIT.usage
  try {
    const result = await withDatabase(({ url }) => {
      const work = (): Promise<FhirImportResult> => importInto(url, files, flags, report)
      return flags.dryRun ? work() : recordedImport(url, files.length, work)
    })
    process.stdout.write(`${importSummary(result, flags.dryRun)}\n`)
    if (flags.report !== undefined) process.stdout.write(`Every problem is in ${flags.report}\n`)
    return result.failedFiles > 0 || result.ledger.errors > 0 || result.imbalance.length > 0 ? EXIT.someFailed : EXIT.fine
  } catch (error) {
    if (!(error instanceof UnknownLocationError)) throw error
    process.stderr.write(`The clinic has no location named ${error.message}\n`)
    return EXIT.usage
  } finally {
    report?.end()
    if (report !== undefined) await finished(report)
  }
}

async function importInto(url: string, files: readonly string[], flags: Flags, report: WriteStream | undefined): Promise<FhirImportResult> {
  const orm = await MikroORM.init(ormOptions(url, MIGRATIONS_PATH))
  const steps = createSteps(process.stderr)
  try {
    return await importFhir(orm, url, {
      files,
      source: flags.source,
      zone: flags.timeZone,
      location: flags.location,
      keepNameDigits: flags.keepNameDigits,
      dryRun: flags.dryRun,
      onStep: steps.run,
      onProgress: (label, total) => createBar(total, label),
      onProblem: (problem: Problem) => {
        report?.write(`${JSON.stringify(problem)}\n`)
        if (problem.resourceType === null && problem.severity === 'error')
          process.stderr.write(`${problem.file}${place(problem)}: ${problem.message}\n`)
      },
    })
  } finally {
    await orm.close()
  }
}

/** That data come in, in the audit trail: when it began and ended, how much, and whether all of it (SECURITY P1). */
function recordedImport(url: string, files: number, work: () => Promise<FhirImportResult>): Promise<FhirImportResult> {
  return recordedCommand({
    url,
    action: AuditAction.IMPORT,
    facts: { format: 'FHIR', files },
    work,
    ended: ({ failedFiles, ledger }) => ({
      outcome: failedFiles > 0 ? AuditOutcome.FAILED : AuditOutcome.SUCCESS,
      facts: { files, failedFiles, errors: ledger.errors },
    }),
  })
}

function place({ field }: Problem): string {
  return field === undefined ? '' : `, ${field}`
}

/** @returns null, after saying so, when the file cannot be written */
async function openReport(file: string): Promise<WriteStream | null> {
  const stream = createWriteStream(file, { mode: 0o600 })
  return new Promise((resolve) => {
    stream.once('open', () => resolve(stream))
    stream.once('error', (error) => {
      process.stderr.write(`The report cannot be written: ${error.message}\n`)
      resolve(null)
    })
  })
}

function timeZone(value: string): string {
  if (isTimeZone(value)) return value
  throw new InvalidArgumentError('It is no IANA time zone, such as Europe/Berlin.')
}
