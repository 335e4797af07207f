import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hashOf } from '../../src/audit/chain.js'
import { registerAuditCommand } from '../../src/cli/audit.command.js'
import { PasswordHasher } from '../../src/modules/identity/password.js'
import { testEnv } from '../support/server.js'
import { TrailFixture } from './trail-fixture.js'

describe('clinic audit', () => {
  let sut: TrailFixture
  let folder: string
  const file = (name: string): string => join(folder, name)

  beforeEach(async () => {
    sut = await TrailFixture.open()
    folder = await mkdtemp(join(tmpdir(), 'clinic-audit-'))
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    process.exitCode = undefined
    settings = {}
    await rm(folder, { recursive: true, force: true })
    await sut.close()
  })

  let settings: Record<string, string> = {}

  async function clinic(...args: string[]): Promise<{ out: string; code: unknown }> {
    let out = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
    // The progress is shown there, too.
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((out += String(text).startsWith('Checking') ? '' : String(text)), true))
    process.exitCode = undefined
    const program = new Command('clinic').exitOverride()
    const hasher = new PasswordHasher({ pepper: 'pepper of the tests', cost: 4 })
    registerAuditCommand(program, (use) => use({ url: sut.database.url, env: testEnv(settings), hasher }))
    await program.parseAsync(['audit', ...args], { from: 'user' })
    const code = process.exitCode
    vi.restoreAllMocks()
    return { out, code: code ?? 0 }
  }

  /** Some events of ten years ago, then some of today. */
  async function oldAndNew(old: number, recent: number): Promise<void> {
    await sut.owner.query("alter table audit_outbox alter occurred_at set default now() - interval '10 years'")
    for (let index = 0; index < old; index += 1)
      await sut.app.query(
        `insert into audit_outbox (id, event) values (gen_random_uuid(), '{"action": "READ", "patient_ids": ["018f0000-0000-7000-8000-0000000000aa"]}')`,
      )
    await sut.owner.query('alter table audit_outbox alter occurred_at set default now()')
    await sut.trail.append([])
    await sut.fill(recent)
  }

  it('verify says how many events are right, and fails when one is not, naming it', async () => {
    await sut.fill(5)
    expect(await clinic('verify')).toMatchObject({ code: 0, out: expect.stringMatching(/^5 events are right, up to 5:[0-9a-f]{64}/) })
    await sut.tamper("update audit_event set action = 'SEARCH' where seq = 3")
    expect(await clinic('verify')).toMatchObject({ code: 1, out: expect.stringContaining('Event 3 was changed') })
  })

  it('head prints an end that verify takes', async () => {
    await sut.fill(3)
    const head = (await clinic('head')).out.trim()
    await sut.fill(2)
    expect((await clinic('verify', '--head', head)).code).toBe(0)
    const wrong = head.replace(/[0-9a-f]$/, (digit) => (digit === '0' ? '1' : '0'))
    expect(await clinic('verify', '--head', wrong)).toMatchObject({
      code: 1,
      out: expect.stringContaining('Event 3 is another than the one that was exported'),
    })
    await expect(clinic('verify', '--head', 'nonsense')).rejects.toMatchObject({ code: 'commander.invalidArgument' })
  })

  it('archive moves what is older than six years into a file, and the chain goes on behind it', async () => {
    await oldAndNew(4, 3)
    const head = (await clinic('head')).out.trim()
    const { out, code } = await clinic('archive', '--to', file('first.ndjson'))
    expect({ out, code }).toMatchObject({ code: 0, out: expect.stringContaining('4 events are in') })
    expect((await stat(file('first.ndjson'))).mode & 0o077).toBe(0)
    // Three of today, and the one that says what was archived.
    expect(await sut.count()).toBe(4)
    const { rows } = await sut.owner.query("select action, entity, facts->'lastSeq' as last from audit_event order by seq desc limit 1")
    expect(rows).toEqual([{ action: 'EXPORT', entity: 'AuditEvent', last: 4 }])
    await sut.fill(2)
    expect(await clinic('verify')).toMatchObject({ code: 0, out: expect.stringMatching(/^6 events/) })
    expect(await clinic('verify', '--archive', file('first.ndjson'), '--head', head)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^10 events/),
    })
  })

  it('archive leaves what the clinic has to keep, for as many years as it has set (SECURITY P8)', async () => {
    await oldAndNew(4, 3)
    settings = { AUDIT_RETENTION_YEARS: '11' }
    expect(await clinic('archive', '--to', file('none'))).toEqual({ code: 0, out: 'There is no event that old.\n' })
    const { out } = await clinic('archive', '--to', file('early'), '--before', '2024-01-01')
    expect(out).toContain('Keep the file: its events are younger than 11 years.')
    settings = { AUDIT_RETENTION_YEARS: '5' }
    await expect(clinic('archive', '--to', file('too-soon'))).rejects.toThrow('AUDIT_RETENTION_YEARS must be at least 6')
  })

  it('several archives are checked one after the other', async () => {
    await oldAndNew(3, 3)
    await clinic('archive', '--to', file('first'))
    await clinic('archive', '--to', file('second'), '--before', '2999-01-01')
    expect(await clinic('verify', '--archive', file('first'), file('second'))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^8 events/),
    })
    expect(await clinic('verify', '--archive', file('second'))).toMatchObject({ code: 0 })
    expect(await clinic('verify', '--archive', file('first'))).toMatchObject({
      code: 1,
      out: expect.stringContaining('Event 4 is missing'),
    })
  })

  it('a file that was changed or cut off shows', async () => {
    await oldAndNew(4, 1)
    await clinic('archive', '--to', file('archive'))
    const text = await readFile(file('archive'), 'utf8')
    await writeFile(file('changed'), text.replace('"seq":2', '"seq":2,"x":1'))
    expect(await clinic('verify', '--archive', file('changed'))).toMatchObject({
      code: 1,
      out: expect.stringContaining('Event 2 was changed'),
    })
    await writeFile(file('missing'), text.split('\n').toSpliced(2, 1).join('\n'))
    expect(await clinic('verify', '--archive', file('missing'))).toMatchObject({
      code: 1,
      out: expect.stringContaining('Event 2 is missing'),
    })
    await writeFile(file('cut'), text.split('\n').slice(0, 3).join('\n'))
    expect(await clinic('verify', '--archive', file('cut'))).toMatchObject({
      code: 2,
      out: expect.stringContaining('was cut off after event 2'),
    })
    await writeFile(file('other'), '{}')
    expect(await clinic('verify', '--archive', file('other'))).toMatchObject({ code: 2, out: expect.stringContaining('is not an archive') })
  })

  it('an archive is NDJSON that can be checked with SHA-256 and nothing else', async () => {
    await oldAndNew(3, 0)
    await clinic('archive', '--to', file('archive'))
    const lines = (await readFile(file('archive'), 'utf8')).trimEnd().split('\n')
    let previous = JSON.parse(lines[0] ?? '').after.hash
    for (const line of lines.slice(1, -1)) {
      const { hash } = JSON.parse(line)
      expect(hashOf(previous, line.slice('{"hash":"","event":'.length + 64, -1))).toBe(hash)
      previous = hash
    }
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ end: { seq: 3, hash: previous }, events: 3 })
  })

  it('a trail that is wrong is not archived, and nothing is deleted', async () => {
    await oldAndNew(4, 1)
    await sut.tamper("update audit_event set action = 'SEARCH' where seq = 3")
    expect(await clinic('archive', '--to', file('archive'))).toMatchObject({ code: 1, out: expect.stringContaining('Event 3 was changed') })
    expect(await sut.count()).toBe(5)
    await expect(stat(file('archive'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('an archive never takes the place of a file, and says when there is nothing to do', async () => {
    await oldAndNew(2, 1)
    await writeFile(file('there'), 'something')
    expect(await clinic('archive', '--to', file('there'))).toMatchObject({ code: 2 })
    expect(await readFile(file('there'), 'utf8')).toBe('something')
    expect(await sut.count()).toBe(3)
    expect(await clinic('archive', '--to', file('none'), '--before', '2000-01-01')).toMatchObject({
      code: 0,
      out: 'There is no event that old.\n',
    })
  })

  it('an archive that was interrupted while it deleted is finished by the next', async () => {
    await oldAndNew(4, 2)
    await clinic('archive', '--to', file('first'))
    await sut.fill(2)
    await sut.owner.query('select audit_archive(seq, hash) from audit_event where seq = 5')
    expect(await sut.count()).toBe(5)
    await clinic('archive', '--to', file('second'))
    expect(await sut.count()).toBe(4)
    expect((await clinic('verify')).code).toBe(0)
  })

  it('only one archives at a time, and nobody checks meanwhile', async () => {
    await sut.fill(2)
    await sut.owner.query('select pg_advisory_lock(7263603)')
    for (const command of [['verify'], ['archive', '--to', file('archive')]])
      expect(await clinic(...command)).toMatchObject({ code: 2, out: expect.stringContaining('Try again') })
  })

  it('younger events are archived only when asked for, and the file then has to be kept', async () => {
    await sut.fill(2)
    expect((await clinic('archive', '--to', file('default'))).out).toContain('no event that old')
    expect((await clinic('archive', '--to', file('all'), '--before', '2999-01-01')).out).toContain('Keep the file')
  })
})
