import { Role } from '../../src/access/roles.js'
import { dayIn } from '../../src/clock.js'
import { BreakGlass } from '../../src/modules/break-glass/break-glass.entity.js'
import { CalendarFeed } from '../../src/modules/calendar/calendar-feed.entity.js'
import type { Doctor } from '../../src/modules/doctors/doctor.entity.js'
import { WeeklySchedule } from '../../src/modules/doctors/weekly-schedule.entity.js'
import type { PasswordHasher } from '../../src/modules/identity/password.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Location } from '../../src/modules/locations/location.entity.js'
import { Notice, NoticeKind } from '../../src/modules/notices/notice.entity.js'
import { PatientMergeProposal } from '../../src/modules/merging/patient-merge-proposal.entity.js'
import { PatientMerge } from '../../src/modules/merging/patient-merge.entity.js'
import { ConsentKind, ConsentSigner, PatientConsent } from '../../src/modules/patients/patient-consent.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { AllergyStatusChange, ConditionStatusChange, ProblemStatusKind } from '../../src/modules/patients/status-change.entity.js'
import { TreatmentPlanItem } from '../../src/modules/plans/treatment-plan-item.entity.js'
import { ProcedureStatus } from '../../src/modules/plans/procedure.entity.js'
import { TreatmentPlanStatus } from '../../src/modules/plans/treatment-plan.entity.js'
import { PatientProxy, ProxyScope } from '../../src/modules/proxies/patient-proxy.entity.js'
import { AppointmentReminder, ReminderKind, ReminderStatus, SkipReason } from '../../src/modules/reminders/appointment-reminder.entity.js'
import { ReminderChannel } from '../../src/modules/reminders/reminder-channel.js'
import { ReminderPreference } from '../../src/modules/reminders/reminder-preference.entity.js'
import { QueueEntryChange } from '../../src/modules/queue/queue-entry-change.entity.js'
import { QueueEntry } from '../../src/modules/queue/queue-entry.entity.js'
import { QueueStatus } from '../../src/modules/queue/queue-status.js'
import { RecordStatus } from '../../src/modules/records/medical-record.entity.js'
import { AppointmentHold } from '../../src/modules/scheduling/appointment-hold.entity.js'
import { AppointmentSeries, SeriesFrequency } from '../../src/modules/scheduling/appointment-series.entity.js'
import { AppointmentStatusChange } from '../../src/modules/scheduling/appointment-status-change.entity.js'
import { AppointmentStatus } from '../../src/modules/scheduling/appointment-status.js'
import { OfferStatus, WaitlistStatus } from '../../src/modules/waitlist/waitlist-status.js'
import { WaitlistEntryChange } from '../../src/modules/waitlist/waitlist-entry-change.entity.js'
import { WaitlistEntry } from '../../src/modules/waitlist/waitlist-entry.entity.js'
import { WaitlistOffer } from '../../src/modules/waitlist/waitlist-offer.entity.js'
import { ClinicClosure } from '../../src/modules/schedules/clinic-closure.entity.js'
import { ScheduleBreak } from '../../src/modules/schedules/schedule-break.entity.js'
import { ScheduleExceptionHours } from '../../src/modules/schedules/schedule-exception-hours.entity.js'
import { ScheduleException, ScheduleExceptionKind } from '../../src/modules/schedules/schedule-exception.entity.js'
import { TimeOff, TimeOffKind } from '../../src/modules/schedules/time-off.entity.js'
import { Service } from '../../src/modules/services/service.entity.js'
import type { ClinicFactory } from '../factories/clinic.js'

const DAY = 86_400_000

/** An address with everything there is. */
export const ADDRESS = { line: 'x', city: 'x', region: 'x', postalCode: 'x', country: 'x' }

