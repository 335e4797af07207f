import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { populate, type Population } from '../support/populated-clinic.js'
import { TestServer } from '../support/server.js'

const PERSON = '{ id mrn firstName lastName }'

/** What front ends of the desk read: root field, with what stands below it. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  'the queue': `{ queue(first: 20) { totalCount edges { node { number status arrivedAt doctor { fullName } room { name } location { name rooms { name } }
    patient ${PERSON} appointment { startsAt service { name } } history { to at } } } } }`,
  'the waitlist': `{ waitlist(first: 20) { edges { node { status latest doctor { fullName } service { name } location { name } patient ${PERSON}
    offers { status startsAt doctor { fullName } room { name } } history { to at } } } } }`,
  'a day of appointments': `{ appointments(first: 20) { totalCount edges { node { status startsAt doctor { fullName } patient ${PERSON} location { name } room { name }
    service { name durationMinutes } series { frequency } history { to at reason } reminders { status channel } queueEntries { number } rescheduledFrom { startsAt } } } } }`,
  'doctors with their hours': `{ doctors(first: 20) { edges { node { fullName weeklySchedule { weekday startsAt endsAt location { name } room { name } breaks { startsAt } }
    scheduleExceptions(first: 5) { edges { node { date kind hours { startsAt } } } } timeOff(first: 5) { edges { node { startsAt kind } } } } } } }`,
  'patients with all that the desk keeps': `{ patients(first: 20) { edges { node { mrn lastName address { city } identifiers { type } contacts { fullName guardian }
    proxies { scope } consents { kind active } reminderPreferences { channel wanted } waitlistEntries(first: 3) { edges { node { status } } } queueEntries(first: 3) { totalCount }
    appointments(first: 3) { edges { node { startsAt doctor { fullName } } } } } } } }`,
  services: '{ services(first: 20) { totalCount edges { node { name durationMinutes price { amount currency } } } } }',
  'locations with their rooms': '{ locations(first: 20) { edges { node { name address { city } rooms { name active } } } } }',
}

describe('what the front desk reads', () => {
  let server: TestServer
  let population: Population

  beforeAll(async () => {
    server = await TestServer.start()
    population = await populate(server.make, server.hasher)
    await server.make.save()
  })
  afterAll(() => server.stop())

  it.each(Object.entries(DOCUMENTS))('%s: one statement, and one more when rows are counted', async (_name, document) => {
    const ask = server.as(population.users[Role.REGISTRATION_CLERK]!)
    await ask('{ me { id } }')
    let answer: Awaited<ReturnType<typeof ask>> | undefined
    const statements = await server.countStatements(async () => (answer = await ask(document)))
    expect(answer?.errors).toBeUndefined()
    const [connection] = Object.values(answer?.data ?? {}) as { totalCount?: number; edges: unknown[] }[]
    expect(connection?.edges.length).toBeGreaterThan(0)
    expect(statements).toBe(connection?.totalCount === undefined ? 1 : 2)
  })
})
