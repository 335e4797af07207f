import { MikroORM } from '@mikro-orm/postgresql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Actor } from '../../src/access/actor.js'
import { Role } from '../../src/access/roles.js'
import { once } from '../../src/database/idempotency.js'
import { MIGRATIONS_PATH } from '../../src/database/migrate.js'
import { ormOptions } from '../../src/database/orm-options.js'
import { UnitOfWork, type WriteContext } from '../../src/database/unit-of-work.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { Location } from '../../src/modules/locations/location.entity.js'
import { TestServer } from '../support/server.js'

describe('a request with a key (SECURITY C4)', () => {
  let server: TestServer
  let orm: MikroORM
  let work: UnitOfWork
  const users: User[] = []
  let serial = 0

  beforeAll(async () => {
    server = await TestServer.start()
    for (const _ of [1, 2]) users.push(await server.make.user(server.hasher, [Role.STAFF]))
    await server.make.save()
    orm = await MikroORM.init(ormOptions(server.database.url, MIGRATIONS_PATH, { pool: { max: 40 } }))
    work = new UnitOfWork(
      () => orm.em.fork(),
      () => undefined,
    )
  })
  afterAll(async () => {
    await orm.close()
    await server.stop()
  })

  const contextOf = (user: User): WriteContext => ({
    actor: new Actor({ userId: user.id, username: user.username, roles: [Role.STAFF], staffId: null, doctorId: null, patientIds: [] }),
    request: { requestId: 'test', remoteAddress: '127.0.0.1' },
  })
  const create = (key: string | null, input: unknown, { by = users[0]!, operation = 'addLocation' } = {}): Promise<string> =>
    work.run(contextOf(by), ({ em }) =>
      once<never>(em, contextOf(by), operation, { idempotencyKey: key, input } as never, async () => {
        const location = new Location()
        Object.assign(location, { name: `Made ${(serial += 1)}`, timeZone: 'UTC' })
        em.persist(location)
        await em.flush()
        return location.id
      }),
    )
  const rows = async (): Promise<number> => Number((await server.sql('select count(*) from location'))[0]?.['count'])

  it('makes one row when 32 arrive at once, and gives all of them the same answer', async () => {
    const before = await rows()
    const ids = await Promise.all(Array.from({ length: 32 }, () => create('k1', { name: 'x', at: new Date(0) })))
    expect(new Set(ids).size).toBe(1)
    expect(await rows()).toBe(before + 1)
    expect(await create('k1', { at: new Date(0), name: 'x', nothing: undefined })).toBe(ids[0])
  })

  it('is refused when the key stands for another input', async () => {
    await create('k2', { name: 'x' })
    const before = await rows()
    await expect(create('k2', { name: 'y' })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await rows()).toBe(before)
  })

  it('knows keys by account and operation', async () => {
    const ids = [
      await create('k3', 1),
      await create('k3', 2, { by: users[1]! }),
      await create('k3', 3, { operation: 'another' }),
      await create(null, 1),
      await create(null, 1),
    ]
    expect(new Set(ids).size).toBe(5)
  })

  it('leaves the key free after an outcome that made nothing, and after a failure', async () => {
    const context = contextOf(users[0]!)
    const refused = await work.run(context, ({ em }) =>
      once(em, context, 'addLocation', { idempotencyKey: 'k4', input: 1 } as never, async () => ({ reason: 'full' })),
    )
    expect(refused).toEqual({ reason: 'full' })
    await expect(
      work.run(context, ({ em }) =>
        once(em, context, 'addLocation', { idempotencyKey: 'k4', input: 2 } as never, () => Promise.reject(new Error('failed'))),
      ),
    ).rejects.toThrow('failed')
    expect(await create('k4', 3)).toEqual(expect.any(String))
  })

  it.each(['', ' ', 'x'.repeat(201)])('refuses a key that is none', async (key) => {
    await expect(create(key, 1)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})