/** Fills every part of a patient's chart: each list has rows, and each row has every text there is. */
export function makeChart(
  make: ClinicFactory,
  patient: Patient,
  doctor: Doctor,
  users: { by: User; granted: User; holder: User },
  index = 0,
): void {
  const { em } = make
  make.em.assign(patient, {
    phone: '+49 1',
    email: 'x',
    language: 'de',
    address: ADDRESS,
  })
  const allergy = make.allergy(patient, { code: 'x', reactions: ['Hives'] })
  const condition = make.condition(patient)
  const change = { kind: ProblemStatusKind.CLINICAL, fromStatus: 'ACTIVE', toStatus: 'RESOLVED', by: users.by, reason: 'x' }
  em.create(AllergyStatusChange, { allergy, ...change } as never)
  em.create(ConditionStatusChange, { condition, ...change } as never)
  em.create(PatientConsent, {
    patient,
    kind: ConsentKind.TREATMENT,
    formVersion: 'x',
    signerName: 'x',
    signer: ConsentSigner.PATIENT,
    validFrom: '2026-01-01',
    recordedBy: users.granted,
  } as never)
  make.contact(patient)
  make.identifier(patient)
  const startsAt = new Date(Date.now() - (20 + index * 7) * DAY)
  const location = make.location({ address: ADDRESS })
  const appointment = make.appointment({
    patient,
    doctor,
    startsAt,
    location,
    room: make.room(location),
    reason: 'x',
    overbookReason: 'x',
    patientOverlapReason: 'x',
  })
  em.create(AppointmentReminder, {
    appointment,
    kind: ReminderKind.UPCOMING,
    offsetMinutes: 120,
    channel: ReminderChannel.EMAIL,
    startsAt,
    status: ReminderStatus.SKIPPED,
    skipReason: SkipReason.TOO_LATE,
    nextTryAt: startsAt,
  } as never)
  em.create(ReminderPreference, { patient, channel: ReminderChannel.SMS, wanted: false, setBy: users.granted } as never)
  const text = { encounterType: 'x', subjective: 'x', findings: 'x', assessment: 'x', plan: 'x' }
  const price = { amount: '45.00', currency: 'EUR' }
  const series = em.create(AppointmentSeries, {
    patient,
    frequency: SeriesFrequency.WEEKLY,
    every: 1,
    occurrences: 2,
    bookedBy: users.by,
  } as never)
  em.assign(appointment, { series, price, bookedBy: users.by, cancellationReason: 'x' } as never)
  em.create(AppointmentStatusChange, { appointment, to: AppointmentStatus.BOOKED, at: startsAt, by: users.by, reason: 'x' } as never)
  em.create(AppointmentHold, {
    doctor,
    patient,
    user: index % 2 === 0 ? users.by : users.holder,
    startsAt: new Date(startsAt.getTime() + 90 * DAY),
    endsAt: new Date(startsAt.getTime() + 91 * DAY),
    expiresAt: new Date(Date.now() + DAY),
  } as never)
  const room = make.room(location)
  const day = startsAt.toISOString().slice(0, 10)
  const seen = { status: QueueStatus.DONE, calledAt: startsAt, startedAt: startsAt, endedAt: startsAt }
  const entry = em.create(QueueEntry, {
    patient,
    appointment,
    doctor,
    location,
    room,
    day,
    number: 1,
    arrivedAt: startsAt,
    ...seen,
  } as never)
  em.create(QueueEntryChange, {
    entry,
    from: QueueStatus.IN_SERVICE,
    to: QueueStatus.DONE,
    at: startsAt,
    by: users.by,
    reason: 'x',
  } as never)
  const wish = em.create(WaitlistEntry, {
    patient,
    doctor,
    location,
    specialty: 'x',
    earliest: day,
    latest: day,
    waitingSince: startsAt,
    status: WaitlistStatus.BOOKED,
  } as never)
  em.create(WaitlistEntryChange, { entry: wish, to: WaitlistStatus.BOOKED, at: startsAt, by: users.by, reason: 'x' } as never)
  em.create(WaitlistOffer, {
    entry: wish,
    doctor,
    location,
    room,
    startsAt,
    endsAt: new Date(startsAt.getTime() + 60_000),
    expiresAt: startsAt,
    state: OfferStatus.ACCEPTED,
    answeredAt: startsAt,
    appointment,
    offeredBy: users.by,
  } as never)
  make.record({ patient, appointment, author: doctor, occurredAt: startsAt, ...text })
  make.record({ patient, appointment, author: doctor, occurredAt: startsAt, status: RecordStatus.DRAFT, ...text })
  const plan = make.plan(patient, { doctor })
  const draft = make.plan(patient, { doctor, status: TreatmentPlanStatus.DRAFT })
  for (const treatmentPlan of [plan, draft]) em.create(TreatmentPlanItem, { treatmentPlan, position: 1, display: 'x', code: 'x' } as never)
  make.procedure(patient, { appointment, treatmentPlan: plan, performer: doctor })
  make.procedure(patient, {
    appointment,
    treatmentPlan: plan,
    performer: doctor,
    price: null,
    status: ProcedureStatus.NOT_DONE,
    performedAt: null,
    statusReason: 'x',
  })
  make.prescription(patient, { appointment, treatmentPlan: plan, prescriber: doctor, note: 'x' })
  const validFrom = new Date(Date.now() - DAY)
  em.create(PatientProxy, {
    patient,
    holder: users.holder,
    grantedBy: users.granted,
    relationship: 'x',
    scope: ProxyScope.READ,
    validFrom,
    validTo: new Date(Date.now() - DAY / 2),
  } as never)
  em.create(BreakGlass, {
    patient,
    user: users.by,
    reason: 'long enough',
    startsAt: new Date(Date.now() - 3_600_000),
    endsAt: new Date(Date.now() - 1000),
  } as never)
}

