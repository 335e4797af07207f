import { AppointmentStatus } from '../scheduling/appointment-status.js'
import { clinicYears, type Booking } from './calendar.js'
import { VISIT_DIAGNOSES, isPlausible } from './facts/diagnoses.js'
import type { DiagnosisFact } from './facts/diagnosis-fact.js'
import { isTreatedAt, type Illness } from './illness.js'
import { ageAt, type Person } from './person.js'
import type { DutyDoctor, Practice } from './practice.js'
import { present } from './present.js'
import type { Random } from './random.js'
import type { RowsByTable } from './rows.js'
import { DAY, HOUR, MINUTE, instant } from './time.js'
import { add, rowBase, type World } from './world.js'

/** An appointment of the patient, with why they come. */
export interface Visit {
  readonly id: string
  readonly doctor: DutyDoctor
  readonly start: number
  readonly end: number
  readonly status: AppointmentStatus
  readonly complaint: DiagnosisFact
}

/** Mean distance of a coming appointment. */
const COMING_DAYS = 50
/** Live visits stand around now; everything else keeps clear of it by this much. */
const CLEARANCE = 2 * HOUR
/** How many appointments somebody has ahead, with the share of patients in percent. */
const COMING_VISITS = [
  { count: 0, share: 46 },
  { count: 1, share: 36 },
  { count: 2, share: 14 },
  { count: 3, share: 4 },
] as const
const PRIMARY = ['GENERAL_PRACTICE', 'PEDIATRICS']

/**
 * Books the appointments of one patient: visits of the last two years, perhaps one at this moment, and those to come. Each lies in a slot
 * of the doctor that is taken with it, and none overlaps another of the patient's.
 */
export class VisitPlanner {
  readonly #world: World
  readonly #practice: Practice
  readonly #years: { readonly fromMs: number; readonly toMs: number }
  /** Share of patients with an extra visit today, so that a small clinic is busy on the day it is shown. */
  readonly #today: number

  constructor(world: World, practice: Practice, patients: number) {
    this.#world = world
    this.#practice = practice
    this.#years = clinicYears(world.now)
    this.#today = Math.min(0.4, 60 / patients)
  }

  /** All appointments of the person in order of time; their rows go to `rows`. */
  plan(random: Random, person: Person, illnesses: readonly Illness[], rows: RowsByTable): Visit[] {
    const { now } = this.#world
    const visits: Visit[] = []
    const family = this.#familyDoctor(random, person)
    const book = (
      doctor: DutyDoctor,
      status: (booking: Booking) => AppointmentStatus,
      booking: Booking | undefined,
      extra: Extra = {},
    ): void => {
      const visit = booking && this.#book(random, person, illnesses, doctor, booking, status(booking), extra, rows)
      if (visit !== undefined) visits.push(visit)
    }
    const free = (start: number, end: number): boolean => visits.every((visit) => end <= visit.start || visit.end <= start)

    if (!person.deceased) this.#bookLive(random, person, book)
    const from = Math.max(this.#years.fromMs, person.registered + HOUR)
    const until = Math.min(person.until, now - CLEARANCE)
    for (let count = this.#pastCount(random, person, illnesses, until - from); count > 0; count--) {
      const doctor = this.#doctorFor(random, person, illnesses, family)
      const slots = random.chance(0.08) ? 2 : 1
      book(doctor, (booking) => this.#pastStatus(booking), doctor.calendar.take(random.between(from, until), from, until, slots, free))
    }
    if (person.deceased) return visits.toSorted((one, other) => one.start - other.start)

    const soon = now + CLEARANCE
    if (random.chance(this.#today)) {
      const doctor = this.#doctorFor(random, person, illnesses, family)
      const earlier = random.chance(0.5) && person.registered < now - 12 * HOUR
      const day = earlier ? ([now - 10 * HOUR, until] as const) : ([soon, now + 12 * HOUR] as const)
      const coming = (): AppointmentStatus => this.#practice.decks.comingAppointment.draw()
      book(doctor, earlier ? (booking) => this.#pastStatus(booking) : coming, doctor.calendar.take(random.between(...day), ...day, 1, free))
    }
    const count = person.showcase ? 3 : present(random.weighted(COMING_VISITS, ({ share }) => share)).count
    for (let index = 0; index < count; index++)
      this.#bookComing(random, person, this.#doctorFor(random, person, illnesses, family), soon, free, book)
    return visits.toSorted((one, other) => one.start - other.start)
  }

  #bookLive(random: Random, person: Person, book: Book): void {
    const live = this.#practice.live.get(person.site.id) ?? []
    const index = live.findIndex(({ doctor, booking }) => sees(doctor, person, booking.start))
    const visit = live[index]
    if (visit === undefined || person.registered > visit.booking.start - HOUR || (!person.showcase && random.chance(0.3))) return
    live.splice(index, 1)
    book(visit.doctor, () => AppointmentStatus[visit.status], visit.booking)
  }

  #bookComing(random: Random, person: Person, doctor: DutyDoctor, soon: number, free: Fits, book: Book): void {
    const { comingAppointment, extraBooking } = this.#practice.decks
    const wanted = soon - Math.log(1 - random.unit()) * COMING_DAYS * DAY
    const extra = extraBooking.draw()
    if (extra === 'OVERBOOKED') {
      const booking = doctor.calendar.findTaken(soon, soon + 60 * DAY, free)
      return book(doctor, () => AppointmentStatus.BOOKED, booking, { overbookReason: 'Acute complaint, agreed with the doctor' })
    }
    const booking = doctor.calendar.take(
      Math.min(wanted, this.#years.toMs - 30 * DAY),
      soon,
      this.#years.toMs,
      random.chance(0.08) ? 2 : 1,
      free,
    )
    book(doctor, () => comingAppointment.draw(), booking)
    if (extra !== 'PATIENT_OVERLAP' || booking === undefined) return
    const other = person.site.doctors.find((one) => one !== doctor && sees(one, person, booking.start))
    const beside = other?.calendar.take(booking.start, booking.start, booking.end + 3 * MINUTE * 5, 1, (start) => start < booking.end)
    if (other !== undefined)
      book(other, () => AppointmentStatus.BOOKED, beside, { patientOverlapReason: 'Blood sample during the waiting time' })
  }

  #book(
    random: Random,
    person: Person,
    illnesses: readonly Illness[],
    doctor: DutyDoctor,
    booking: Booking,
    status: AppointmentStatus,
    extra: Extra,
    rows: RowsByTable,
  ): Visit | undefined {
    const complaint = complaintOf(random, person, illnesses, doctor, booking.start)
    if (complaint === undefined) return undefined
    const { now } = this.#world
    const created = Math.max(person.registered, Math.min(now, booking.start) - random.between(0.02, 45) * DAY)
    const over = status === AppointmentStatus.COMPLETED || status === AppointmentStatus.NO_SHOW
    const touched = over ? booking.end : random.between(created, Math.max(created, Math.min(now, booking.start)))
    const row = add(rows, 'appointment', {
      ...rowBase(random, created, Math.min(now, touched)),
      patient_id: person.id,
      doctor_id: doctor.id,
      location_id: doctor.siteId,
      // An overbooked visit finds its room on the day: the room of the doctor is taken by the other one.
      room_id: extra.overbookReason === undefined ? booking.roomId : null,
      starts_at: instant(booking.start),
      ends_at: instant(booking.end),
      status,
      reason: random.chance(0.95) ? complaint.reason : null,
      overbook_reason: extra.overbookReason ?? null,
      patient_overlap_reason: extra.patientOverlapReason ?? null,
    })
    return { id: row.id, doctor, start: booking.start, end: booking.end, status, complaint }
  }

  /** Those who have been patients for longer and the chronically ill come more often. */
  #pastCount(random: Random, person: Person, illnesses: readonly Illness[], span: number): number {
    if (span < DAY) return 0
    if (person.showcase) return 16
    const full = random.integer(1, 5) + illnesses.length * random.between(0.5, 2)
    return Math.round(full * Math.min(1, 0.3 + span / (730 * DAY)))
  }

  #pastStatus(booking: Booking): AppointmentStatus {
    const { outcome, pastAppointment } = this.#practice.decks
    const recent = booking.end > this.#world.now - 14 * DAY
    if (recent && outcome.draw() === 'UNRESOLVED') return AppointmentStatus.CONFIRMED
    return pastAppointment.draw()
  }

