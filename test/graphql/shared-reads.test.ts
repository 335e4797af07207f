import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { PlanTables } from '../../src/graphql/plan/layout.js'
import { SharedReads } from '../../src/graphql/plan/shared-reads.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { codesOf, TestServer } from '../support/server.js'

const tablesOf = (ids: readonly string[]): PlanTables => [ids.map((id) => [id, `row of ${id}`])]

describe('reads that are shared', () => {
  it('are one statement for all that asked in the same turn, and give each its own row', async () => {
    const sent: (readonly string[])[] = []
    const reads = new SharedReads(async (ids) => {
      sent.push(ids)
      return tablesOf(ids.filter((id) => id !== 'missing'))
    })
    const asked = ['a', 'b', 'missing', 'a', 'c']
    const found = await Promise.all(asked.map((id) => reads.read(id)))
    expect(sent).toEqual([['a', 'b', 'missing', 'c']])
    const rows = found.map((read, index) => read.tables[0]?.[read.placeOf(asked[index] ?? '') ?? -1]?.[1])
    expect(rows).toEqual(['row of a', 'row of b', undefined, 'row of a', 'row of c'])
  })

  it('are at most three statements at a time, of at most eight rows', async () => {
    let running = 0
    const seen = { running: 0, rows: 0 }
    const reads = new SharedReads(async (ids) => {
      running += 1
      seen.running = Math.max(seen.running, running)
      seen.rows = Math.max(seen.rows, ids.length)
      await new Promise((resolve) => setTimeout(resolve, 2))
      running -= 1
      return tablesOf(ids)
    })
    const ids = Array.from({ length: 100 }, (_each, index) => `id ${index}`)
    const found = await Promise.all(ids.map((id) => reads.read(id)))
    expect(found.map((read, index) => read.placeOf(ids[index] ?? ''))).not.toContain(undefined)
    expect(seen).toEqual({ running: 3, rows: 8 })
  })

  it('are tried one by one when they fail together, so that one bad row fails alone', async () => {
    const reads = new SharedReads(async (ids) => {
      if (ids.includes('bad')) throw new Error('took too long')
      return tablesOf(ids)
    })
    const settled = await Promise.allSettled(['a', 'bad', 'b'].map((id) => reads.read(id)))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await expect(reads.read('bad')).rejects.toThrow('took too long')
    expect((await reads.read('c')).placeOf('c')).toBe(0)
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
