import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'
import { DateTimeScalar } from '../../graphql/scalars.js'

/** Whose chart to open in an emergency, why, and for how long. */
@InputType({ description: 'Whose chart to open in an emergency, why, and for how long. The patient is named by `patientId` or by `mrn`.' })
export class BreakGlassInput {
  @Field(() => ID, { nullable: true, description: 'Which patient.' })
  patientId?: string | null

  @Field(() => String, { nullable: true, description: 'Which patient, by the medical record number, for instance from a wristband.' })
  mrn?: string | null

  @Field(() => String, { description: 'Why it is needed, in at least 10 characters. The owners read it.' })
  reason!: string

  @Field(() => Int, { description: 'For how many hours: 1 to 4.' })
  hours!: number
}

/** Which emergency openings to list. */
@InputType({ description: 'Which emergency openings to list: those that match all given fields.' })
export class BreakGlassFilter {
  @Field(() => ID, { nullable: true, description: "Only those of this patient's chart." })
  patientId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only those by this account.' })
  userId?: string | null

  @Field(() => Boolean, { nullable: true, description: 'Only those that were reviewed, or only those that wait for a review.' })
  reviewed?: boolean | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only those that began at this instant or later.' })
  from?: Date | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only those that began before this instant.' })
  to?: Date | null
}

/** The orders of the list of emergency openings. */
export enum BreakGlassOrder {
  LATEST_FIRST = 'LATEST_FIRST',
  EARLIEST_FIRST = 'EARLIEST_FIRST',
}

registerEnumType(BreakGlassOrder, {
  name: 'BreakGlassOrder',
  description: 'The orders of the list of emergency openings.',
  valuesConfig: { LATEST_FIRST: { description: 'The latest first.' }, EARLIEST_FIRST: { description: 'The earliest first.' } },
})
