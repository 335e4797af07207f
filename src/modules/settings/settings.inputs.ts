import { Field, InputType, Int } from 'type-graphql'
import { DoctorScope } from './clinic-settings.entity.js'

/** A change of the clinic's settings. */
@InputType({ description: "A change of the clinic's settings. What is not given stays." })
export class UpdateClinicSettingsInput {
  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => DoctorScope, { nullable: true, description: 'Which patients a doctor sees.' })
  doctorScope?: DoctorScope | null

  @Field(() => Int, { nullable: true, description: 'For how many months the patient stays in the care of the doctor: 1 to 120.' })
  careRelationMonths?: number | null
}
