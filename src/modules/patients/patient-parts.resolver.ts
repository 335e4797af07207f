import { Arg, Ctx, ID, Int, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { PatientConsent } from './patient-consent.entity.js'
import { PatientContact } from './patient-contact.entity.js'
import { PatientIdentifier } from './patient-identifier.entity.js'
import { AddPatientContactInput, AddPatientIdentifierInput, RecordConsentInput, UpdatePatientContactInput } from './patient-parts.inputs.js'
import { Patient } from './patient.entity.js'

/** Numbers of others, contacts and guardians, consents. */
@Resolver()
export class PatientPartsResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => PatientIdentifier, {
    nullable: true,
    description: 'Adds a number that somebody else issued: passport, insurance and the like.',
  })
  async addPatientIdentifier(
    @Arg('input', () => AddPatientIdentifierInput, { description: 'Whose number, and which.' }) input: AddPatientIdentifierInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.patients.parts.addIdentifier(context, input)
    return context.loaders.one(PatientIdentifier, PatientIdentifier, id)
  }

  @Mutation(() => Patient, { nullable: true, description: 'Removes a number that was entered by mistake.' })
  async removePatientIdentifier(
    @Arg('id', () => ID, { description: 'Which number.' }) id: string,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return context.loaders.one(Patient, Patient, await this.services.patients.parts.removeIdentifier(context, id))
  }

  @Mutation(() => PatientContact, { nullable: true, description: 'Adds somebody to call about a patient, or their guardian.' })
  async addPatientContact(
    @Arg('input', () => AddPatientContactInput, { description: 'Who, and about whom.' }) input: AddPatientContactInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.patients.parts.addContact(context, input)
    return context.loaders.one(PatientContact, PatientContact, id)
  }

  @Mutation(() => PatientContact, { nullable: true, description: 'Changes a contact.' })
  async updatePatientContact(
    @Arg('input', () => UpdatePatientContactInput, { description: 'What changes.' }) input: UpdatePatientContactInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.patients.parts.updateContact(context, input)
    return context.loaders.one(PatientContact, PatientContact, input.id)
  }

  @Mutation(() => Patient, { nullable: true, description: 'Removes a contact.' })
  async removePatientContact(
    @Arg('id', () => ID, { description: 'Which contact.' }) id: string,
    @Arg('version', () => Int, { description: 'The version that was read.' }) version: number,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    return context.loaders.one(Patient, Patient, await this.services.patients.parts.removeContact(context, id, version))
  }

  @Mutation(() => PatientConsent, { nullable: true, description: 'Records a consent that was signed.' })
  async recordConsent(
    @Arg('input', () => RecordConsentInput, { description: 'What was signed, by whom, for how long.' }) input: RecordConsentInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const id = await this.services.patients.parts.recordConsent(context, input)
    return context.loaders.one(PatientConsent, PatientConsent, id)
  }

  @Mutation(() => PatientConsent, { nullable: true, description: 'Takes a consent back from this moment on.' })
  async revokeConsent(
    @Arg('id', () => ID, { description: 'Which consent.' }) id: string,
    @Arg('version', () => Int, { description: 'The version that was read.' }) version: number,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.patients.parts.revokeConsent(context, id, version)
    return context.loaders.one(PatientConsent, PatientConsent, id)
  }
}
