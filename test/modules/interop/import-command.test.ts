import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'

import { registerImportCommand } from '../../../src/cli/import.command.js'
import type { WithDatabase } from '../../../src/cli/context.js'
import { IMPORT_LOCK } from '../../../src/modules/interop/fhir-import.js'
import { bundle, directory, InputFolder, wholePatient } from './fhir-fixtures.js'
import { ImportHarness } from './import-harness.js'

let clinic: ImportHarness

beforeAll(async () => {
  clinic = await ImportHarness.create()
})
afterAll(async () => clinic.close())
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

/** Runs `clinic import fhir …`: exit code, standard output, standard error. */
async function run(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const [out, err] = [vi.spyOn(process.stdout, 'write').mockReturnValue(true), vi.spyOn(process.stderr, 'write').mockReturnValue(true)]
  const withDatabase: WithDatabase = async (use) => use({ url: clinic.url } as Parameters<typeof use>[0])
  const program = new Command()
  registerImportCommand(program, withDatabase)
  await program.parseAsync(['import', 'fhir', ...args], { from: 'user' })
  const said = (spy: typeof out): string => spy.mock.calls.map(([text]) => String(text)).join('')
  return { code: process.exitCode, out: said(out), err: said(err) }
}

test('a folder with resources the clinic does not keep ends with 0, a table, and a report that names them', async () => {
  await using folder = await InputFolder.create()
  await folder.write('a.json', bundle(...wholePatient(), ...directory(), { resourceType: 'Claim', id: 'claim-1' }))
  await folder.write('notes.txt', 'not for us')
  const report = join(folder.path, 'report.jsonl')
  const { code, out, err } = await run(folder.path, '--report', report, '--time-zone', 'Europe/Berlin')
  expect(code).toBe(0)
  expect(out).toMatch(/Patient\s+│\s+1 │\s+1 │\s+0 │\s+0 │\s+0/)
  expect(out).toContain('Claim')
  expect(err).toContain('Left alone: 1')
  const lines = (await readFile(report, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toContainEqual({
    file: join(folder.path, 'a.json'),
    resourceType: 'Claim',
    id: 'claim-1',
    severity: 'warning',
    code: 'unmapped-type',
    message: 'The clinic keeps no resources of this type.',
  })
  expect(await clinic.rows('select time_zone from location')).toEqual([{ time_zone: 'Europe/Berlin' }])
})

test('a broken file among good ones ends with 1 and is named', async () => {
  await using folder = await InputFolder.create()
  const good = await folder.write('good.json', bundle(...wholePatient('good')))
  const bad = await folder.write('bad.json', '{')
  const { code, err } = await run(good, bad)
  expect(code).toBe(1)
  expect(err).toContain(`${bad}: `)
  expect(await clinic.rowOf('patient', 'Patient', 'good')).toBeDefined()
})

test('a path that is not there, an empty folder and an unknown location end with 2', async () => {
  await using folder = await InputFolder.create()
  expect((await run(join(folder.path, 'absent'))).code).toBe(2)
  expect((await run(folder.path)).code).toBe(2)
  const file = await folder.write('a.json', bundle(...directory()))
  expect((await run(file, '--location', 'Nowhere')).code).toBe(2)
  expect((await run(file, '--report', join(folder.path, 'absent', 'report'))).code).toBe(2)
})

test('a wrong option ends with 2', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`)
  })
  await expect(run('somewhere', '--time-zone', 'Middle/Earth')).rejects.toThrow('exit 2')
  expect(exit).toHaveBeenCalledWith(2)
})

describe('the audit trail (SECURITY P1)', () => {
  const imports = (): Promise<{ outcome: string; facts: Record<string, unknown> }[]> =>
    clinic.rows("select outcome, facts from audit_event where action = 'IMPORT' order by seq")

  test('has one event when an import begins and one when it ends, which belong together', async () => {
    await using folder = await InputFolder.create()
    const before = (await imports()).length
    const file = await folder.write('a.json', bundle(...wholePatient('trail')))
    await run(file, await folder.write('b.json', '{'))
    const [begun, ended, ...more] = (await imports()).slice(before)
    expect(more).toEqual([])
    expect(begun).toEqual({ outcome: 'SUCCESS', facts: { format: 'FHIR', files: 2, run: expect.any(String), stage: 'BEGUN' } })
    expect(ended).toEqual({ outcome: 'FAILED', facts: { files: 2, failedFiles: 1, errors: 1, run: begun?.facts['run'], stage: 'ENDED' } })
    await run(file, '--dry-run')
    expect(await imports()).toHaveLength(before + 2)
  })

  test('has the beginning of one that was killed, and the end of one that died', async () => {
    await using folder = await InputFolder.create()
    const file = await folder.write('a.json', bundle(...wholePatient('killed')))
    const before = (await imports()).length
    const holder = new pg.Client({ connectionString: clinic.url })
    await holder.connect()
    // Another import is under way: this one waits, having begun.
    await holder.query('select pg_advisory_lock($1)', [IMPORT_LOCK])
    const running = run(file).catch((error: unknown) => error)
    const waiting = 'select pid from pg_stat_activity where datname = current_database() and application_name = $1 and wait_event_type = $2'
    let pid: number | undefined
    while (pid === undefined) pid = (await clinic.rows<{ pid: number }>(waiting, 'clinic import', 'Lock'))[0]?.pid
    const stages = async (): Promise<unknown[]> => (await imports()).slice(before).map(({ outcome, facts }) => [facts['stage'], outcome])
    expect(await stages()).toEqual([['BEGUN', 'SUCCESS']])
    await clinic.rows('select pg_terminate_backend($1)', pid)
    expect(await running).toBeInstanceOf(Error)
    await holder.end()
    expect(await stages()).toEqual([
      ['BEGUN', 'SUCCESS'],
      ['ENDED', 'FAILED'],
    ])
  })

  test('without a way into it nothing is imported', async () => {
    await using folder = await InputFolder.create()
    const file = await folder.write('a.json', bundle(...wholePatient('unrecorded')))
    await clinic.rows('alter function audit_append(jsonb) rename to audit_append_away')
    try {
      await expect(run(file)).rejects.toThrow('audit_append')
    } finally {
      await clinic.rows('alter function audit_append_away(jsonb) rename to audit_append')
    }
    expect(await clinic.rowOf('patient', 'Patient', 'unrecorded')).toBeUndefined()
  })
})
