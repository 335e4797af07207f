import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Actor } from '../../src/access/actor.js'
import { Role } from '../../src/access/roles.js'
import { ClientGoneError, UnavailableError } from '../../src/graphql/errors.js'
import type { ReadDatabase, Statement } from '../../src/database/read-database.js'
import type { Root } from '../../src/graphql/loaders/declaration.js'
import { PlanRead } from '../../src/graphql/plan/plan-read.js'
import { PlannedReads, type PlannedReadsParts } from '../../src/graphql/plan/planned-reads.js'
import type { Plan } from '../../src/graphql/plan/planner.js'
import type { NodeLayout, PlanTables } from '../../src/graphql/plan/layout.js'
import { SharedReads } from '../../src/graphql/loaders/shared-reads.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { codesOf, TestServer } from '../support/server.js'

/** As the driver raises it. */
const failure = (code: string): Error => Object.assign(new Error(`failed with ${code}`), { code })
/** Everything that has come in was looked at. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const readOf = (ids: readonly string[]): PlanRead => new PlanRead([ids.map((id) => [id, `row of ${id}`])])

describe('reads that are shared', () => {
  afterEach(() => void vi.useRealTimers())

  it('are one statement for all that asked in the same turn, and give each its own row', async () => {
    const sent: (readonly string[])[] = []
    const reads = new SharedReads(async (ids) => {
      sent.push(ids)
      return readOf(ids.filter((id) => id !== 'missing'))
    })
    const asked = ['a', 'b', 'missing', 'a', 'c']
    const found = await Promise.all(asked.map((id) => reads.read(id)))
    expect(sent).toEqual([['a', 'b', 'missing', 'c']])
    const rows = found.map((read, index) => read.tables[0]?.[read.rootOf(asked[index] ?? '') ?? -1]?.[1])
    expect(rows).toEqual(['row of a', 'row of b', undefined, 'row of a', 'row of c'])
  })

  it('are at most three statements at a time, of at most sixteen rows', async () => {
    let running = 0
    const seen = { running: 0, rows: 0 }
    const reads = new SharedReads(async (ids) => {
      running += 1
      seen.running = Math.max(seen.running, running)
      seen.rows = Math.max(seen.rows, ids.length)
      await new Promise((resolve) => setTimeout(resolve, 2))
      running -= 1
      return readOf(ids)
    })
    const ids = Array.from({ length: 100 }, (_each, index) => `id ${index}`)
    const found = await Promise.all(ids.map((id) => reads.read(id)))
    expect(found.map((read, index) => read.rootOf(ids[index] ?? ''))).not.toContain(undefined)
    expect(seen).toEqual({ running: 3, rows: 16 })
  })

  it('wait for the statement under way while they are few, and no longer when it takes long', async () => {
    const sent: (readonly string[])[] = []
    const answers: (() => void)[] = []
    const reads = new SharedReads(async (ids) => {
      sent.push(ids)
      await new Promise<void>((resolve) => answers.push(resolve))
      return readOf(ids)
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const ask = async (...ids: string[]): Promise<void> => {
      for (const id of ids) void reads.read(id)
      await turn()
    }
    await ask('a')
    await ask('b')
    await ask('c', 'd')
    expect(sent).toEqual([['a']])
    answers[0]?.()
    await turn()
    await turn()
    expect(sent).toEqual([['a'], ['b', 'c', 'd']])
    await ask('e')
    await vi.advanceTimersByTimeAsync(4)
    await turn()
    expect(sent).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    await turn()
    expect(sent).toEqual([['a'], ['b', 'c', 'd'], ['e']])
  })

  it('are tried again each by itself when they took too long together, so that one bad row fails alone', async () => {
    const sent: (readonly string[])[] = []
    const reads = new SharedReads(async (ids) => {
      sent.push(ids)
      if (ids.includes('bad')) throw failure('57014')
      return readOf(ids)
    })
    const settled = await Promise.allSettled(['a', 'bad', 'b', 'a'].map((id) => reads.read(id)))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(sent).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']])
    await expect(reads.read('bad')).rejects.toThrow('57014')
    expect(sent).toHaveLength(5)
    expect((await reads.read('c')).rootOf('c')).toBe(0)
  })

  it.each(['22P02', '22P05', '22021'])('are tried again each by itself when one of them is no value: %s', async (code) => {
    const reads = new SharedReads(async (ids) => {
      if (ids.includes('bad')) throw failure(code)
      return readOf(ids)
    })
    const settled = await Promise.allSettled(['a', 'bad', 'b'].map((id) => reads.read(id)))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('are all tried again at the same time, and told within 7 s of asking: SECURITY R2', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const takes = async (ms: number, fails: boolean): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, ms))
      if (fails) throw failure('57014')
    }
    const reads = new SharedReads(async (ids) => {
      await takes(ids.includes('bad') ? 5_000 : 500, ids.includes('bad'))
      return readOf(ids)
    })
    const times: Record<string, number> = {}
    const ask = async (id: string): Promise<void> => {
      await reads.read(id).catch(() => undefined)
      times[id] = performance.now()
    }
    const begun = performance.now()
    const all = ['a', 'b', 'bad', 'c'].map(ask)
    await turn()
    await vi.advanceTimersByTimeAsync(10_000)
    await Promise.all(all)
    const after = Object.fromEntries(Object.entries(times).map(([id, at]) => [id, at - begun]))
    expect(after).toEqual({ a: 5_500, b: 5_500, bad: 7_000, c: 5_500 })
  })

  it('are not tried again when no time is left for it', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const sent: (readonly string[])[] = []
    const reads = new SharedReads(async (ids) => {
      sent.push(ids)
      vi.advanceTimersByTime(7_000)
      throw failure('57014')
    })
    const settled = await Promise.allSettled(['a', 'b'].map((id) => reads.read(id)))
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(sent).toEqual([['a', 'b']])
  })

  it.each(['08006', 'ECONNRESET', '42P01'])('all fail at once, and nothing is sent again, after another failure: %s', async (code) => {
    const sent: (readonly string[])[] = []
    const reads = new SharedReads(async (ids) => {
      sent.push(ids)
      throw failure(code)
    })
    const settled = await Promise.allSettled(['a', 'b', 'c'].map((id) => reads.read(id)))
    expect(settled).toEqual(['a', 'b', 'c'].map(() => ({ status: 'rejected', reason: failure(code) })))
    expect(sent).toEqual([['a', 'b', 'c']])
  })

  it('are told within 7 s even when they have waited for others that took long: SECURITY R2', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const sent: (readonly string[])[] = []
    const reads = new SharedReads(async (ids) => {
      sent.push(ids)
      await new Promise((resolve) => setTimeout(resolve, 6_000))
      throw failure('08006')
    })
    const outcomes: Record<string, string> = {}
    const ask = async (id: string): Promise<void> => {
      const since = performance.now()
      await reads.read(id).catch((error: Error) => (outcomes[id] = `${error.message} after ${performance.now() - since}`))
    }
    const first = Array.from({ length: 1_000 }, async (_each, index) => ask(String(index)))
    await turn()
    const running = sent.flat().length
    expect(running).toBeLessThan(1_000)
    await vi.advanceTimersByTimeAsync(5_500)
    const late = ask('late')
    await vi.advanceTimersByTimeAsync(500)
    await turn()
    // The second round begins now; most are in none.
    expect(sent.flat().length).toBe(running * 2)
    await vi.advanceTimersByTimeAsync(1_001)
    await Promise.all(first)
    for (let index = 0; index < 1_000; index += 1) {
      const told = index < running ? failure('08006').message : new UnavailableError().message
      expect(outcomes[index]).toMatch(new RegExp(`^${told} after ${index < running ? 6_000 : '700[01]'}$`))
    }
    await vi.advanceTimersByTimeAsync(6_000)
    await late
    expect(outcomes).toMatchObject({ late: expect.stringMatching(/after 700[01]$/) })
  })

  it('look up places and rows below once for all that share them, and only when somebody asks', async () => {
    let looked = 0
    const rowsBelow = [
      ['x', '2'],
      ['y', '1'],
      ['z', '2'],
    ]
    const tables = {
      0: [['a'], ['b'], ['c']],
      get 1() {
        looked += 1
        return rowsBelow
      },
    } as unknown as PlanTables
    const reads = new SharedReads(async () => new PlanRead(tables))
    const [one, other] = await Promise.all([reads.read('a'), reads.read('b')])
    expect(looked).toBe(0)
    const layout = { table: 1, parent: 1 } as NodeLayout
    expect(['a', 'b', 'c'].map((id) => one.below(layout, 0, one.rootOf(id) ?? -1))).toEqual([[1], [0, 2], []])
    expect(other.below(layout, 0, 1)).toBe(one.below(layout, 0, 1))
    expect([one.placeOf(1, 'z'), other.placeOf(1, 'x'), other.placeOf(1, 'a')]).toEqual([2, 0, undefined])
    expect(looked).toBe(2)
  })

  it('are not sent for clients that are gone, who take no place of others: SECURITY D12', async () => {
    const sent: (readonly string[])[] = []
    let answer = (): void => undefined
    const reads = new SharedReads(async (ids) => {
      sent.push(ids)
      await new Promise<void>((resolve) => (answer = resolve))
      return readOf(ids)
    })
    const gone = new AbortController()
    const settled = Promise.allSettled([
      ...Array.from({ length: 20 }, (_each, index) => reads.read(`gone ${index}`, gone.signal)),
      reads.read('a', new AbortController().signal),
      reads.read('b'),
    ])
    gone.abort()
    await turn()
    expect(sent).toEqual([['a', 'b']])
    answer()
    const outcomes = await settled
    expect(outcomes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => ({ status: 'rejected', reason: new ClientGoneError() })))
    expect(outcomes.slice(20).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    await expect(reads.read('c', gone.signal)).rejects.toThrow(ClientGoneError)
    expect(sent).toHaveLength(1)
  })
})

describe('reads of a request whose client goes away', () => {
  const ID = '019a9c5e-0000-7000-8000-000000000001'
  const actor = new Actor({ userId: ID, username: 'u', roles: [Role.OWNER], staffId: null, doctorId: null, patientIds: [] })

  /** Two requests of one actor that read the same; the client of the first goes before anything is sent. */
  const both = async (kind: 'root-one' | 'root-self') => {
    const sent: unknown[] = []
    const database = {
      run: async (_statement: Statement, values: readonly unknown[]) => {
        sent.push(values)
        return [{ 0: [[ID]] }]
      },
    } as unknown as ReadDatabase
    const planned = { statement: { name: '', text: '', parameters: ['keys'] }, values: {}, shared: new Map() }
    const plan = { layout: { branches: [] }, byIds: () => planned } as unknown as Plan
    const gone = new AbortController()
    const read = (signal?: AbortSignal) =>
      new PlannedReads({ database, actor, notes: null, signal } as PlannedReadsParts).one(plan, { kind } as Root, ID)
    const settled = Promise.allSettled([read(gone.signal), read()])
    gone.abort()
    return { sent, statuses: (await settled).map(({ status }) => status), again: () => read(gone.signal) }
  }

  it('are not sent for it, and those of others go on', async () => {
    const { sent, statuses, again } = await both('root-one')
    expect(statuses).toEqual(['rejected', 'fulfilled'])
    expect(sent).toEqual([[[ID]]])
    await expect(again()).rejects.toThrow(ClientGoneError)
  })

  it('of the own account are those of other requests too, and go on', async () => {
    const { sent, statuses } = await both('root-self')
    expect(statuses).toEqual(['fulfilled', 'fulfilled'])
    expect(sent).toHaveLength(1)
  })
})

