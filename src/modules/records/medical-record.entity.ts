import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'

/** Where a record stands (RULES, Clinical record). */
export enum RecordStatus {
  DRAFT = 'DRAFT',
  SIGNED = 'SIGNED',
  AMENDED = 'AMENDED',
  ENTERED_IN_ERROR = 'ENTERED_IN_ERROR',
}

registerEnumType(RecordStatus, {
  name: 'RecordStatus',
  description: 'Where a medical record stands.',
  valuesConfig: {
    DRAFT: { description: 'Being written; patients do not see it.' },
    SIGNED: { description: 'Signed by its author; no longer changed.' },
    AMENDED: { description: 'Signed, and corrected by a later version.' },
    ENTERED_IN_ERROR: { description: 'Should never have been written; hidden and kept.' },
  },
})

/** The note of one visit, in SOAP parts (RULES C1); signed ones carry signer, time and a SHA-256 of what was signed (RULES C2). */
@ObjectType({ description: 'The clinical note of one visit.', simpleResolvers: true })
@Entity()
@Check({
  name: 'medical_record_signature',
  expression: "(status <> 'SIGNED' and status <> 'AMENDED') or (signed_at is not null and content_hash is not null)",
})
@Index({ properties: ['patient', 'occurredAt', 'id'] })
export class MedicalRecord extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => Appointment, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  appointment?: Ref<Appointment> | null

  @ManyToOne(() => Doctor, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  author?: Ref<Doctor> | null

  @Field(() => RecordStatus, { description: 'Where the record stands.' })
  @Enum({ items: () => RecordStatus, default: RecordStatus.DRAFT })
  status: RecordStatus = RecordStatus.DRAFT

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the visit took place.' })
  @Property({ type: 'datetime', length: 3 })
  occurredAt!: Date

  @Field(() => String, { nullable: true, description: 'What kind of visit it was, for instance "Check-up".' })
  @Property({ type: 'text', nullable: true })
  encounterType?: string | null

  @Field(() => String, { nullable: true, description: 'What the patient reports (S of SOAP).' })
  @Property({ type: 'text', nullable: true })
  subjective?: string | null

  @Field(() => String, { nullable: true, description: 'What was seen and measured (O of SOAP).' })
  @Property({ type: 'text', nullable: true })
  findings?: string | null

  @Field(() => String, { nullable: true, description: 'What the doctor makes of it (A of SOAP).' })
  @Property({ type: 'text', nullable: true })
  assessment?: string | null

  @Field(() => String, { nullable: true, description: 'What is to be done (P of SOAP).' })
  @Property({ type: 'text', nullable: true })
  plan?: string | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the author signed; empty for a draft.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  signedAt?: Date | null

  @Field(() => String, { nullable: true, description: 'SHA-256 of the signed content, in hexadecimal.' })
  @Property({ type: 'text', nullable: true })
  contentHash?: string | null
}
