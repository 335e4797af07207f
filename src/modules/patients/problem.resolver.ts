import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Allergy } from './allergy.entity.js'
import { Condition } from './condition.entity.js'
import { Patient } from './patient.entity.js'
import { RecordAllergyInput, RecordConditionInput, UpdateAllergyInput, UpdateConditionStatusInput } from './problem.inputs.js'

/** Allergies and conditions. */
@Resolver()
export class ProblemResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Allergy, { nullable: true, description: 'Puts an allergy or intolerance on the list.' })
  async recordAllergy(
    @Arg('input', () => RecordAllergyInput, { description: 'Whose, to what, and what happens.' }) input: RecordAllergyInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return context.loaders.one(Allergy, Allergy, await this.services.patients.problems.recordAllergy(context, input))
  }

  @Mutation(() => Allergy, {
    nullable: true,
    description: 'Changes an allergy; also refutes one, which stays readable and counts no more.',
  })
  async updateAllergy(
    @Arg('input', () => UpdateAllergyInput, { description: 'What changes.' }) input: UpdateAllergyInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.patients.problems.updateAllergy(context, input)
    return context.loaders.one(Allergy, Allergy, input.id)
  }

  @Mutation(() => Patient, { nullable: true, description: 'Records that the patient was asked and knows of no allergy.' })
  async recordNoKnownAllergies(
    @Arg('patientId', () => ID, { description: 'Who was asked.' }) patientId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.patients.problems.recordNoKnownAllergies(context, patientId)
    return context.loaders.one(Patient, Patient, patientId)
  }

  @Mutation(() => Condition, { nullable: true, description: 'Puts a problem or diagnosis on the list.' })
  async recordCondition(
    @Arg('input', () => RecordConditionInput, { description: 'Whose, and what it is.' }) input: RecordConditionInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return context.loaders.one(Condition, Condition, await this.services.patients.problems.recordCondition(context, input))
  }

  @Mutation(() => Condition, { nullable: true, description: 'Moves a condition: where it stands, or how sure the clinic is of it.' })
  async updateConditionStatus(
    @Arg('input', () => UpdateConditionStatusInput, { description: 'Where it stands now.' }) input: UpdateConditionStatusInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.patients.problems.updateConditionStatus(context, input)
    return context.loaders.one(Condition, Condition, input.id)
  }
}
