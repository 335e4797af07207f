import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { createApp, type App } from '../../src/app.js'
import { TEST_PASSWORD } from '../factories/clinic.js'
import { TestServer } from '../support/server.js'

describe('a server whose login owns nothing (SECURITY P4)', () => {
  let setUp: TestServer
  let app: App
  const login = `web_${randomUUID().slice(0, 8)}`
  const url = (): URL => Object.assign(new URL(setUp.database.url), { username: login, password: 'web' })

  beforeAll(async () => {
    setUp = await TestServer.start()
    await setUp.make.user(setUp.hasher, [Role.OWNER], { username: 'owner' })
    await setUp.make.save()
    await setUp.sql(`create role ${login} login password 'web' in role clinic_app`)
    app = await createApp({ env: setUp.env, logger: pino({ level: 'silent' }), databaseUrl: url().toString() })
  })
  afterAll(async () => {
    await app.close()
    await setUp.sql(`drop role ${login}`)
    await setUp.stop()
  })

  const send = async (query: string, token?: string): Promise<any> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query }),
    })
    return response.json()
  }

  it('signs in, writes and reads, and its events are in the trail', async () => {
    const signedIn = await send(`mutation { login(input: { username: "owner", password: "${TEST_PASSWORD}" }) { accessToken } }`)
    const token = signedIn.data.login.accessToken
    expect((await send('mutation { createStaff(input: { fullName: "Somebody New", roles: [] }) { id } }', token)).errors).toBeUndefined()
    const { data, errors } = await send('{ auditEvents(orderBy: OLDEST) { edges { node { action } } } }', token)
    expect(errors).toBeUndefined()
    expect(data.auditEvents.edges.map(({ node }: any) => node.action)).toEqual(['SIGN_IN', 'CREATE'])
  })
})
