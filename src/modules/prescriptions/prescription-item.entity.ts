import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { CodeSystem } from '../../database/coding.js'
import { DecimalScalar, LocalDateScalar } from '../../graphql/scalars.js'
import { Prescription } from './prescription.entity.js'

/** Where an item stands (RULES, Prescriptions). */
export enum PrescriptionItemStatus {
  DRAFT = 'DRAFT',
  ACTIVE = 'ACTIVE',
  ON_HOLD = 'ON_HOLD',
  COMPLETED = 'COMPLETED',
  STOPPED = 'STOPPED',
  CANCELLED = 'CANCELLED',
  ENTERED_IN_ERROR = 'ENTERED_IN_ERROR',
}

registerEnumType(PrescriptionItemStatus, {
  name: 'PrescriptionItemStatus',
  description: 'Where a prescribed medicine stands.',
  valuesConfig: {
    DRAFT: { description: 'Being written.' },
    ACTIVE: { description: 'To be taken, may be dispensed.' },
    ON_HOLD: { description: 'Interrupted for a time, or waiting for review.' },
    COMPLETED: { description: 'The course is over.' },
    STOPPED: { description: 'Ended before its time.' },
    CANCELLED: { description: 'Withdrawn before it was dispensed.' },
    ENTERED_IN_ERROR: { description: 'Should never have been entered.' },
  },
})

/** One medicine of a prescription. Dose, quantity and duration carry units; an active item has quantity and refills (RULES R2). */
@ObjectType({ description: 'One medicine of a prescription.', simpleResolvers: true })
@Entity()
@Unique({ properties: ['prescription', 'position'] })
@Check({ name: 'prescription_item_refills', expression: 'refills >= 0 and refills <= 99' })
@Check({ name: 'prescription_item_quantity', expression: 'quantity is null or (quantity > 0 and quantity_unit is not null)' })
@Check({ name: 'prescription_item_dose', expression: 'dose is null or (dose > 0 and dose_unit is not null)' })
@Check({ name: 'prescription_item_duration', expression: 'duration_days is null or duration_days > 0' })
@Check({ name: 'prescription_item_active_quantity', expression: "status <> 'ACTIVE' or quantity is not null" })
@Check({ name: 'prescription_item_stop_reason', expression: "status <> 'STOPPED' or status_reason is not null" })
export class PrescriptionItem extends BaseEntity {
  @ManyToOne(() => Prescription, { ref: true, deleteRule: 'restrict' })
  prescription!: Ref<Prescription>

  @Field(() => Int, { nullable: true, description: 'Place on the prescription, from 1.' })
  @Property({ type: 'smallint' })
  position!: number

  @Field(() => String, { nullable: true, description: 'Name, strength and form of the medicine.' })
  @Property({ type: 'text' })
  medicationName!: string

  @Field(() => CodeSystem, { nullable: true, description: 'The list the code is taken from.' })
  @Enum({ items: () => CodeSystem, nullable: true })
  codeSystem?: CodeSystem | null

  @Field(() => String, { nullable: true, description: 'Code of the medicine.' })
  @Property({ type: 'text', nullable: true })
  code?: string | null

  @Field(() => PrescriptionItemStatus, { nullable: true, description: 'Where the item stands.' })
  @Enum({ items: () => PrescriptionItemStatus, default: PrescriptionItemStatus.DRAFT })
  status: PrescriptionItemStatus = PrescriptionItemStatus.DRAFT

  @Field(() => String, { nullable: true, description: 'Why it was stopped or put on hold.' })
  @Property({ type: 'text', nullable: true })
  statusReason?: string | null

  @Field(() => DecimalScalar, { nullable: true, description: 'How much is taken at a time.' })
  @Property({ type: 'decimal', columnType: 'numeric', nullable: true })
  dose?: string | null

  @Field(() => String, { nullable: true, description: 'Unit of the dose, for instance `mg` or `tablet`.' })
  @Property({ type: 'text', nullable: true })
  doseUnit?: string | null

  @Field(() => String, { nullable: true, description: 'How often, in words, for instance "twice a day".' })
  @Property({ type: 'text', nullable: true })
  frequency?: string | null

  @Field(() => String, { nullable: true, description: 'Way it is given, for instance "oral".' })
  @Property({ type: 'text', nullable: true })
  route?: string | null

  @Field(() => String, { nullable: true, description: 'Instructions for the patient.' })
  @Property({ type: 'text', nullable: true })
  instructions?: string | null

  @Field(() => Boolean, { nullable: true, description: 'Taken only when needed.' })
  @Property({ type: 'boolean', default: false })
  asNeeded: boolean = false

  @Field(() => DecimalScalar, { nullable: true, description: 'How much is dispensed at a time.' })
  @Property({ type: 'decimal', columnType: 'numeric', nullable: true })
  quantity?: string | null

  @Field(() => String, { nullable: true, description: 'Unit of the quantity, for instance `tablet`.' })
  @Property({ type: 'text', nullable: true })
  quantityUnit?: string | null

  @Field(() => Int, { nullable: true, description: 'How long it is to be taken, in days.' })
  @Property({ type: 'integer', nullable: true })
  durationDays?: number | null

  @Field(() => Int, { nullable: true, description: 'How often it may be dispensed again; none when nothing was said.' })
  @Property({ type: 'smallint', default: 0 })
  refills: number = 0

  @Field(() => LocalDateScalar, { nullable: true, description: 'First day.' })
  @Property({ type: 'date', nullable: true })
  startsOn?: string | null
}
