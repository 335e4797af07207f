import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Patient } from './patient.entity.js'
import { DuplicateCandidate, LikelyDuplicate, LikelyDuplicates } from './patient.results.js'

/** Likely duplicates among the patients that are there. */
@Resolver()
export class DuplicateResolver {
  constructor(private readonly services: Services) {}

  @Query(() => [DuplicateCandidate], {
    nullable: true,
    description: 'Records that are likely to be of the same person as this one, likeliest first.',
  })
  async duplicateCandidates(
    @Arg('patientId', () => ID, { description: 'Which patient.' }) patientId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    context.notes.searched('duplicateCandidates')
    return this.services.patients.duplicates.of(context, patientId)
  }

  @Query(() => LikelyDuplicates, {
    nullable: true,
    description: 'Goes through the clinic from the latest registered patient back and lists who is likely to have another record.',
  })
  async likelyDuplicates(
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many at most; up to 50.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: '`next` of the part before.' }) after: string | null | undefined,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    context.notes.searched('likelyDuplicates')
    return this.services.patients.duplicates.list(context, first, after ?? null)
  }

  @Mutation(() => Patient, {
    nullable: true,
    description: 'Somebody has looked: two records that are alike are of two people. Nobody is asked again.',
  })
  async markNotDuplicates(
    @Arg('patientId', () => ID, { description: 'The one patient.' }) patientId: string,
    @Arg('otherId', () => ID, { description: 'The other patient.' }) otherId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.patients.duplicates.tellApart(context, patientId, otherId)
    return context.loaders.one(Patient, Patient, patientId)
  }
}

/** The record behind a candidate. */
@Resolver(() => DuplicateCandidate)
export class DuplicateCandidateResolver {
  @FieldResolver(() => Patient, { nullable: true, description: 'The record.' })
  patient(@Root() { patientId }: DuplicateCandidate, @Ctx() context: GraphQLContext): unknown {
    return context.loaders.one(DuplicateCandidate, Patient, patientId)
  }
}

/** The patient of an entry. */
@Resolver(() => LikelyDuplicate)
export class LikelyDuplicateResolver {
  @FieldResolver(() => Patient, { nullable: true, description: 'The patient.' })
  patient(@Root() { patientId }: LikelyDuplicate, @Ctx() context: GraphQLContext): unknown {
    return context.loaders.one(LikelyDuplicate, Patient, patientId)
  }
}
