import { createUnionType, Field, Int, ObjectType } from 'type-graphql'
import { Patient } from './patient.entity.js'

/** A record that is likely to be of the same person. */
@ObjectType({ description: 'A record that is likely to be of the same person.', simpleResolvers: true })
export class DuplicateCandidate {
  patientId!: string

  @Field(() => Int, {
    description:
      'How alike they are: 6 each for the same e-mail address, birth date, full name and sex, 2 for a surname that sounds the same, 1 for the phone number. From 14 on it is likely.',
  })
  score!: number
}

/** The outcome of a registration that would likely be a second record of somebody. */
@ObjectType({
  description:
    'Nobody was registered: these records are likely to be of the same person. Choose one of them, or confirm with `confirmNotDuplicateOf` that it is none.',
  simpleResolvers: true,
})
export class PossibleDuplicates {
  @Field(() => [DuplicateCandidate], { description: 'The records, likeliest first.' })
  candidates!: DuplicateCandidate[]
}

/** Somebody on the list of likely duplicates. */
@ObjectType({ description: 'A patient who is likely to have another record.', simpleResolvers: true })
export class LikelyDuplicate {
  patientId!: string

  @Field(() => [DuplicateCandidate], { description: 'The other records, likeliest first.' })
  candidates!: DuplicateCandidate[]
}

/** A part of the list of likely duplicates. */
@ObjectType({ description: 'A part of the list of likely duplicates.', simpleResolvers: true })
export class LikelyDuplicates {
  @Field(() => [LikelyDuplicate], { description: 'Patients who are likely to have another record, latest registered first.' })
  entries!: LikelyDuplicate[]

  @Field(() => String, { nullable: true, description: 'Give it as `after` to look further back; empty at the end of the clinic.' })
  next?: string | null
}

/** The outcome of a registration. */
export const CreatePatientResult = createUnionType({
  name: 'CreatePatientResult',
  description: 'The new patient, or the records that are likely to be of the same person.',
  types: () => [Patient, PossibleDuplicates] as const,
  resolveType: (value) => ('candidates' in value ? PossibleDuplicates : Patient),
})