/** A doctor's week with everything that can be said about it. */
export function makeHours(make: ClinicFactory, doctor: Doctor, location: Location, enteredBy: User): void {
  const { em } = make
  const weeklySchedule = em.create(WeeklySchedule, {
    doctor,
    location,
    room: make.room(location),
    weekday: 1,
    startsAt: '08:00',
    endsAt: '12:00',
    validFrom: '2026-01-01',
  } as never)
  em.create(ScheduleBreak, { weeklySchedule, startsAt: '10:00', endsAt: '10:15', label: 'x' } as never)
  const scheduleException = em.create(ScheduleException, {
    doctor,
    location,
    date: '2026-05-04',
    kind: ScheduleExceptionKind.EXTRA_HOURS,
    note: 'x',
  } as never)
  em.create(ScheduleExceptionHours, { scheduleException, room: make.room(location), startsAt: '14:00', endsAt: '16:00' } as never)
  const times = { startsAt: new Date(Date.now() - DAY), endsAt: new Date(Date.now() + DAY) }
  em.create(TimeOff, {
    doctor,
    kind: TimeOffKind.OTHER,
    enteredBy,
    ...times,
    startsOn: '2026-05-04',
    endsOn: '2026-05-05',
    reason: 'x',
  } as never)
}

/** A price list with what patients may book, what they may not, and what is no longer offered; and closures, of all and of one location. */
export function makeOffers({ em }: ClinicFactory, location: Location): void {
  for (const [index, shown] of [{ onlineBookable: true }, {}, { onlineBookable: true, active: false }].entries())
    em.create(Service, {
      code: `X${index}`,
      name: 'x',
      specialty: 'General practice',
      durationMinutes: 30,
      price: { amount: '12.50', currency: 'EUR' },
      ...shown,
    } as never)
  for (const where of [null, location])
    em.create(ClinicClosure, { location: where, name: 'x', startsOn: '2026-12-24', endsOn: '2026-12-26' } as never)
}

/** A merge that was proposed and undone, so that both patients stand. */
export function makeMerge({ em }: ClinicFactory, winner: Patient, loser: Patient, by: User): void {
  const undone = { undoneAt: new Date(), undoneBy: by, undoReason: 'x' }
  em.create(PatientMerge, { winner, loser, reason: 'long enough', mergedBy: by, ...undone } as never)
  em.create(PatientMergeProposal, { winner, loser, reason: 'long enough', proposedBy: by } as never)
}

/** Accounts of a populated clinic, by name. */
export interface Population {
  readonly users: Readonly<Record<string, User>>
  readonly patients: readonly Patient[]
  readonly doctors: readonly Doctor[]
}