describe('concurrent charts', () => {
  const CHART = `query ($id: ID!) { patient(id: $id) { id lastName allergies { substance } appointments(first: 2) { totalCount edges { node { id patient { id } } } } } }`
  let server: TestServer
  let accounts: Record<Role, User>
  let patients: Patient[]

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    patients = Array.from({ length: 12 }, () => server.make.patient())
    const doctor = server.make.doctor()
    for (const [index, patient] of patients.entries()) {
      for (let number = 0; number <= index % 3; number += 1) {
        server.make.allergy(patient, { substance: `Substance ${index}/${number}` })
        server.make.appointment({ patient, doctor })
      }
    }
    await server.make.save()
  }, 60_000)
  afterAll(() => server.stop())

  it('are read together and answered each with its own patient', async () => {
    const ask = server.as(accounts[Role.DOCTOR])
    const alone = []
    for (const { id } of patients) alone.push(await ask(CHART, { id }))
    const before = server.statements.length
    const together = await Promise.all(patients.flatMap(({ id }) => Array.from({ length: 8 }, () => ask(CHART, { id }))))
    expect(together).toEqual(alone.flatMap((answer) => Array.from({ length: 8 }, () => answer)))
    const charts = server.statements.slice(before).filter(({ text }) => text.includes('"allergy"'))
    expect(charts.length).toBeLessThan(together.length)
  })

  it('keep to the rows of each actor: SECURITY A5', async () => {
    const own = accounts[Role.PATIENT].patient?.id
    const ids = [...patients.map(({ id }) => id), own]
    const roles = [Role.DOCTOR, Role.PATIENT, Role.ANALYST, Role.CASHIER, Role.OWNER]
    const questions = roles.flatMap((role) => ids.map((id) => ({ role, id })))
    const alone = []
    for (const { role, id } of questions) alone.push(codesOf(await server.as(accounts[role])(CHART, { id })))
    const together = await Promise.all(questions.map(async ({ role, id }) => codesOf(await server.as(accounts[role])(CHART, { id }))))
    expect(together.map((codes) => codes.map(String).toSorted())).toEqual(alone.map((codes) => codes.map(String).toSorted()))
    const ofPatient = questions.flatMap(({ role, id }, index) => (role === Role.PATIENT ? [{ id, codes: together[index] }] : []))
    for (const { id, codes } of ofPatient) expect(codes).toEqual(id === own ? [] : ['NOT_FOUND'])
  })
})
