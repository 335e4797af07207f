import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import type { Services } from '../../graphql/services.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import type { FreeSlot } from './availability.js'
import { Slot, SlotSearch } from './slot.types.js'

const FROM = 'Times that begin at this instant or later.'
const TO = 'Times that begin before this instant; at most 62 days after `from`.'
const LENGTH = "Length of the visit in minutes, 5 to 480; else the service's, else the doctor's usual one. Not for patients."

/** Each batches on its own, as declared edges do. */
const EDGES = { doctor: {}, location: {}, room: {} }

/** Looking for free times. */
@Resolver(() => Slot)
export class SlotResolver {
  constructor(private readonly services: Services) {}

  @Query(() => SlotSearch, {
    nullable: true,
    description: 'When a doctor can be booked, or why not: at most 5000 times. Patients see what they may book themselves.',
  })
  availableSlots(
    @Arg('doctorId', () => ID, { description: 'Which doctor.' }) doctorId: string,
    @Arg('from', () => DateTimeScalar, { description: FROM }) from: Date,
    @Arg('to', () => DateTimeScalar, { description: TO }) to: Date,
    @Arg('serviceId', () => ID, { nullable: true, description: 'What for: decides on the length and the time kept free around it.' })
    serviceId: string | null | undefined,
    @Arg('durationMinutes', () => Int, { nullable: true, description: LENGTH }) durationMinutes: number | null | undefined,
    @Arg('locationId', () => ID, { nullable: true, description: 'Only at this location.' }) locationId: string | null | undefined,
    @Ctx() context: GraphQLContext,
  ): Promise<SlotSearch> {
    return this.services.slots.ofDoctor(context, { doctorId, from, to, serviceId, durationMinutes, locationId })
  }

  @Query(() => SlotSearch, {
    nullable: true,
    description: 'The next free times of all doctors who offer a service or have a specialty, the earliest first.',
  })
  availableSlotsAcrossDoctors(
    @Arg('from', () => DateTimeScalar, { description: FROM }) from: Date,
    @Arg('to', () => DateTimeScalar, { description: TO }) to: Date,
    @Arg('serviceId', () => ID, { nullable: true, description: 'What for. This or `specialty` is needed.' })
    serviceId: string | null | undefined,
    @Arg('specialty', () => String, { nullable: true, description: 'Exact medical specialty.' }) specialty: string | null | undefined,
    @Arg('locationId', () => ID, { nullable: true, description: 'Only at this location.' }) locationId: string | null | undefined,
    @Arg('limit', () => Int, { nullable: true, description: 'At most so many times, 1 to 200; 20 when nothing is said.' })
    limit: number | null | undefined,
    @Ctx() context: GraphQLContext,
  ): Promise<SlotSearch> {
    return this.services.slots.acrossDoctors(context, { from, to, serviceId, specialty, locationId, limit })
  }

  @FieldResolver(() => Doctor, { nullable: true, description: 'Whom the patient would see.' })
  doctor(@Root() slot: FreeSlot, @Ctx() { loaders }: GraphQLContext): unknown {
    return loaders.one(EDGES.doctor, Doctor, slot.doctorId)
  }

  @FieldResolver(() => Location, { nullable: true, description: 'Where.' })
  location(@Root() slot: FreeSlot, @Ctx() { loaders }: GraphQLContext): unknown {
    return loaders.one(EDGES.location, Location, slot.locationId)
  }

  @FieldResolver(() => Room, { nullable: true, description: 'In which room; empty when the hours name none.' })
  room(@Root() slot: FreeSlot, @Ctx() { loaders }: GraphQLContext): unknown {
    return loaders.one(EDGES.room, Room, slot.roomId)
  }
}