/** Which accounts there are: one for each role, and those who hold several. */
const ACCOUNTS: Readonly<Record<string, readonly Role[]>> = {
  ...Object.fromEntries(Object.values(Role).map((role) => [role, [role]])),
  'PATIENT with a proxy': [Role.PATIENT],
  'CASHIER and PATIENT': [Role.CASHIER, Role.PATIENT],
  'REGISTRATION_CLERK and PATIENT': [Role.REGISTRATION_CLERK, Role.PATIENT],
  'ANALYST and PATIENT': [Role.ANALYST, Role.PATIENT],
  'PHARMACIST and PATIENT': [Role.PHARMACIST, Role.PATIENT],
  'DOCTOR and CASHIER': [Role.DOCTOR, Role.CASHIER],
  'DOCTOR and ANALYST': [Role.DOCTOR, Role.ANALYST],
  'DOCTOR and PATIENT': [Role.DOCTOR, Role.PATIENT],
  'DOCTOR and REGISTRATION_CLERK': [Role.DOCTOR, Role.REGISTRATION_CLERK],
}

/** A clinic with some forty charts, filled everywhere, and an account for every way of looking at them. */
export async function populate(make: ClinicFactory, hasher: PasswordHasher): Promise<Population> {
  const users: Record<string, User> = {}
  const doctors: Doctor[] = [make.doctor({ licenseNumber: 'x0' }), make.doctor({ licenseNumber: 'x1' })]
  const patients: Patient[] = []
  const patient = (): Patient => {
    const made = make.patient({ birthDate: `19${40 + patients.length}-03-04` })
    patients.push(made)
    return made
  }
  for (const [name, roles] of Object.entries(ACCOUNTS)) {
    const staff = roles.some((role) => role !== Role.PATIENT) ? make.staff({ jobTitle: 'x', email: 'x', phone: '+49 2' }) : undefined
    if (staff && roles.includes(Role.DOCTOR)) doctors.push(make.doctor({ staff, licenseNumber: `y${doctors.length}` }))
    users[name] = await make.user(hasher, roles, { ...(staff && { staff }), ...(roles.includes(Role.PATIENT) && { patient: patient() }) })
  }
  while (patients.length < 36) patient()
  const location = make.location({ phone: '+49 3', address: { line: 'x', city: 'x', region: 'x', postalCode: 'x', country: 'DE' } })
  for (const [index, doctor] of doctors.entries()) {
    makeHours(make, doctor, location, users[Role.OWNER]!)
    make.em.create(CalendarFeed, { doctor, tokenHash: `x${index}`, issuedAt: new Date(), revokedAt: new Date() } as never)
  }
  makeOffers(make, location)
  const by = users[Role.DOCTOR]!
  for (const [index, each] of patients.entries()) {
    makeChart(make, each, doctors[index % doctors.length]!, { by, granted: users[Role.OWNER]!, holder: users[Role.PATIENT]! }, index)
  }
  const colleague = users['DOCTOR and CASHIER']!
  const open = { reason: 'long enough', startsAt: new Date(), endsAt: new Date(Date.now() + 2 * 3_600_000) }
  for (const user of [by, colleague]) {
    const opening = make.em.create(BreakGlass, { patient: patients[30]!, user, ...open } as never)
    make.em.create(Notice, { recipient: users[Role.OWNER]!, kind: NoticeKind.BREAK_GLASS, breakGlass: opening } as never)
  }
  for (const [winner, loser] of [
    [patients[31]!, patients[32]!],
    [patients[33]!, patients[34]!],
  ] as const) {
    makeMerge(make, winner, loser, users[Role.ADMIN]!)
  }
  make.em.create(PatientProxy, {
    patient: patients[20]!,
    holder: users['PATIENT with a proxy']!,
    grantedBy: users[Role.OWNER]!,
    scope: ProxyScope.BOOK,
    validFrom: new Date(Date.now() - DAY),
    validTo: new Date(Date.now() + DAY),
  } as never)
  for (const [index, each] of patients.slice(10, 13).entries()) {
    make.em.create(QueueEntry, {
      patient: each,
      doctor: doctors[0],
      location,
      room: make.room(location),
      number: index + 1,
      day: dayIn(new Date(), 'Europe/Berlin'),
      arrivedAt: new Date(),
    } as never)
  }
  for (const each of patients.slice(10, 13))
    make.appointment({
      patient: each,
      doctor: doctors[0]!,
      startsAt: new Date(),
      status: AppointmentStatus.BOOKED,
      overbookReason: 'x',
      patientOverlapReason: 'x',
    })
  await make.save()
  return { users, patients, doctors }
}
