import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

const ADDRESS = 'address { line postalCode city region country }'
const CREATE = `mutation ($input: CreateLocationInput!) { createLocation(input: $input) { id version name timeZone phone active ${ADDRESS} } }`
const UPDATE = `mutation ($input: UpdateLocationInput!) { updateLocation(input: $input) { name timeZone phone active version ${ADDRESS} } }`
const CREATE_ROOM = 'mutation ($input: CreateRoomInput!) { createRoom(input: $input) { id version name active location { id } } }'
const UPDATE_ROOM = 'mutation ($input: UpdateRoomInput!) { updateRoom(input: $input) { name active } }'

describe('locations and rooms', () => {
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

  const create = async (): Promise<Record<string, any>> => {
    const { data, errors } = await admin(CREATE, { input: { name: `Site ${(serial += 1)}`, timeZone: 'Asia/Kolkata', phone: '1' } })
    expect(errors).toBeUndefined()
    return data?.['createLocation']
  }

  it('are entered, changed once per version, and listed for everybody', async () => {
    const made = await create()
    expect(made).toMatchObject({ version: 1, timeZone: 'Asia/Kolkata', phone: '1', active: true })
    const change = { id: made['id'], version: 1, phone: null, active: false }
    expect((await admin(UPDATE, { input: change })).data?.['updateLocation']).toEqual({
      name: made['name'],
      timeZone: 'Asia/Kolkata',
      phone: null,
      active: false,
      version: 2,
      address: null,
    })
    expect(codesOf(await admin(UPDATE, { input: change }))).toEqual(['STALE_VERSION'])
    const LIST = '{ locations(filter: { active: false }) { edges { node { id rooms { id } } } } }'
    const { data } = await server.as(accounts.PATIENT)(LIST)
    expect(data?.['locations'].edges).toEqual([{ node: { id: made['id'], rooms: [] } }])
  })

  it('have an address, which is entered and changed as a whole, emptied, and read by everybody', async () => {
    const given = { line: ' Hauptstraße 1 ', postalCode: '10115', city: 'Berlin', country: 'de' }
    const kept = { line: 'Hauptstraße 1', postalCode: '10115', city: 'Berlin', region: null, country: 'DE' }
    const input = { name: `Site ${(serial += 1)}`, timeZone: 'Europe/Berlin', address: given }
    const made = (await admin(CREATE, { input })).data?.['createLocation']
    expect(made.address).toEqual(kept)
    const READ = `query ($id: ID!) { location(id: $id) { ${ADDRESS} } }`
    for (const role of [Role.PATIENT, Role.CASHIER, Role.ANALYST])
      expect((await server.as(accounts[role])(READ, { id: made.id })).data?.['location'].address).toEqual(kept)
    const update = async (version: number, more: object): Promise<unknown> =>
      (await admin(UPDATE, { input: { id: made.id, version, ...more } })).data?.['updateLocation'].address
    expect(await update(1, { phone: '2' })).toEqual(kept)
    expect(await update(2, { address: { city: 'Potsdam' } })).toEqual({
      line: null,
      postalCode: null,
      city: 'Potsdam',
      region: null,
      country: null,
    })
    expect(await server.lastEvent('UPDATE')).toMatchObject({ entity: 'Location', entityId: made.id, sections: ['address'] })
    expect(await update(3, { address: null })).toBeNull()
  })

  it('have rooms with names of their own', async () => {
    const [site, other] = [await create(), await create()]
    const { data } = await admin(CREATE_ROOM, { input: { locationId: site['id'], name: 'Room 1' } })
    expect(data?.['createRoom']).toEqual({ id: expect.any(String), version: 1, name: 'Room 1', active: true, location: { id: site['id'] } })
    expect(codesOf(await admin(CREATE_ROOM, { input: { locationId: site['id'], name: 'Room 1' } }))).toEqual(['BAD_USER_INPUT'])
    expect((await admin(CREATE_ROOM, { input: { locationId: other['id'], name: 'Room 1' } })).errors).toBeUndefined()
    const input = { id: data?.['createRoom'].id, version: 1, name: 'Room 2', active: false }
    expect((await admin(UPDATE_ROOM, { input })).data?.['updateRoom']).toEqual({ name: 'Room 2', active: false })
    expect(codesOf(await admin(UPDATE_ROOM, { input }))).toEqual(['STALE_VERSION'])
  })

  it.each([
    [{ name: ' ' }, 'input.name'],
    [{ timeZone: 'Mars/Olympus' }, 'input.timeZone'],
    [{ timeZone: '+01:00' }, 'input.timeZone'],
    [{ phone: '1'.repeat(41) }, 'input.phone'],
    [{ address: { country: 'Germany' } }, 'input.address.country'],
    [{ address: { line: 'x'.repeat(301) } }, 'input.address.line'],
    [{ address: { city: ' ' } }, 'input.address.city'],
  ])('are refused with %j', async (change, field) => {
    const { errors } = await admin(CREATE, { input: { name: 'Somewhere', timeZone: 'Europe/Berlin', ...change } })
    expect(errors?.[0]?.extensions['fields']).toEqual([expect.objectContaining({ field })])
  })

  it('have one name each', async () => {
    const [one, other] = [await create(), await create()]
    const taken = [{ field: 'input.name', message: 'is taken' }]
    const { errors } = await admin(UPDATE, { input: { id: other['id'], version: 1, name: one['name'] } })
    expect(errors?.[0]?.extensions['fields']).toEqual(taken)
  })

  it.each(Object.values(Role).filter((role) => role !== Role.OWNER && role !== Role.ADMIN))('are not written by %s', async (role) => {
    const ask = server.as(accounts[role])
    expect(codesOf(await ask(CREATE, { input: { name: 'X', timeZone: 'UTC' } }))).toEqual(['FORBIDDEN'])
    expect(codesOf(await ask(UPDATE_ROOM, { input: { id: accounts.ADMIN.id, version: 1 } }))).toEqual(['FORBIDDEN'])
  })
})
