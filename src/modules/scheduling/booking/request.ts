import type { EntityManager } from '@mikro-orm/postgresql'
import type { Actor } from '../../../access/actor.js'
import { DAY } from '../../../clock.js'
import { BadUserInputError, ForbiddenError, NotFoundError, type FieldProblem } from '../../../graphql/errors.js'
import { InputChecks } from '../../../graphql/input-checks.js'
import { isUuid } from '../../../graphql/loaders/page.js'
import type { RowReach } from '../../../graphql/loaders/reach.js'
import { Patient } from '../../patients/patient.entity.js'
import { capacityFor, type Capacity } from './capacity.js'
import { requireBookable, type NamedRows, type VisitFacts, type VisitTerms } from './visit.js'

/** What bookings ask for in common: who may, which texts and ids, on which terms. */

/**
 * As what the actor may book the patient. Whoever reaches every patient needs no statement for it; the booking itself cannot put the
 * patient into anybody's reach who was asked here.
 */
export async function capacityToBook(
  { em, reach }: { readonly em: () => EntityManager; readonly reach: RowReach },
  actor: Actor,
  patientId: string,
): Promise<Capacity> {
  if (actor.reachesAny(['appointments.write'])) return 'STAFF'
  if (!actor.can('appointments.write')) {
    if (!actor.ownsPatient(patientId)) throw new NotFoundError()
    return capacityFor(actor, patientId, null)
  }
  const [row] = await reach.rows(em(), actor, Patient, [patientId])
  if (!row) throw new NotFoundError()
  return capacityFor(actor, patientId, row)
}

export interface Texts {
  readonly reason: string | null
  readonly overbookReason: string | null
  readonly patientOverlapReason: string | null
}

const MOST_TEXT = 500
/** Nobody plans so far ahead, and years of more than four digits are not kept. */
const FARTHEST_MS = 10 * 366 * DAY

/** Checks that a time is one that somebody may mean. */
export function requireNear(checks: InputChecks, startsAt: Date, now: Date, field = 'startsAt'): void {
  checks.require(Math.abs(startsAt.getTime() - now.getTime()) < FARTHEST_MS, field, 'is too many years away')
}

/** The texts of an input, without space around them. */
export function checkedTexts(
  input: Partial<Texts> & { startsAt: Date; durationMinutes?: number | null; idempotencyKey?: string | null },
  now: Date,
): Texts {
  const checks = new InputChecks()
  const text = (field: keyof Texts): string | null => checks.optionalText(field, input[field], { most: MOST_TEXT }) ?? null
  const texts = { reason: text('reason'), overbookReason: text('overbookReason'), patientOverlapReason: text('patientOverlapReason') }
  const { durationMinutes: minutes, idempotencyKey: key, startsAt } = input
  checks.require(minutes == null || (minutes >= 5 && minutes <= 480), 'durationMinutes', 'must be between 5 and 480')
  checks.optionalText('idempotencyKey', key, { most: 200 })
  requireNear(checks, startsAt, now)
  checks.done()
  return texts
}

/** Ids as the database writes them. */
export function namedRows({ patientId, doctorId, serviceId, roomId, locationId }: NamedRows) {
  const lower = (id: string | null | undefined): string | null => id?.toLowerCase() ?? null
  return {
    patientId: patientId.toLowerCase(),
    doctorId: doctorId.toLowerCase(),
    serviceId: lower(serviceId),
    roomId: lower(roomId),
    locationId: lower(locationId),
  }
}

/** What the visit takes over of its service; without one it has the doctor's usual length. Patients book only what is meant for them (RULES A5, A6). */
export function termsOf(
  { durationMinutes }: { readonly durationMinutes?: number | null },
  facts: VisitFacts,
  named: NamedRows,
  capacity: Capacity,
): VisitTerms {
  const { doctor } = requireBookable(facts, named)
  const { service } = facts
  if (capacity === 'PATIENT' && service)
    requireOffered(service, doctor.specialty, { field: 'input.serviceId', message: 'is not offered by this doctor' })
  if (!service)
    return { serviceId: null, minutes: durationMinutes ?? doctor.minutes, bufferBeforeMinutes: 0, bufferAfterMinutes: 0, price: null }
  const { serviceId, minutes, bufferBeforeMinutes, bufferAfterMinutes, price } = service
  return { serviceId, minutes: durationMinutes ?? minutes, bufferBeforeMinutes, bufferAfterMinutes, price }
}

/**
 * Patients choose times only of what is meant for them. Whom to send where is the front desk's decision; patients are held to it.
 *
 * @param specialty the doctor's
 * @param problem what to say when the two do not go together
 * @throws ForbiddenError, BadUserInputError
 */
export function requireOffered(service: NonNullable<VisitFacts['service']>, specialty: string | null, problem: FieldProblem): void {
  if (!service.online) throw new ForbiddenError('Only the clinic books this service.')
  if (service.specialty !== null && service.specialty !== specialty) throw new BadUserInputError([problem])
}

/**
 * The hold that a booking names: staff may use a colleague's, patients have their own used up anyway.
 * @throws NotFoundError for what is no id
 */
export function usableHold({ holdId }: { readonly holdId?: string | null }, capacity: Capacity): string | null {
  if (holdId == null || capacity === 'PATIENT') return null
  if (!isUuid(holdId)) throw new NotFoundError()
  return holdId
}
