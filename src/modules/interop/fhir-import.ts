import { stat } from 'node:fs/promises'
import type { MikroORM } from '@mikro-orm/postgresql'
import { Client } from 'pg'

import { silently, type StepRunner } from '../../terminal/progress.js'
import { DoctorDirectory } from './doctor-directory.js'
import { readFhir, UnreadableFileError } from './fhir-reader.js'
import { ImportLedger } from './import-ledger.js'
import type { Problem } from './import-problems.js'
import type { ImportSession } from './import-session.js'
import { ImportStage, type StagedRow } from './import-stage.js'
import { ImportWriter } from './import-writer.js'
import { PatientImport } from './patient-import.js'
import { SiteDirectory } from './site-directory.js'
import { stagedRow } from './staged-row.js'

/** Countable work of an import, for a progress bar. */
export interface ImportProgress {
  increment(by?: number): void
  stop(): void
}

/** What and how to import. */
export interface FhirImportOptions {
  readonly files: readonly string[]
  /** Name of the sender: its ids are remembered under it, so two senders may use the same ids. */
  readonly source: string
  /** Zone in which dates without a time are taken and new locations lie; that of the clinic's first location when missing, else UTC. */
  readonly zone: string | undefined
  /** Name of an existing location at which all visits are put. */
  readonly location: string | undefined
  readonly keepNameDigits: boolean
  readonly dryRun: boolean
  readonly now?: Date
  /** Takes each problem as it turns up. */
  readonly onProblem?: (problem: Problem) => void
  readonly onStep?: StepRunner
  /** Makes a bar for a total number of units of work. */
  readonly onProgress?: (label: string, total: number) => ImportProgress
}

/** What an import did. */
export interface FhirImportResult {
  readonly ledger: ImportLedger
  readonly files: number
  readonly failedFiles: number
  /** Resource types whose numbers do not add up; always empty, unless the importer is at fault. */
  readonly imbalance: readonly string[]
}

/** A location was named that does not exist. */
export class UnknownLocationError extends Error {}

/** Key of the advisory lock: only one import at a time works on a database. Any constant will do; this one is "FHIR" in ASCII. */
export const IMPORT_LOCK = 0x46484952
const DIRECTORY_PLACES = ['Organization', 'Location'] as const
const NO_BAR: ImportProgress = { increment: () => undefined, stop: () => undefined }

/**
 * Imports FHIR R4 files (RULES X1): reads all into a stage, then writes places, practitioners and one patient after the other. See
 * `docs/import-fhir.md` for what becomes of what.
 *
 * A second import waits until the first is done, so that both together give what one would have given.
 *
 * @param url of the same database the ORM works on; the stage needs a session of its own, so a pooler in transaction mode will not do
 * @throws UnknownLocationError
 */
export async function importFhir(orm: MikroORM, url: string, options: FhirImportOptions): Promise<FhirImportResult> {
  const onStep = options.onStep ?? silently
  const client = new Client({ connectionString: url, application_name: 'clinic import' })
  // A session that dies in the middle is noticed by the next statement; without a listener it would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await onStep('Waiting for another import to finish', async () => client.query('select pg_advisory_lock($1)', [IMPORT_LOCK]))
    return await runImport(orm, client, options, onStep)
  } finally {
    await client.end()
  }
}

async function runImport(orm: MikroORM, client: Client, options: FhirImportOptions, onStep: StepRunner): Promise<FhirImportResult> {
  const ledger = new ImportLedger(options.onProblem)
  const em = orm.em.fork()
  const { source, keepNameDigits, dryRun } = options
  const { zone, fixedLocation } = await placeOf(em, options)
  const session: ImportSession = {
    em,
    writer: new ImportWriter(em, ledger, source, dryRun),
    ledger,
    source,
    now: options.now ?? new Date(),
    zone,
    keepNameDigits,
    dryRun,
  }
  const stage = await ImportStage.create(client)
  const failedFiles = await readFiles(stage, ledger, options)
  await onStep('Sorting', async () => stage.sort())
  for (const [type, count] of await stage.countByType()) ledger.read(type, count)
  for await (const { fate, ...origin } of stage.leftAside()) {
    const code = origin.resourceType === 'Observation' ? 'unmapped-observation' : 'unmapped-type'
    ledger.skip(origin, fate === 'superseded' ? fate : code)
  }
  const repeated = new Set<string>()
  for await (const { resourceType, externalId } of stage.repeated()) repeated.add(`${resourceType}/${externalId}`)
  ledger.watch(repeated)

  const doctors = new DoctorDirectory(session)
  const sites = new SiteDirectory(session, fixedLocation)
  await onStep('Practitioners and places', async () => {
    for await (const page of stage.ofTypes(DIRECTORY_PLACES)) await sites.load(page)
    for await (const page of stage.ofTypes(['Practitioner'])) await doctors.load(page)
    for await (const page of stage.ofTypes(['PractitionerRole'])) await doctors.loadRoles(page)
    for await (const page of stage.ofTypes(['Medication'])) for (const item of page) ledger.skip(item, 'part-of-request')
  })

  const patients = new PatientImport(session, stage, doctors, sites)
  const keys = await stage.patientKeys()
  const bar = options.onProgress?.('Importing patients', keys.length) ?? NO_BAR
  try {
    for (const key of keys) {
      await patients.run(key)
      bar.increment()
    }
  } finally {
    bar.stop()
  }
  sites.reportUnused()
  for await (const origin of stage.repeated()) ledger.repeat(origin)
  return { ledger, files: options.files.length, failedFiles, imbalance: ledger.imbalance() }
}

/** Reads all files into the stage and counts those of which nothing, or not all, could be read. */
async function readFiles(stage: ImportStage, ledger: ImportLedger, options: FhirImportOptions): Promise<number> {
  const sizes = await Promise.all(options.files.map(async (file) => (await stat(file).catch(() => undefined))?.size ?? 0))
  const bar = options.onProgress?.('Reading files (kB)', Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1024)) ?? NO_BAR
  const failed = new Set<string>()
  let bytes = 0
  const onBytes = (count: number): void => {
    const before = Math.floor(bytes / 1024)
    bytes += count
    const by = Math.floor(bytes / 1024) - before
    if (by > 0) bar.increment(by)
  }
  async function* rows(file: string): AsyncGenerator<StagedRow> {
    for await (const read of readFhir(file, onBytes)) {
      if ('gap' in read) {
        ledger.file(file, read.gap, read.place)
        if (read.gap === 'line-not-json') failed.add(file)
      } else yield stagedRow(read)
    }
  }
  try {
    for (const file of options.files) {
      try {
        await stage.addFile(file, rows(file))
      } catch (error) {
        if (!(error instanceof UnreadableFileError)) throw error
        ledger.file(file, error.code)
        failed.add(file)
      }
    }
  } finally {
    bar.stop()
  }
  return failed.size
}

async function placeOf(em: ImportSession['em'], options: FhirImportOptions): Promise<{ zone: string; fixedLocation: string | undefined }> {
  const rows = await em.execute<{ id: string; name: string; time_zone: string }[]>('select id, name, time_zone from location order by id')
  const fixed = options.location === undefined ? undefined : rows.find((row) => row.name === options.location)
  if (options.location !== undefined && fixed === undefined) throw new UnknownLocationError(options.location)
  return { zone: options.zone ?? fixed?.time_zone ?? rows[0]?.time_zone ?? 'UTC', fixedLocation: fixed?.id }
}
