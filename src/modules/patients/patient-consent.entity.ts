import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { DateTimeScalar, LocalDateScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'
import { Patient } from './patient.entity.js'

/** The day on the calendar of the clinic, that is of its first location: the day of Greenwich begins when Auckland's is half over. */
export const CLINIC_TODAY = `(now() at time zone coalesce((select l.time_zone from location l where l.active order by l.id limit 1), 'UTC'))::date`

/** What a patient agrees to. */
export enum ConsentKind {
  TREATMENT = 'TREATMENT',
  DATA_PROCESSING = 'DATA_PROCESSING',
  DATA_SHARING = 'DATA_SHARING',
  PHOTOGRAPHY = 'PHOTOGRAPHY',
  RESEARCH = 'RESEARCH',
}

registerEnumType(ConsentKind, {
  name: 'ConsentKind',
  description: 'What a patient agrees to.',
  valuesConfig: {
    TREATMENT: { description: 'Being treated.' },
    DATA_PROCESSING: { description: 'Keeping their data.' },
    DATA_SHARING: { description: 'Passing their data on to others who treat them.' },
    PHOTOGRAPHY: { description: 'Pictures of them.' },
    RESEARCH: { description: 'Use of their data for research.' },
  },
})

/** Who signed. */
export enum ConsentSigner {
  PATIENT = 'PATIENT',
  GUARDIAN = 'GUARDIAN',
  REPRESENTATIVE = 'REPRESENTATIVE',
}

registerEnumType(ConsentSigner, {
  name: 'ConsentSigner',
  description: 'Who signed a consent.',
  valuesConfig: {
    PATIENT: { description: 'The patient.' },
    GUARDIAN: { description: 'A parent or legal guardian.' },
    REPRESENTATIVE: { description: 'Somebody the patient has named to decide for them.' },
  },
})

/** What a patient has agreed to: kind, version of the form, signer, from, to, revoked (RULES P7). Never edited, only revoked. */
@ObjectType({ description: 'What a patient has agreed to.', simpleResolvers: true })
@Entity()
@Check({ name: 'patient_consent_validity', expression: 'valid_from <= valid_to' })
@Check({ name: 'patient_consent_revocation', expression: '(revoked_at is null) = (revoked_by_id is null)' })
@Index({ properties: ['patient', 'kind', 'validFrom'] })
export class PatientConsent extends VersionedEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @Field(() => ConsentKind, { nullable: true, description: 'What was agreed to.' })
  @Enum({ items: () => ConsentKind })
  kind!: ConsentKind

  @Field(() => String, { nullable: true, description: 'Version of the form that was signed, for instance "2026-03".' })
  @Property({ type: 'text' })
  formVersion!: string

  @Field(() => String, { nullable: true, description: 'Name of the person who signed.' })
  @Property({ type: 'text' })
  signerName!: string

  @Field(() => ConsentSigner, { nullable: true, description: 'What they are to the patient.' })
  @Enum({ items: () => ConsentSigner })
  signer!: ConsentSigner

  @Field(() => LocalDateScalar, { nullable: true, description: 'First day on which it holds.' })
  @Property({ type: 'date' })
  validFrom!: string

  @Field(() => LocalDateScalar, { nullable: true, description: 'Last day on which it holds; empty when it holds until revoked.' })
  @Property({ type: 'date', nullable: true })
  validTo?: string | null

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  recordedBy!: Ref<User>

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was taken back.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  revokedAt?: Date | null

  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  revokedBy?: Ref<User> | null

  @Field(() => Boolean, { nullable: true, description: 'Whether it holds today.' })
  @Formula(
    (columns) =>
      `(${columns.revokedAt} is null and ${CLINIC_TODAY} >= ${columns.validFrom} and (${columns.validTo} is null or ${CLINIC_TODAY} <= ${columns.validTo}))`,
    { type: 'boolean', lazy: true },
  )
  active?: boolean
}
