import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { AppointmentSeries } from './appointment-series.entity.js'
import { BookAppointmentSeriesInput, CancelAppointmentSeriesInput, RescheduleAppointmentSeriesInput } from './appointment.inputs.js'
import { Appointment } from './appointment.entity.js'
import { SeriesResult } from './booking.results.js'
import type { SeriesOutcome } from './series.service.js'

/** Appointments that repeat. */
@Resolver()
export class SeriesResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => SeriesResult, {
    nullable: true,
    description: 'Books appointments that repeat. The answer lists the times that cannot be had; then nothing is booked, unless they are to be skipped.',
  })
  async bookAppointmentSeries(
    @Arg('input', () => BookAppointmentSeriesInput, { description: 'The first visit, and how it repeats.' }) input: BookAppointmentSeriesInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return resultOf(context, await this.services.scheduling.series.book(context, input))
  }

  @Mutation(() => SeriesResult, {
    nullable: true,
    description: 'Moves appointments of a series: this one, this and those after it, or all to come. All that are meant are moved, or none.',
  })
  async rescheduleAppointmentSeries(
    @Arg('input', () => RescheduleAppointmentSeriesInput, { description: 'Which ones, and where to.' }) input: RescheduleAppointmentSeriesInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return resultOf(context, await this.services.scheduling.seriesEdits.reschedule(context, input))
  }

  @Mutation(() => [Appointment], {
    nullable: true,
    description: 'Calls off appointments of a series: this one, this and those after it, or all to come.',
  })
  async cancelAppointmentSeries(
    @Arg('input', () => CancelAppointmentSeriesInput, { description: 'Which ones, and why.' }) input: CancelAppointmentSeriesInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return appointmentsOf(context, await this.services.scheduling.seriesEdits.cancel(context, input))
  }
}

const appointmentsOf = ({ loaders }: GraphQLContext, ids: readonly string[]): Promise<unknown> =>
  Promise.all(ids.map((id) => loaders.one(Appointment, Appointment, id)))

async function resultOf(context: GraphQLContext, { seriesId, appointmentIds, conflicts }: SeriesOutcome): Promise<SeriesResult> {
  const [series, appointments] = await Promise.all([
    seriesId === null ? null : context.loaders.one(AppointmentSeries, AppointmentSeries, seriesId),
    appointmentsOf(context, appointmentIds),
  ])
  return { series, appointments, conflicts }
}
