import { DAY, type Clock } from '../../clock.js'
import { BadUserInputError, NotFoundError, type FieldProblem } from '../../graphql/errors.js'
import type { GraphQLContext } from '../../graphql/context.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Service } from '../services/service.entity.js'
import type { Availability, FreeSlot, ServiceTiming } from './availability.js'
import { LONGEST_WINDOW } from './availability-rows.js'
import { EmptySlotReason } from './slots/empty-slot-reason.js'
import type { SlotSearch } from './slot.types.js'

/** The most free times of one doctor in an answer. */
const MOST_SLOTS = 5000
const FURTHEST = 3660 * DAY
const MOST_ACROSS = 200
const USUAL_ACROSS = 20

interface Where {
  readonly from: Date
  readonly to: Date
  readonly serviceId?: string | null | undefined
  readonly locationId?: string | null | undefined
}

/** Free times of one doctor, as they are asked for. */
export interface SlotsOfDoctor extends Where {
  readonly doctorId: string
  readonly durationMinutes?: number | null | undefined
}

/** Free times of several doctors, as they are asked for. */
export interface SlotsAcrossDoctors extends Where {
  readonly specialty?: string | null | undefined
  readonly limit?: number | null | undefined
}

/** From the most to the least that can be done about it: what the answer for several doctors without a free time says. */
const MOST_HOPEFUL_FIRST = [
  EmptySlotReason.NO_GAP_LONG_ENOUGH,
  EmptySlotReason.FULLY_BOOKED,
  EmptySlotReason.OUTSIDE_BOOKING_WINDOW,
  EmptySlotReason.ON_LEAVE,
  EmptySlotReason.NOT_WORKING,
] as const

/** Looks for free times on behalf of somebody: what they may see, and within bounds. */
export class SlotService {
  readonly #availability: Availability
  readonly #clock: Clock

  constructor(availability: Availability, clock: Clock) {
    this.#availability = availability
    this.#clock = clock
  }

  /**
   * When a doctor can be booked, or why not.
   *
   * @throws NotFoundError when doctor, service or location is missing or not the actor's to see, BadUserInputError for a service that a patient
   *   could not book with this doctor
   */
  async ofDoctor(context: GraphQLContext, asked: SlotsOfDoctor): Promise<SlotSearch> {
    const forPatient = isForPatient(context)
    const problems = problemsOf(asked, this.#clock())
    const minutes = asked.durationMinutes
    if (minutes != null && forPatient) problems.push({ field: 'durationMinutes', message: 'is what the service says' })
    else if (minutes != null && (minutes < 5 || minutes > 480))
      problems.push({ field: 'durationMinutes', message: 'must be between 5 and 480' })
    if (problems.length > 0) throw new BadUserInputError(problems)
    const [doctor, { service, specialty, locationId }] = await Promise.all([
      context.loaders.one(Doctor, Doctor, asked.doctorId),
      this.#visible(context, asked),
    ])
    if (!doctor) throw new NotFoundError()
    // As in booking: whom to send where is the front desk's decision; patients are held to it.
    if (forPatient && specialty !== null && specialty !== doctor['specialty'])
      throw new BadUserInputError([{ field: 'serviceId', message: 'is not offered by this doctor' }])
    const [found] = await this.#availability.search({
      doctorIds: [doctor['id'] as string],
      locationId,
      from: asked.from,
      to: asked.to,
      service,
      durationMinutes: minutes ?? null,
      forPatient,
      limit: MOST_SLOTS,
    })
    return found ?? { slots: [], emptyReason: EmptySlotReason.NOT_WORKING }
  }

  /**
   * The next free times of all doctors of a specialty, or of those who offer a service.
   *
   * @throws NotFoundError when service or location is missing or not the actor's to see, BadUserInputError for a service that the specialty
   *   does not offer
   */
  async acrossDoctors(context: GraphQLContext, asked: SlotsAcrossDoctors): Promise<SlotSearch> {
    const problems = problemsOf(asked, this.#clock())
    const limit = asked.limit ?? USUAL_ACROSS
    if (limit < 1 || limit > MOST_ACROSS) problems.push({ field: 'limit', message: `must be between 1 and ${MOST_ACROSS}` })
    if (asked.serviceId == null && asked.specialty == null)
      problems.push({ field: 'serviceId', message: 'say what for, by serviceId or by specialty' })
    if (problems.length > 0) throw new BadUserInputError(problems)
    const { service, specialty, locationId } = await this.#visible(context, asked)
    if (specialty !== null && asked.specialty != null && specialty !== asked.specialty)
      throw new BadUserInputError([{ field: 'serviceId', message: 'is not offered by this specialty' }])
    const found = await this.#availability.search({
      doctorIds: null,
      specialty: asked.specialty ?? specialty,
      locationId,
      from: asked.from,
      to: asked.to,
      service,
      forPatient: isForPatient(context),
      limit,
    })
    const slots = found.flatMap((doctor): readonly FreeSlot[] => doctor.slots)
    slots.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
    if (slots.length > 0) return { slots: slots.slice(0, limit), emptyReason: null }
    const reasons = new Set(found.map(({ emptyReason }) => emptyReason))
    return { slots: [], emptyReason: MOST_HOPEFUL_FIRST.find((reason) => reasons.has(reason)) ?? EmptySlotReason.NOT_WORKING }
  }

  /** The service and the location that were named, as far as the actor may see them. */
  async #visible(
    { loaders }: GraphQLContext,
    asked: Where,
  ): Promise<{ service: ServiceTiming | null; specialty: string | null; locationId: string | null }> {
    const [service, location] = await Promise.all([
      asked.serviceId == null ? null : loaders.one(Service, Service, asked.serviceId),
      asked.locationId == null ? null : loaders.one(Location, Location, asked.locationId),
    ])
    if ((asked.serviceId != null && !service) || (asked.locationId != null && !location)) throw new NotFoundError()
    return {
      service: service as ServiceTiming | null,
      specialty: (service?.['specialty'] as string | null | undefined) ?? null,
      locationId: (location?.['id'] as string | undefined) ?? null,
    }
  }
}

/** Whoever may book for everybody is not held to a patient's window; a patient who also works here is not either. */
const isForPatient = ({ actor }: GraphQLContext): boolean => !actor.can('appointments.write')

function problemsOf({ from, to }: Where, now: Date): FieldProblem[] {
  if (Math.abs(from.getTime() - now.getTime()) > FURTHEST) return [{ field: 'from', message: 'must be within ten years' }]
  if (to <= from) return [{ field: 'to', message: 'must be after `from`' }]
  return to.getTime() - from.getTime() > LONGEST_WINDOW ? [{ field: 'to', message: 'must be at most 62 days after `from`' }] : []
}
