import { Arg, Ctx, Extensions, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { ScheduleException } from './schedule-exception.entity.js'
import { AddTimeOffInput, SetDoctorScheduleInput, SetScheduleExceptionInput } from './schedule.inputs.js'
import { TimeOff } from './time-off.entity.js'

/** A doctor's hours and the days that differ from them. */
@Resolver(() => Doctor)
export class ScheduleResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Doctor, {
    nullable: true,
    description: 'Sets the working week of a doctor from a day on. Ask for `appointmentsOutsideHours` to learn which visits it leaves outside.',
  })
  async setDoctorSchedule(
    @Arg('input', () => SetDoctorScheduleInput, { description: 'Whose hours, from when, and which.' }) input: SetDoctorScheduleInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.schedules.weeks.set(context, input)
    return context.loaders.one(Doctor, Doctor, input.doctorId)
  }

  @Mutation(() => ScheduleException, { nullable: true, description: 'Says how one day differs from the working week of a doctor.' })
  async setScheduleException(
    @Arg('input', () => SetScheduleExceptionInput, { description: 'Whose day, where, and how it differs.' }) input: SetScheduleExceptionInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.schedules.exceptions.set(context, input)
    return context.loaders.one(ScheduleException, ScheduleException, id)
  }

  @Mutation(() => Doctor, { nullable: true, description: 'Makes a day as any other of the working week again.' })
  async removeScheduleException(
    @Arg('id', () => ID, { description: 'Which day that differs.' }) id: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const doctorId = await this.services.schedules.exceptions.remove(context, id)
    return context.loaders.one(Doctor, Doctor, doctorId)
  }

  @Extensions({ rows: 20 })
  @FieldResolver(() => [Appointment], {
    nullable: true,
    description: 'Visits to come, at most 200, that lie outside of the working hours as they are now: someone should move them.',
  })
  async appointmentsOutsideHours(@Root() doctor: { id: string }, @Ctx() context: GraphQLContext): Promise<unknown[]> {
    const ids = await this.services.schedules.conflicts.outsideHours(context, doctor.id)
    return rowsOf(context, this, ids)
  }
}

/** Absences. */
@Resolver(() => TimeOff)
export class TimeOffResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => TimeOff, {
    nullable: true,
    description: 'Enters an absence. Visits that are booked already stay: ask for `affectedAppointments` to learn of them.',
  })
  async addTimeOff(
    @Arg('input', () => AddTimeOffInput, { description: 'Who is away, and when.' }) input: AddTimeOffInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.schedules.timeOff.add(context, input)
    return context.loaders.one(TimeOff, TimeOff, id)
  }

  @Mutation(() => TimeOff, { nullable: true, description: 'Calls an absence off: its time can be booked again.' })
  async cancelTimeOff(
    @Arg('id', () => ID, { description: 'Which absence.' }) id: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.schedules.timeOff.cancel(context, id)
    return context.loaders.one(TimeOff, TimeOff, id)
  }

  @Extensions({ rows: 20 })
  @FieldResolver(() => [Appointment], {
    nullable: true,
    description: 'Visits to come, at most 200, that are booked for the time of the absence: someone should move them. None once it is called off.',
  })
  async affectedAppointments(@Root() timeOff: { id: string }, @Ctx() context: GraphQLContext): Promise<unknown[]> {
    const ids = await this.services.schedules.conflicts.duringTimeOff(context, timeOff.id)
    return rowsOf(context, this, ids)
  }
}

/** The appointments with these ids, as far as the actor may see them. */
async function rowsOf({ loaders }: GraphQLContext, of: object, ids: readonly string[]): Promise<unknown[]> {
  const rows = await Promise.all(ids.map((id) => loaders.one(of, Appointment, id)))
  return rows.filter((row) => row !== null)
}
