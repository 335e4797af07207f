import type { Ref } from '@mikro-orm/core'
import { Check, Embedded, Entity, Enum, Formula, Index, ManyToOne, OneToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { Money } from '../../database/money.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { User } from '../identity/user.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Service } from '../services/service.entity.js'
import { AppointmentSeries } from './appointment-series.entity.js'
import { APPOINTMENT_TRANSITIONS, AppointmentStatus } from './appointment-status.js'

/**
 * A visit, planned or past, over the half-open stretch `[startsAt, endsAt)`.
 *
 * Three exclusion constraints, written by hand in the migration, keep two active appointments of one doctor (RULES A1), one patient
 * or one room (RULES A2) from overlapping. `overbookReason` takes a row out of the doctor's constraint (A3), `patientOverlapReason`
 * out of the patient's. Buffers belong to the doctor's time too; they are the booking service's matter, under its locks (RULES A5).
 */
@ObjectType({ description: 'A visit of a patient to a doctor, planned or past.', simpleResolvers: true })
@Entity()
@Check({ name: 'appointment_times', expression: 'starts_at < ends_at' })
@Check({ name: 'appointment_length', expression: "(ends_at - starts_at) <= '24:00:00'::interval" })
@Check({
  name: 'appointment_buffers',
  expression: 'buffer_before_minutes >= 0 and buffer_before_minutes <= 120 and buffer_after_minutes >= 0 and buffer_after_minutes <= 120',
})
@Check({ name: 'appointment_price', expression: '(price_amount is null) = (price_currency is null) and price_amount >= 0' })
@Index({ properties: ['patient', 'startsAt', 'id'] })
@Index({ properties: ['doctor', 'startsAt', 'id'] })
@Index({ properties: ['location', 'startsAt', 'id'] })
@Index({ properties: ['startsAt', 'id'] })
@Index({ properties: ['series', 'startsAt', 'id'] })
@Index({
  name: 'appointment_unresolved',
  expression:
    "create index \"appointment_unresolved\" on \"appointment\" (\"starts_at\", \"id\") where (status = any (array['BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS']))",
})
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

  @ManyToOne(() => Service, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  service?: Ref<Service> | null

  @Field(() => Int, { nullable: true, description: 'Minutes kept free before the visit, to prepare: as they were when it was booked.' })
  @Property({ type: 'smallint', default: 0 })
  bufferBeforeMinutes: number = 0

  @Field(() => Int, { nullable: true, description: 'Minutes kept free after the visit, to tidy up: as they were when it was booked.' })
  @Property({ type: 'smallint', default: 0 })
  bufferAfterMinutes: number = 0

  @Field(() => Money, { nullable: true, description: 'What the visit costs: the price of the service when it was booked.' })
  @Embedded(() => Money, { nullable: true })
  price?: Money | null

  @ManyToOne(() => AppointmentSeries, { ref: true, nullable: true, deleteRule: 'restrict' })
  series?: Ref<AppointmentSeries> | null

  /** The cancelled appointment that this one took the place of (RULES A7). */
  @OneToOne(() => Appointment, { ref: true, nullable: true, unique: true, deleteRule: 'restrict' })
  rescheduledFrom?: Ref<Appointment> | null

  /** Who booked it; empty for what was imported. */
  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  bookedBy?: Ref<User> | null

  @Field(() => String, { nullable: true, description: 'Who booked it; empty for what was imported.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.bookedBy})`, { type: 'text', lazy: true })
  bookedByName?: string | null

  @Field(() => String, { nullable: true, description: 'Why it was cancelled; empty while it was not.' })
  @Property({ type: 'text', nullable: true })
  cancellationReason?: string | null

  @Field(() => Boolean, { nullable: true, description: "Whether it was cancelled later than the clinic's notice asks for." })
  @Property({ type: 'boolean', default: false })
  lateCancellation: boolean = false

  @Field(() => [AppointmentStatus], { description: 'The statuses that you can move it to from here.' })
  get allowedTransitions(): AppointmentStatus[] {
    return [...APPOINTMENT_TRANSITIONS[this.status]]
  }
}
