import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { codesOf, TestServer } from '../../support/server.js'
import { Desk, lockOf, type Ask } from './queue-desk.js'

const BOARD = 'query ($id: ID!) { queueBoard(locationId: $id) { locationName called { number room calledAt } waiting } }'
const NEW = 'mutation ($id: ID!) { createQueueBoardAddress(locationId: $id) { url } }'
const END = 'mutation ($id: ID!) { endQueueBoardAddress(locationId: $id) }'
const UNKNOWN = '018f0000-0000-7000-8000-0000000000ff'

describe('the board in the waiting room (RULES A11)', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let clerk: Ask
  let owner: Ask
  let desk: Desk

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    clerk = server.as(accounts.REGISTRATION_CLERK)
    owner = server.as(accounts.OWNER)
    desk = await Desk.open(server, clerk)
    server.make.em.assign(desk.room, { name: '<b>Room & 1</b>' })
    await server.make.save()
    for (let count = 0; count < 4; count += 1) await desk.walkIn()
    await desk.callNext()
    await desk.callNext()
    await desk.do('startService', lockOf(await desk.callNext()))
  })
  afterAll(() => server.stop())

  const address = async (): Promise<string> => (await owner(NEW, { id: desk.location.id })).data?.['createQueueBoardAddress'].url as string

  it('shows the numbers that were called, the latest first, with their rooms, and those who wait', async () => {
    const { data } = await clerk(BOARD, { id: desk.location.id })
    expect(data?.['queueBoard']).toEqual({
      locationName: desk.location.name,
      called: [2, 1].map((number) => ({ number, room: '<b>Room & 1</b>', calledAt: expect.any(String) })),
      waiting: [4],
    })
    expect(codesOf(await clerk(BOARD, { id: UNKNOWN }))).toEqual(['NOT_FOUND'])
    expect(codesOf(await server.as(accounts.PATIENT)(BOARD, { id: desk.location.id }))).toEqual(['FORBIDDEN'])
  })

  it('is a page for a screen without an account, under a secret address', async () => {
    const response = await fetch(await address())
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(response.headers.get('refresh')).toBe('5')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*style-src 'sha256-/)
    const page = await response.text()
    expect(page).toContain('<span>2</span><span>&lt;b&gt;Room &amp; 1&lt;/b&gt;</span>')
    expect(page).toContain('<li>4</li>')
    expect(page).not.toMatch(/<script|First\d|Last\d|[0-9a-f]{8}-[0-9a-f]{4}/)
  })

  it('has one address at a time, and none after it was ended', async () => {
    const first = await address()
    const second = await address()
    expect([(await fetch(first)).status, (await fetch(second)).status]).toEqual([404, 200])
    expect(await server.lastEvent('RIGHTS_CHANGED')).toMatchObject({
      entity: 'Location',
      entityId: desk.location.id,
      facts: { boardLink: 'made' },
    })
    expect((await owner(END, { id: desk.location.id })).data).toEqual({ endQueueBoardAddress: true })
    expect((await fetch(second)).status).toBe(404)
    expect((await owner(END, { id: desk.location.id })).data).toEqual({ endQueueBoardAddress: true })
  })

  it('keeps no token: only a digest of it', async () => {
    const token = (await address()).split('/').at(-1)
    const [row] = await server.sql('select token_hash from queue_board_link where location_id = $1', [desk.location.id])
    expect(row?.['token_hash']).not.toContain(token)
  })

  it('answers every wrong address alike, and takes no other method', async () => {
    const answers = await Promise.all(
      ['x', 'A'.repeat(43), `${'A'.repeat(42)}.`, '%00', 'A'.repeat(5000)].map(async (token) => {
        const response = await fetch(`${server.app.url}/board/${token}`)
        return `${response.status} ${await response.text()}`
      }),
    )
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^404 .*"NOT_FOUND"/)
    expect((await fetch(await address(), { method: 'POST' })).status).toBe(405)
  })

  it.each(Object.values(Role).filter((role) => ![Role.OWNER, Role.ADMIN].includes(role)))('gives no address to %s', async (role) => {
    expect(codesOf(await server.as(accounts[role])(NEW, { id: desk.location.id }))).toEqual(['FORBIDDEN'])
    expect(codesOf(await server.as(accounts[role])(END, { id: desk.location.id }))).toEqual(['FORBIDDEN'])
  })
})
