import { Field, Int, ObjectType } from 'type-graphql'
import { PatientMergeField } from './merge-fields.js'

/** So many rows of one kind would move. */
@ObjectType({ description: 'So many rows of one kind would move.', simpleResolvers: true })
export class MovedKind {
  @Field(() => String, { description: 'What they are, by the name of their type: `Appointment`.' })
  kind!: string

  @Field(() => Int, { description: 'How many.' })
  count!: number
}

/** Demographics in which two records differ. */
@ObjectType({ description: 'Demographics in which the two records differ.', simpleResolvers: true })
export class MergeDifference {
  @Field(() => PatientMergeField, { description: 'What differs.' })
  field!: PatientMergeField

  @Field(() => String, { nullable: true, description: 'How the record has it that goes on.' })
  winnerValue?: string | null

  @Field(() => String, { nullable: true, description: 'How the record has it whose contents move.' })
  loserValue?: string | null
}

/** Two active appointments at the same time. */
@ObjectType({ description: 'Two active appointments at the same time, one of each record.', simpleResolvers: true })
export class AppointmentOverlap {
  winnerAppointmentId!: string
  loserAppointmentId!: string
}

/** What a merge would do. */
@ObjectType({ description: 'What merging two records would do. Nothing has happened yet.', simpleResolvers: true })
export class PatientMergePreview {
  winnerId!: string
  loserId!: string

  @Field(() => [MovedKind], { description: 'What would move, by kind.' })
  moves!: MovedKind[]

  @Field(() => [MergeDifference], { description: 'Demographics in which they differ: choose with `takeFromLoser`.' })
  differences!: MergeDifference[]

  @Field(() => [AppointmentOverlap], {
    description: 'Active appointments at the same time: cancel one of each, or give an `overlapReason`.',
  })
  overlaps!: AppointmentOverlap[]

  @Field(() => Boolean, {
    description:
      'Both have an account of the portal. Each keeps its own; that of the record whose contents move then shows the one that goes on.',
  })
  bothHaveAccounts!: boolean
}
