import { Arg, Ctx, ID, Int, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { CreatePatientInput, RecordPatientDeathInput, UpdatePatientInput } from './patient-admin.inputs.js'
import { Patient } from './patient.entity.js'
import { CreatePatientResult } from './patient.results.js'

/** Registering patients and keeping their demographics. */
@Resolver()
export class PatientResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => CreatePatientResult, {
    nullable: true,
    description: 'Registers a patient under a new record number, unless the clinic is likely to have them already.',
  })
  async createPatient(
    @Arg('input', () => CreatePatientInput, { description: 'Who they are.' }) input: CreatePatientInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    const made = await this.services.patients.patients.create(context, input)
    if (typeof made === 'string') return context.loaders.one(Patient, Patient, made)
    context.notes.searched('createPatient')
    return { candidates: made }
  }

  @Mutation(() => Patient, { nullable: true, description: "Changes a patient's demographics." })
  async updatePatient(
    @Arg('input', () => UpdatePatientInput, { description: 'What changes.' }) input: UpdatePatientInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.patients.patients.update(context, input)
    return context.loaders.one(Patient, Patient, input.id)
  }

  @Mutation(() => Patient, {
    nullable: true,
    description: 'Notes that a patient has died. Their bookings stay until somebody cancels them.',
  })
  async recordPatientDeath(
    @Arg('input', () => RecordPatientDeathInput, { description: 'Who, and when.' }) input: RecordPatientDeathInput,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.patients.patients.recordDeath(context, input)
    return context.loaders.one(Patient, Patient, input.patientId)
  }

  @Mutation(() => Patient, { nullable: true, description: 'Takes a death back that was noted by mistake.' })
  async undoPatientDeath(
    @Arg('patientId', () => ID, { description: 'Which patient.' }) patientId: string,
    @Arg('version', () => Int, { description: 'The version that was read.' }) version: number,
    @Ctx() context: GraphQLContext,
  ): Promise<unknown> {
    await this.services.patients.patients.undoDeath(context, patientId, version)
    return context.loaders.one(Patient, Patient, patientId)
  }
}
