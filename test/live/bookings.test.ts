import { afterAll, beforeAll, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { after, HOUR } from '../../src/clock.js'
import { AppointmentStatus } from '../../src/modules/scheduling/appointment-status.js'
import { watch } from '../support/live-client.js'
import { TestServer } from '../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await TestServer.start()
}, 60_000)

afterAll(() => server.stop())

it('an appointment that is called off is told to whoever watches its doctor, on every instance', async () => {
  const second = await TestServer.start({ on: server })
  const user = await server.make.user(server.hasher, [Role.REGISTRATION_CLERK], { staff: server.make.staff() })
  const startsAt = after(new Date(), 48 * HOUR)
  const appointment = server.make.appointment({ startsAt, endsAt: after(startsAt, HOUR), status: AppointmentStatus.BOOKED })
  await server.make.save()
  const query = 'subscription ($doctorId: ID) { appointmentChanged(doctorId: $doctorId) { id status cancellationReason version } }'
  const one = await watch(second.app.url, { token: await server.tokenOf(user) }, query, { doctorId: appointment.doctor.id })
  const { errors } = await server.as(user)('mutation ($input: CancelAppointmentInput!) { cancelAppointment(input: $input) { id } }', {
    input: { id: appointment.id, version: 1, reason: 'Ill' },
  })
  expect(errors).toBeUndefined()
  const [told] = await one.until(1)
  expect(told?.data?.['appointmentChanged']).toEqual({ id: appointment.id, status: 'CANCELLED', cancellationReason: 'Ill', version: 2 })
  await one.close()
  await second.stop()
})
