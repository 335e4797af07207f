import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { codesOf, TestServer, type Answer } from '../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const READ = 'query ($id: ID!) { patient(id: $id) { firstName } }'
const EVENTS = `query ($filter: AuditEventFilter, $orderBy: AuditEventOrder, $first: Int, $after: String) {
  auditEvents(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage } edges { node { occurredAt userId userName roles action outcome patientIds sections facts remoteAddress } } } }`
const LOG =
  'query ($id: ID!) { patient(id: $id) { accessLog(first: 50) { totalCount edges { node { userName roles action sections occurredAt patientId } } } } }'

describe('reading the audit trail', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  const ask = {} as Record<Role, Ask>
  let own: Patient
  let other: Patient

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    for (const role of Object.values(Role)) ask[role] = server.as(accounts[role])
    own = accounts[Role.PATIENT].patient!.unwrap()
    other = server.make.patient()
    await server.make.save()
    await ask.DOCTOR(READ, { id: own.id })
    await ask.STAFF(READ, { id: other.id })
    await ask.DOCTOR('query ($id: ID!) { patient(id: $id) { identifiers { value } prescriptions { edges { node { id } } } } }', {
      id: other.id,
    })
    await ask.ANALYST(READ, { id: own.id })
    await ask.PATIENT(READ, { id: own.id })
  })
  afterAll(() => server.stop())

  const rows = (answer: Answer): any[] => answer.data?.auditEvents.edges.map((edge: any) => edge.node)
  const all = async (as: Role, filter: Record<string, unknown> = {}, orderBy?: string): Promise<any[]> => {
    const found: any[] = []
    let after: string | undefined
    for (;;) {
      const answer = await ask[as](EVENTS, { filter, orderBy, first: 2, after })
      expect(answer.errors).toBeUndefined()
      found.push(...rows(answer))
      if (!answer.data?.auditEvents.pageInfo.hasNextPage) return found
      after = answer.data?.auditEvents.pageInfo.endCursor
    }
  }

  it('shows management who did what, when, from where, latest first', async () => {
    const found = rows(await ask.OWNER(EVENTS, { filter: { patientId: other.id } }))
    expect(found.map(({ action, userName, roles }) => ({ action, userName, roles }))).toEqual([
      { action: 'READ', userName: accounts[Role.DOCTOR].displayName, roles: ['DOCTOR'] },
      { action: 'READ', userName: accounts[Role.STAFF].displayName, roles: ['STAFF'] },
    ])
    expect(found[0]).toMatchObject({
      userId: accounts[Role.DOCTOR].id,
      outcome: 'SUCCESS',
      patientIds: [other.id],
      remoteAddress: '127.0.0.1',
    })
    expect(found[0].sections).toContain('PatientIdentifier')
    expect(Date.parse(found[0].occurredAt)).toBeGreaterThanOrEqual(Date.parse(found[1].occurredAt))
  })

  it.each([Role.DOCTOR, Role.STAFF])('shows %s what they did themselves and nothing else', async (role) => {
    const found = await all(role)
    expect(found.length).toBeGreaterThan(0)
    expect(new Set(found.map(({ userId }) => userId))).toEqual(new Set([accounts[role].id]))
    const asked = await ask[role](EVENTS, { filter: { userId: accounts[Role.OWNER].id } })
    expect(asked.data?.auditEvents).toMatchObject({ totalCount: 0, edges: [] })
  })

  it.each([Role.PATIENT, Role.ANALYST])('is refused to %s', async (role) => {
    const answer = await ask[role](EVENTS)
    expect(codesOf(answer)).toEqual(['FORBIDDEN'])
  })

  it('filters by account, kind, outcome and period, each alone and together', async () => {
    const doctor = accounts[Role.DOCTOR].id
    expect((await all(Role.OWNER, { userId: doctor })).every(({ userId }) => userId === doctor)).toBe(true)
    const denied = await all(Role.OWNER, { outcome: 'DENIED', userId: accounts[Role.ANALYST].id })
    expect(denied.at(-1)).toMatchObject({ action: 'DENIED', facts: ['codes: FORBIDDEN', 'fields: patient.firstName'] })
    expect((await all(Role.OWNER, { action: 'READ' })).every(({ action }) => action === 'READ')).toBe(true)
    expect(await all(Role.OWNER, { to: '2020-01-01T00:00:00Z' })).toEqual([])
    const [latest] = await all(Role.OWNER, { userId: doctor })
    expect(await all(Role.OWNER, { userId: doctor, from: latest.occurredAt })).toHaveLength(1)
    expect(codesOf(await ask.OWNER(EVENTS, { filter: { userId: 'no id' } }))).toEqual(['BAD_USER_INPUT'])
  })

  it.each(['NEWEST', 'OLDEST', 'USER', 'ACTION', 'OUTCOME'])('pages through everything once in the order %s', async (orderBy) => {
    // Reading the trail adds to it: a period that is over stays as it is.
    const to = new Date().toISOString()
    const found = await all(Role.OWNER, { to }, orderBy)
    const answer = await ask.OWNER(EVENTS, { filter: { to } })
    expect(found).toHaveLength(answer.data?.auditEvents.totalCount)
    const key = { NEWEST: 'occurredAt', OLDEST: 'occurredAt', USER: 'userId', ACTION: 'action', OUTCOME: 'outcome' }[orderBy] ?? ''
    const values: string[] = found.map((event) => event[key] ?? '')
    const sorted = values.toSorted()
    expect(values).toEqual(orderBy === 'NEWEST' ? sorted.toReversed() : sorted)
  })

  it('shows a patient who read their record, when and which parts', async () => {
    const answer = await ask.PATIENT(LOG, { id: own.id })
    expect(answer.errors).toBeUndefined()
    const entries = answer.data?.patient.accessLog.edges.map((edge: any) => edge.node)
    expect(entries.map(({ userName, roles, action, sections }: any) => ({ userName, roles, action, sections }))).toEqual([
      { userName: accounts[Role.PATIENT].displayName, roles: ['PATIENT'], action: 'READ', sections: ['Patient'] },
      { userName: accounts[Role.ANALYST].displayName, roles: ['ANALYST'], action: 'READ', sections: ['Patient'] },
      { userName: accounts[Role.DOCTOR].displayName, roles: ['DOCTOR'], action: 'READ', sections: ['Patient'] },
    ])
    expect(new Set(entries.map(({ patientId }: any) => patientId))).toEqual(new Set([own.id]))
  })

  it('shows an event that concerns two patients in the log of each, once on all pages, under an id for each', async () => {
    const one = server.make.patient()
    const two = server.make.patient()
    await server.make.save()
    const both = 'query ($a: ID!, $b: ID!) { a: patient(id: $a) { firstName } b: patient(id: $b) { firstName } }'
    for (let turn = 0; turn < 3; turn += 1) await ask.STAFF(both, { a: one.id, b: two.id })
    const page = `query ($id: ID!, $after: String) { patient(id: $id) { accessLog(first: 1, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { id patientId roles } } } } }`
    const ids: string[] = []
    for (const patient of [one, two]) {
      let after: string | null = null
      do {
        const answer: Answer = await ask.OWNER(page, { id: patient.id, after })
        const log = answer.data?.patient.accessLog
        expect(log.edges).toHaveLength(1)
        expect(log.edges[0].node.patientId).toBe(patient.id)
        // Reading the log is in it, too.
        if (log.edges[0].node.roles[0] === 'STAFF') ids.push(log.edges[0].node.id)
        after = log.pageInfo.hasNextPage ? log.pageInfo.endCursor : null
      } while (after !== null)
    }
    expect(ids).toHaveLength(6)
    expect(new Set(ids).size).toBe(6)
  })

  it("holds, while a merge stands, what was done with the record that was merged into it, and the loser's log its own alone (RULES P4)", async () => {
    const [winner, loser, further] = [server.make.patient(), server.make.patient(), server.make.patient()]
    const account = await server.make.user(server.hasher, [Role.PATIENT], { patient: winner })
    await server.make.save()
    await ask.DOCTOR(READ, { id: winner.id })
    await ask.STAFF(READ, { id: loser.id })
    await ask.PHARMACIST(READ, { id: further.id })
    const both = 'query ($a: ID!, $b: ID!) { a: patient(id: $a) { firstName } b: patient(id: $b) { firstName } }'
    await ask.CASHIER(both, { a: winner.id, b: loser.id })
    const page = `query ($id: ID!, $after: String) { patient(id: $id) { accessLog(first: 1, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { id action roles patientId } } } } }`
    /** Who read, changed and so on, latest first, without what the owner does here. */
    const logOf = async (id: string, as: Ask = ask.OWNER): Promise<string[]> => {
      const nodes: any[] = []
      let after: string | null = null
      do {
        const answer: Answer = await as(page, { id, after })
        expect(answer.errors).toBeUndefined()
        const log = answer.data?.patient.accessLog
        nodes.push(...log.edges.map(({ node }: any) => node))
        after = log.pageInfo.hasNextPage ? log.pageInfo.endCursor : null
      } while (after !== null)
      expect(new Set(nodes.map(({ id: entry }) => entry)).size).toBe(nodes.length)
      expect(new Set(nodes.map(({ patientId }) => patientId))).toEqual(new Set([id]))
      return nodes.filter(({ roles, action }) => action === 'READ' && !['OWNER', 'PATIENT'].includes(roles[0])).map(({ roles }) => roles[0])
    }
    const MERGE = 'mutation ($input: MergePatientsInput!) { mergePatients(input: $input) { id version } }'
    const UNMERGE = 'mutation ($input: UnmergePatientsInput!) { unmergePatients(input: $input) { id } }'
    const merge = async (into: string, from: string): Promise<{ id: string; version: number }> => {
      const [one, other] = await Promise.all([into, from].map((id) => server.sql('select version from patient where id = $1', [id])))
      const versions = { winnerVersion: one?.[0]?.['version'], loserVersion: other?.[0]?.['version'] }
      const input = { winnerId: into, loserId: from, ...versions, reason: 'Same passport, seen at the desk' }
      const { data, errors } = await ask.OWNER(MERGE, { input })
      expect(errors).toBeUndefined()
      return data?.mergePatients
    }
    expect(await logOf(winner.id)).toEqual(['CASHIER', 'DOCTOR'])
    await merge(loser.id, further.id)
    const merged = await merge(winner.id, loser.id)
    expect(await logOf(winner.id)).toEqual(['CASHIER', 'PHARMACIST', 'STAFF', 'DOCTOR'])
    expect(await logOf(winner.id, server.as(account))).toEqual(['CASHIER', 'PHARMACIST', 'STAFF', 'DOCTOR'])
    expect(await logOf(loser.id)).toEqual(['CASHIER', 'STAFF'])
    const [count] = await server.sql(
      `select count(*)::int as rows, count(distinct id)::int as events from access_log_entry
       where patient_id = $1 and patient_ids && array(select id from patient where id = $1 or merged_into_id = $1)`,
      [winner.id],
    )
    expect(count?.['rows']).toBe(count?.['events'])
    const { errors } = await ask.OWNER(UNMERGE, { input: { mergeId: merged.id, version: merged.version, reason: 'Two people after all' } })
    expect(errors).toBeUndefined()
    expect(await logOf(winner.id)).toEqual(['CASHIER', 'DOCTOR'])
    expect(await logOf(loser.id)).toEqual(['CASHIER', 'PHARMACIST', 'STAFF'])
  })

  it('shows nobody who read the record of somebody else', async () => {
    const foreign = await ask.PATIENT(LOG, { id: other.id })
    expect(codesOf(foreign)).toEqual(['NOT_FOUND'])
    const doctor = await ask.DOCTOR(LOG, { id: own.id })
    expect(doctor.data?.patient).toEqual({ accessLog: null })
    expect(codesOf(doctor)).toEqual(['FORBIDDEN'])
  })

  it('shows management who read any record', async () => {
    const answer = await ask.ADMIN(LOG, { id: other.id })
    expect(answer.data?.patient.accessLog.totalCount).toBe(2)
  })
})