  /** Children have a pediatrician. The first general practitioner has more patients than the second. */
  #familyDoctor(random: Random, person: Person): DutyDoctor {
    const doctors = person.site.doctors.filter((doctor) => PRIMARY.includes(doctor.specialty) && sees(doctor, person, this.#world.now))
    return present(person.showcase || random.chance(0.6) ? doctors[0] : doctors.at(-1))
  }

  #doctorFor(random: Random, person: Person, illnesses: readonly Illness[], family: DutyDoctor): DutyDoctor {
    if (random.chance(0.66)) return family
    const specialists = person.site.doctors.filter((doctor) => !PRIMARY.includes(doctor.specialty) && sees(doctor, person, this.#world.now))
    const weight = (doctor: DutyDoctor): number =>
      1 +
      4 * illnesses.filter(({ fact }) => fact.specialties.includes(doctor.specialty)).length +
      (doctor.specialty === 'GYNECOLOGY' ? 1 : 0)
    return random.weighted(specialists, weight) ?? family
  }
}

interface Extra {
  readonly overbookReason?: string
  readonly patientOverlapReason?: string
}
type Fits = (start: number, end: number) => boolean
type Book = (doctor: DutyDoctor, status: (booking: Booking) => AppointmentStatus, booking: Booking | undefined, extra?: Extra) => void

/** Whether the doctor's specialty is for people of this age and sex. */
function sees(doctor: DutyDoctor, person: Person, at: number): boolean {
  const age = ageAt(person, at)
  switch (doctor.specialty) {
    case 'PEDIATRICS':
      return age < 18
    case 'GENERAL_PRACTICE':
      return age >= 18
    case 'GYNECOLOGY':
      return person.sex === 'FEMALE' && age >= 18
    case 'CARDIOLOGY':
      return age >= 35
    default:
      return age >= 10
  }
}

/** Why the patient comes: a long-term illness that this doctor treats, or something of the day. */
function complaintOf(
  random: Random,
  person: Person,
  illnesses: readonly Illness[],
  doctor: DutyDoctor,
  at: number,
): DiagnosisFact | undefined {
  const treated = illnesses.filter((illness) => illness.fact.specialties.includes(doctor.specialty) && isTreatedAt(illness, at))
  if (treated.length > 0 && random.chance(0.5)) return random.pick(treated).fact
  const age = ageAt(person, at)
  const possible = VISIT_DIAGNOSES[doctor.specialty].filter((fact) => isPlausible(fact, age, person.sex))
  return random.weighted(possible, ({ weight }) => weight) ?? treated[0]?.fact
}
