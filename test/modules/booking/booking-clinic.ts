import type { Role } from '../../../src/access/roles.js'
import { WeeklySchedule } from '../../../src/modules/doctors/weekly-schedule.entity.js'
import type { Doctor } from '../../../src/modules/doctors/doctor.entity.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import type { Room } from '../../../src/modules/locations/room.entity.js'
import type { Location } from '../../../src/modules/locations/location.entity.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { Service } from '../../../src/modules/services/service.entity.js'
import { TestServer, type Answer } from '../../support/server.js'

export type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const REFUSED = `... on SlotTaken { conflictsWith alternatives { startsAt endsAt doctor { id } } }
  ... on SlotUnavailable { reason alternatives { startsAt endsAt } }`
const FIELDS = `id version status startsAt endsAt price { amount currency } location { id } room { id }
  rescheduledFrom { id status cancellationReason } rescheduledTo { id }`
const STAFF_FIELDS = `${FIELDS} overbookReason patientOverlapReason`

export const BOOK = `mutation ($input: BookAppointmentInput!) { bookAppointment(input: $input) { __typename ... on Appointment { ${STAFF_FIELDS} } ${REFUSED} } }`
/** As patients ask, who do not read everything. */
export const BOOK_OWN = `mutation ($input: BookAppointmentInput!) { bookAppointment(input: $input) { __typename ... on Appointment { ${FIELDS} } ${REFUSED} } }`
export const MOVE = `mutation ($input: RescheduleAppointmentInput!) { rescheduleAppointment(input: $input) { __typename ... on Appointment { ${STAFF_FIELDS} } ${REFUSED} } }`
export const MOVE_OWN = `mutation ($input: RescheduleAppointmentInput!) { rescheduleAppointment(input: $input) { __typename ... on Appointment { ${FIELDS} } ${REFUSED} } }`
export const CANCEL = `mutation ($input: CancelAppointmentInput!) { cancelAppointment(input: $input) { id version status cancellationReason lateCancellation } }`
export const CHANGE = `mutation ($input: ChangeAppointmentStatusInput!) { changeAppointmentStatus(input: $input) { id version status allowedTransitions } }`
export const HOLD = `mutation ($input: HoldSlotInput!) { holdSlot(input: $input) { __typename ... on AppointmentHold { id expiresAt startsAt endsAt } ${REFUSED} } }`
export const SERIES = `mutation ($input: BookAppointmentSeriesInput!) { bookAppointmentSeries(input: $input) {
  series { id every occurrences until } appointments { id version startsAt series { id } } conflicts { startsAt conflictsWith reason } } }`

const HOUR = 3_600_000

/** Noon in UTC, so many days from now. */
export function noonIn(days: number): Date {
  const at = new Date(Date.now() + days * 24 * HOUR)
  at.setUTCHours(12, 0, 0, 0)
  return at
}

/** So many minutes later. */
export const plus = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * 60_000)

/** Two servers on one database, a location that works round the week, and accounts of every role. */
export class BookingClinic {
  private constructor(
    readonly server: TestServer,
    readonly second: TestServer,
    readonly accounts: Record<Role, User>,
    readonly location: Location,
  ) {}

  static async open(): Promise<BookingClinic> {
    const server = await TestServer.start()
    const second = await TestServer.start({ on: server })
    const accounts = await server.accounts()
    const location = server.make.location({ timeZone: 'Europe/Berlin' })
    await server.make.save()
    return new BookingClinic(server, second, accounts, location)
  }

  async close(): Promise<void> {
    await this.second.stop()
    await this.server.stop()
  }

  /** A client of a role, on one of the two servers. */
  as(role: Role, which: 'first' | 'second' = 'first'): Ask {
    return (which === 'first' ? this.server : this.second).as(this.accounts[role])
  }

  /** A client of the role on each of the two servers. */
  pair(role: Role): (index: number) => Ask {
    const both = [this.as(role), this.as(role, 'second')]
    return (index) => both[index % 2]!
  }

  /** A doctor who works from 6 to 22 on every day. */
  doctor(data: Parameters<TestServer['make']['doctor']>[0] = {}): Doctor {
    const { make } = this.server
    const doctor = make.doctor(data)
    this.works(doctor)
    return doctor
  }

  works(doctor: Doctor, room: Room | null = null, [startsAt, endsAt]: readonly [string, string] = ['06:00', '22:00']): void {
    for (let weekday = 1; weekday <= 7; weekday += 1) {
      this.server.make.em.create(WeeklySchedule, {
        doctor,
        location: this.location,
        weekday,
        startsAt,
        endsAt,
        validFrom: '2020-01-01',
        room,
      } as never)
    }
  }

  patient(): Patient {
    return this.server.make.patient()
  }

  service(data: Partial<Service> = {}): Service {
    const code = `S${Math.random().toString(36).slice(2, 10)}`
    const price = { amount: '80.00', currency: 'EUR' }
    return this.server.make.em.create(Service, { code, name: 'Consultation', durationMinutes: 30, price, ...data } as never)
  }

  save(): Promise<void> {
    return this.server.make.save()
  }

  /** How many appointments of this doctor hold their time. */
  async active(doctor: Doctor): Promise<number> {
    const [row] = await this.server.sql(
      `select count(*)::int as count from appointment where doctor_id = $1 and status in ('BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS')`,
      [doctor.id],
    )
    return row!['count'] as number
  }
}

/** What became of some bookings: how many of each kind. Errors count by their code. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const kinds = answers.map(({ data, errors }) =>
    errors ? String(errors[0]?.extensions['code']) : String(Object.values(data ?? {})[0].__typename),
  )
  return Object.fromEntries([...Map.groupBy(kinds, (kind) => kind)].map(([kind, all]) => [kind, all.length]))
}

/** The only field of an answer. */
export function only(answer: Answer): any {
  if (answer.errors) throw new Error(JSON.stringify(answer.errors))
  return Object.values(answer.data ?? {})[0]
}
