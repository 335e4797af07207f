import { readdirSync, readFileSync } from 'node:fs'
import { print } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { BoardDocument, ChartDocument, CohortDocument, FindPatientDocument, MeDocument } from '../generated/operations.js'
import { TestServer } from '../support/server.js'

/** The operations that the documentation shows are run, by the role they are written for. */
describe('the example operations', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let patientId: string

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    const patient = server.make.patient({ firstName: 'Ada', lastName: 'Lovelace' })
    server.make.record({ patient, appointment: server.make.appointment({ patient, startsAt: new Date('2026-05-04T09:00:00Z') }) })
    server.make.prescription(patient)
    await server.make.save()
    patientId = patient.id
  })
  afterAll(() => server.stop())

  const operations = {
    'chart.graphql': { document: ChartDocument, role: Role.DOCTOR, variables: () => ({ id: patientId }) },
    'find-patient.graphql': { document: FindPatientDocument, role: Role.REGISTRATION_CLERK, variables: () => ({ search: 'Lovlace' }) },
    'board.graphql': {
      document: BoardDocument,
      role: Role.REGISTRATION_CLERK,
      variables: () => ({ from: '2026-05-04T00:00:00Z', to: '2026-05-05T00:00:00Z' }),
    },
    'analyst.graphql': { document: CohortDocument, role: Role.ANALYST, variables: () => ({}) },
    'me.graphql': { document: MeDocument, role: Role.PATIENT, variables: () => ({}) },
  } as const

  it.each(Object.entries(operations))('%s is answered without errors', async (_file, { document, role, variables }) => {
    const { data, errors } = await server.as(accounts[role])(print(document), variables())
    expect(errors).toBeUndefined()
    expect(Object.values(data ?? {}).every((value) => value !== null)).toBe(true)
  })

  it('are all run here', () => {
    expect(readdirSync('docs/examples').toSorted()).toEqual(Object.keys(operations).toSorted())
    expect(readFileSync('docs/examples/chart.graphql', 'utf8')).toContain('query Chart')
  })
})
