import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

const SERVICE =
  'id version code name specialty durationMinutes bufferBeforeMinutes bufferAfterMinutes price { amount currency } onlineBookable active'
const CREATE = `mutation ($input: CreateServiceInput!) { createService(input: $input) { ${SERVICE} } }`
const UPDATE = `mutation ($input: UpdateServiceInput!) { updateService(input: $input) { ${SERVICE} } }`
const LIST = 'query ($filter: ServiceFilter, $orderBy: ServiceOrder) { services(filter: $filter, orderBy: $orderBy) { totalCount edges { node { code } } } }'

describe('the price list (RULES A5)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let admin: (query: string, variables?: Record<string, unknown>) => Promise<Answer>
  let serial = 0

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    admin = server.as(accounts.ADMIN)
  })
  afterAll(() => server.stop())

  const input = (more: object = {}) => ({
    code: `T${(serial += 1)}`,
    name: 'Consultation',
    durationMinutes: 30,
    price: { amount: '40.5', currency: 'EUR' },
    ...more,
  })

  const create = async (more: object = {}): Promise<Record<string, any>> => {
    const { data, errors } = await admin(CREATE, { input: input(more) })
    expect(errors).toBeUndefined()
    return data?.['createService']
  }

  it('takes a service, which patients may not book unless that is said', async () => {
    const made = await create({ name: ' Check-up ', specialty: 'Cardiology', bufferAfterMinutes: 5 })
    expect(made).toMatchObject({
      version: 1,
      name: 'Check-up',
      specialty: 'Cardiology',
      durationMinutes: 30,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 5,
      price: { amount: '40.50', currency: 'EUR' },
      onlineBookable: false,
      active: true,
    })
    expect(await server.lastEvent('CREATE')).toMatchObject({ entity: 'Service', entityId: made['id'] })
  })

  it.each<[object, string]>([
    [{ code: '' }, 'input.code'],
    [{ name: ' ' }, 'input.name'],
    [{ durationMinutes: 4 }, 'input.durationMinutes'],
    [{ durationMinutes: 481 }, 'input.durationMinutes'],
    [{ bufferBeforeMinutes: -1 }, 'input.bufferBeforeMinutes'],
    [{ bufferAfterMinutes: 121 }, 'input.bufferAfterMinutes'],
    [{ price: { amount: '-1', currency: 'EUR' } }, 'input.price.amount'],
    [{ price: { amount: '1.005', currency: 'EUR' } }, 'input.price.amount'],
    [{ price: { amount: '1', currency: 'euro' } }, 'input.price.currency'],
  ])('refuses %j', async (more, field) => {
    const { errors } = await admin(CREATE, { input: input(more) })
    expect(codesOf({ errors })).toEqual(['BAD_USER_INPUT'])
    expect(errors?.[0]?.extensions['fields']).toEqual([expect.objectContaining({ field })])
  })

  it('holds each code once', async () => {
    const { code } = await create()
    const other = await create()
    const taken = [{ field: 'input.code', message: "is another service's" }]
    expect((await admin(CREATE, { input: input({ code }) })).errors?.[0]?.extensions['fields']).toEqual(taken)
    const change = { id: other['id'], version: other['version'], code }
    expect((await admin(UPDATE, { input: change })).errors?.[0]?.extensions['fields']).toEqual(taken)
  })

  it('keeps what is not given, and takes each version once', async () => {
    const { id, version } = await create({ specialty: 'Cardiology' })
    const change = { id, version, price: { amount: '50', currency: 'CHF' }, specialty: null, active: false }
    const { data } = await admin(UPDATE, { input: change })
    expect(data?.['updateService']).toMatchObject({
      version: version + 1,
      name: 'Consultation',
      specialty: null,
      price: { amount: '50.00', currency: 'CHF' },
      active: false,
    })
    expect(codesOf(await admin(UPDATE, { input: change }))).toEqual(['STALE_VERSION'])
    expect(codesOf(await admin(UPDATE, { input: { id, version: version + 1, price: null } }))).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(await admin(UPDATE, { input: { id: '018f0000-0000-7000-8000-0000000000ff', version: 1 } }))).toEqual(['NOT_FOUND'])
  })

  it('shows patients only what they may book themselves', async () => {
    const specialty = 'Visibility'
    const shown = await create({ specialty, onlineBookable: true })
    const hidden = await create({ specialty })
    const old = await create({ specialty, onlineBookable: true })
    await admin(UPDATE, { input: { id: old['id'], version: old['version'], active: false } })
    const patient = server.as(accounts.PATIENT)
    const one = async (ask: typeof admin, id: string) => (await ask('query ($id: ID!) { service(id: $id) { id } }', { id })).data?.['service']
    expect(await Promise.all([shown, hidden, old].map(({ id }) => one(patient, id)))).toEqual([{ id: shown['id'] }, null, null])
    const codes = async (ask: typeof admin): Promise<string[]> => {
      const { data } = await ask(LIST, { filter: { specialty }, orderBy: 'CODE' })
      return data?.['services'].edges.map(({ node }: { node: { code: string } }) => node.code)
    }
    expect(await codes(patient)).toEqual(expect.arrayContaining([shown['code']]))
    expect(await codes(patient)).not.toContain(hidden['code'])
    expect(await codes(server.as(accounts.CASHIER))).toEqual(expect.arrayContaining([shown['code'], hidden['code'], old['code']]))
  })

  it('is narrowed by name, code, specialty and use', async () => {
    const made = await create({ name: 'Échographie', specialty: 'Sonography', onlineBookable: true })
    const general = await create({ name: 'Echo for all' })
    const codes = async (filter: object): Promise<string[]> =>
      (await admin(LIST, { filter })).data?.['services'].edges.map(({ node }: { node: { code: string } }) => node.code)
    expect(await codes({ search: 'echo' })).toEqual(expect.arrayContaining([made['code'], general['code']]))
    expect(await codes({ code: made['code'] })).toEqual([made['code']])
    expect(await codes({ search: 'echo', specialty: 'Sonography' })).toHaveLength(2)
    expect(await codes({ search: 'echo', specialty: 'Dentistry' })).toEqual([general['code']])
    expect(await codes({ search: 'echo', onlineBookable: true, active: true })).toEqual([made['code']])
  })

  it.each(Object.values(Role).filter((role) => role !== Role.OWNER && role !== Role.ADMIN))('is not written by %s', async (role) => {
    expect(codesOf(await server.as(accounts[role])(CREATE, { input: input() }))).toEqual(['FORBIDDEN'])
    expect(codesOf(await server.as(accounts[role])(UPDATE, { input: { id: accounts.ADMIN.id, version: 1 } }))).toEqual(['FORBIDDEN'])
  })
})
