import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Role } from '../../src/access/roles.js'
import { after, HOUR } from '../../src/clock.js'
import { AppointmentStatus } from '../../src/modules/scheduling/appointment-status.js'
import type { Appointment } from '../../src/modules/scheduling/appointment.entity.js'
import { TEST_PASSWORD } from '../factories/clinic.js'
import { TestServer, type Answer } from '../support/server.js'
import { browserPath, misdeedsOf, openBrowser } from './chromium.js'
import { Ide } from './ide.js'

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { viewer { id } } }'
const CONFIRM = `mutation ($input: ChangeAppointmentStatusInput!) { changeAppointmentStatus(input: $input) { status } }`
const WATCH = 'subscription ($doctorId: ID) { appointmentChanged(doctorId: $doctorId) { status patient { lastName } } }'

describe.skipIf(browserPath === undefined)('changes in a real browser', () => {
  let server: TestServer
  let browser: Browser
  let appointment: Appointment

  beforeAll(async () => {
    server = await TestServer.start()
    browser = await openBrowser()
    for (const username of ['desk', 'doctor'])
      await server.make.user(server.hasher, [username === 'desk' ? Role.REGISTRATION_CLERK : Role.DOCTOR], {
        username,
        staff: server.make.staff(),
      })
    const startsAt = after(new Date(), HOUR)
    appointment = server.make.appointment({ startsAt, endsAt: after(startsAt, HOUR / 3), status: AppointmentStatus.BOOKED })
    await server.make.save()
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
  })

  /** A page of our own, in a browser of its own, signed in by cookies. */
  async function pageOf(username: string): Promise<{ context: BrowserContext; page: Page; misdeeds: string[] }> {
    const context = await browser.newContext()
    const page = await context.newPage()
    const misdeeds = misdeedsOf(page, server.app.url)
    await page.goto(`${server.app.url}/account`)
    expect((await ask(page, LOGIN, { input: { username, password: TEST_PASSWORD } })).errors).toBeUndefined()
    return { context, page, misdeeds }
  }

  const ask = (page: Page, query: string, variables: object): Promise<Answer> =>
    page.evaluate(async (body) => {
      const { cookie } = (globalThis as unknown as { document: { cookie: string } }).document
      const csrf = /(?:^|; )csrf=([^;]+)/.exec(cookie)?.[1]
      const headers = { 'content-type': 'application/json', ...(csrf !== undefined && { 'x-csrf-token': csrf }) }
      const response = await fetch('/graphql', { method: 'POST', headers, body })
      return { status: response.status, ...((await response.json()) as object) }
    }, JSON.stringify({ query, variables }))

  it('made on one page are seen on another within a second, without asking again', async () => {
    const desk = await pageOf('desk')
    const doctor = await pageOf('doctor')
    // What a front end does, without its library: subscribe, and show what is told.
    await desk.page.evaluate(
      ([query, doctorId]) =>
        new Promise<void>((resolve, reject) => {
          const { document, WebSocket, location } = globalThis as unknown as {
            document: { body: { dataset: Record<string, string> } }
            WebSocket: typeof globalThis.WebSocket
            location: { host: string }
          }
          const socket = new WebSocket(`ws://${location.host}/graphql`, 'graphql-transport-ws')
          socket.addEventListener('open', () => socket.send('{"type":"connection_init"}'))
          socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)))
          socket.addEventListener('message', ({ data }) => {
            const { type, payload } = JSON.parse(data as string) as {
              type: string
              payload?: { data?: { appointmentChanged: { status: string } } }
            }
            if (type === 'connection_ack') {
              socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables: { doctorId } } }))
              // Answered in order: after the subscription has begun.
              socket.send('{"type":"ping"}')
            }
            if (type === 'pong') resolve()
            if (type === 'next') document.body.dataset['shown'] = payload?.data?.appointmentChanged.status ?? 'nothing'
          })
        }),
      [WATCH, appointment.doctor.id] as const,
    )
    const input = { id: appointment.id, version: 1, status: AppointmentStatus.CONFIRMED }
    expect((await ask(doctor.page, CONFIRM, { input })).data?.['changeAppointmentStatus'].status).toBe('CONFIRMED')
    await desk.page.waitForSelector('body[data-shown="CONFIRMED"]', { timeout: 1000, state: 'attached' })
    expect([...desk.misdeeds, ...doctor.misdeeds]).toEqual([])
    await Promise.all([desk.context.close(), doctor.context.close()])
  })

  it('are shown in the IDE as well', async () => {
    const page = await browser.newPage()
    const misdeeds = misdeedsOf(page, server.app.url)
    const ide = new Ide(page)
    await ide.open(server.app.url)
    await ide.signIn('desk', TEST_PASSWORD)
    await ide.write('subscription { appointmentChanged { status } }')
    const doctor = await pageOf('doctor')
    const begun = page
      .waitForEvent('websocket')
      .then((socket) => socket.waitForEvent('framesent', ({ payload }) => String(payload).includes('"subscribe"')))
    const shown = ide.run('ARRIVED')
    await begun
    await ask(doctor.page, CONFIRM, { input: { id: appointment.id, version: 2, status: AppointmentStatus.ARRIVED } })
    expect(await shown).toContain('ARRIVED')
    expect(misdeeds).toEqual([])
    await doctor.context.close()
  })
})
