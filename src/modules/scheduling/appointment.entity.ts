import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { APPOINTMENT_TRANSITIONS, AppointmentStatus } from './appointment-status.js'

/**
 * A visit, planned or past, over the half-open stretch `[startsAt, endsAt)`.
 *
 * Three exclusion constraints, written by hand in the migration, keep two active appointments of one doctor (RULES A1), one patient
 * or one room (RULES A2) from overlapping. `overbookReason` takes a row out of the doctor's constraint (A3), `patientOverlapReason`
 * out of the patient's.
 */
@ObjectType({ description: 'A visit of a patient to a doctor, planned or past.', simpleResolvers: true })
@Entity()
@Check({ name: 'appointment_times', expression: 'starts_at < ends_at' })
@Check({ name: 'appointment_length', expression: "(ends_at - starts_at) <= '24:00:00'::interval" })
@Index({ properties: ['patient', 'startsAt', 'id'] })
@Index({ properties: ['doctor', 'startsAt', 'id'] })
@Index({ properties: ['location', 'startsAt', 'id'] })
@Index({ properties: ['startsAt', 'id'] })
export class Appointment extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => Doctor, { ref: true, deleteRule: 'restrict' })
  doctor!: Ref<Doctor>

  @ManyToOne(() => Location, { ref: true, deleteRule: 'restrict' })
  location!: Ref<Location>

  @ManyToOne(() => Room, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  room?: Ref<Room> | null

  @Field(() => DateTimeScalar, { description: 'When the visit begins.' })
  @Property({ type: 'datetime', length: 3 })
  startsAt!: Date

  @Field(() => DateTimeScalar, { description: 'When the visit ends.' })
  @Property({ type: 'datetime', length: 3 })
  endsAt!: Date

  @Field(() => AppointmentStatus, { description: 'Where the appointment stands.' })
  @Enum({ items: () => AppointmentStatus, default: AppointmentStatus.BOOKED })
  status: AppointmentStatus = AppointmentStatus.BOOKED

  @Field(() => String, { nullable: true, description: 'Why the patient comes, in their words.' })
  @Property({ type: 'text', nullable: true })
  reason?: string | null

  @Field(() => String, {
    nullable: true,
    description: "Why this appointment was placed over another one of the doctor's; empty for a normal one.",
  })
  @Property({ type: 'text', nullable: true })
  overbookReason?: string | null

  @Field(() => String, {
    nullable: true,
    description: "Why this appointment may overlap another one of the patient's; empty for a normal one.",
  })
  @Property({ type: 'text', nullable: true })
  patientOverlapReason?: string | null

  @Field(() => [AppointmentStatus], { description: 'The statuses it can be moved to from here.' })
  get allowedTransitions(): AppointmentStatus[] {
    return [...APPOINTMENT_TRANSITIONS[this.status]]
  }
}
