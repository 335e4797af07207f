import type { Ref } from '@mikro-orm/core'
import { Check, Embedded, Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Address } from '../../database/address.js'
import { VersionedEntity } from '../../database/base.entity.js'
import { DateTimeScalar, LocalDateScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'

/** Administrative sex. */
export enum Sex {
  FEMALE = 'FEMALE',
  MALE = 'MALE',
  OTHER = 'OTHER',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(Sex, {
  name: 'Sex',
  description: 'Administrative sex.',
  valuesConfig: {
    FEMALE: { description: 'Female.' },
    MALE: { description: 'Male.' },
    OTHER: { description: 'Neither female nor male.' },
    UNKNOWN: { description: 'Not known.' },
  },
})

/** Whether allergies were asked for; "no known allergies" is a fact of its own (RULES P5). */
export enum AllergyStatus {
  NOT_ASKED = 'NOT_ASKED',
  NONE_KNOWN = 'NONE_KNOWN',
  RECORDED = 'RECORDED',
}

registerEnumType(AllergyStatus, {
  name: 'AllergyStatus',
  description: 'Whether allergies were asked for, and what the answer was.',
  valuesConfig: {
    NOT_ASKED: { description: 'Nobody has asked yet.' },
    NONE_KNOWN: { description: 'Asked, and the patient knows of none.' },
    RECORDED: { description: 'Allergies are on the list.' },
  },
})

/**
 * A person the clinic treats. `mrn` is issued by the clinic, never reused (RULES P1).
 * Two generated columns serve the search (RULES P2): `search_name` (lower case, without accents) and `phone_digits`.
 */
@ObjectType({ description: 'A person the clinic treats.', simpleResolvers: true })
@Entity()
@Check({ name: 'patient_mrn_format', expression: "mrn ~ '^[0-9]{8,12}$'" })
@Check({ name: 'patient_birth_date', expression: "birth_date >= '1850-01-01'::date" })
@Index({
  name: 'patient_words_trgm',
  expression: `create index "patient_words_trgm" on "patient" using gin (clinic_name_text(search_name) gin_trgm_ops)`,
})
@Index({
  name: 'patient_name_words',
  expression: `create index "patient_name_words" on "patient" using gin (clinic_name_word_list(search_name))`,
})
@Index({
  name: 'patient_last_name_start',
  expression: 'create index "patient_last_name_start" on "patient" (lower(clinic_unaccent(last_name)) text_pattern_ops)',
})
@Index({
  name: 'patient_first_name_start',
  expression: 'create index "patient_first_name_start" on "patient" (lower(clinic_unaccent(first_name)) text_pattern_ops)',
})
@Index({
  name: 'patient_phone_digits_trgm',
  expression: 'create index "patient_phone_digits_trgm" on "patient" using gin ("phone_digits" gin_trgm_ops)',
})
@Index({ properties: ['lastName', 'firstName', 'id'] })
@Index({
  name: 'patient_email_lower',
  expression: 'create index "patient_email_lower" on "patient" (lower(email)) where email is not null',
})
@Index({
  name: 'patient_phone_end',
  expression: 'create index "patient_phone_end" on "patient" (right(phone_digits, 7)) where phone_digits is not null',
})
@Index({
  name: 'patient_merged_into_id_index',
  expression: 'create index "patient_merged_into_id_index" on "patient" ("merged_into_id") where merged_into_id is not null',
})
@Index({
  name: 'patient_registered_by_id_created_at_index',
  expression:
    'create index "patient_registered_by_id_created_at_index" on "patient" ("registered_by_id", "created_at") where registered_by_id is not null',
})
@Check({ name: 'patient_merged_into_another', expression: 'merged_into_id <> id' })
export class Patient extends VersionedEntity {
  @Field(() => String, {
    description:
      'Medical record number of this clinic; its last digit is a check digit. Withheld from those who see only de-identified rows.',
  })
  @Property({ type: 'text', unique: true })
  mrn!: string

  @Field(() => String, { nullable: true, description: 'Given names.' })
  @Property({ type: 'text' })
  firstName!: string

  @Field(() => String, { nullable: true, description: 'Family name.' })
  @Property({ type: 'text' })
  lastName!: string

  @Field(() => LocalDateScalar, { nullable: true, description: 'Date of birth.' })
  @Property({ type: 'date' })
  @Index()
  birthDate!: string

  @Field(() => Sex, { nullable: true, description: 'Administrative sex.' })
  @Enum({ items: () => Sex })
  sex!: Sex

  @Field(() => String, { nullable: true, description: 'Phone number, as given.' })
  @Property({ type: 'text', nullable: true })
  phone?: string | null

  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  @Property({ type: 'text', nullable: true })
  email?: string | null

  @Field(() => Address, { nullable: true, description: 'Where the patient lives.' })
  @Embedded(() => Address, { nullable: true })
  address?: Address | null

  @Field(() => String, { nullable: true, description: 'Preferred language (BCP 47), for instance `de`.' })
  @Property({ type: 'text', nullable: true })
  language?: string | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the patient died; empty for the living.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  deceasedAt?: Date | null

  @Field(() => AllergyStatus, { nullable: true, description: 'Whether allergies were asked for.' })
  @Enum({ items: () => AllergyStatus, default: AllergyStatus.NOT_ASKED })
  allergyStatus: AllergyStatus = AllergyStatus.NOT_ASKED

  /** Set while this record stands merged into another: nothing new is written about it (RULES P4). Always the last of a chain. */
  @ManyToOne(() => Patient, { ref: true, nullable: true, deleteRule: 'restrict' })
  mergedInto?: Ref<Patient> | null

  /** The account that entered the patient here; empty for imported ones. It makes a care relation (see `access/care-relation.ts`). */
  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  registeredBy?: Ref<User> | null

  /** What is left of the date of birth for those who see only de-identified rows; ages above 89 are not told apart. */
  @Field(() => Int, { nullable: true, description: 'Year of birth; withheld for patients of 90 years and more.' })
  @Formula(
    (columns) =>
      `case when ${columns.birthDate} > current_date - interval '90 years' then extract(year from ${columns.birthDate})::int end`,
    {
      type: 'integer',
      lazy: true,
    },
  )
  birthYear?: number | null

  /** Generated: lower case, without accents, for trigram search. */
  @Property({
    type: 'text',
    generated: "(lower(clinic_unaccent(first_name || ' ' || last_name))) stored",
    hidden: true,
    nullable: true,
    lazy: true,
  })
  searchName?: string

  /** Generated: the digits of `phone`, for search by any spelling of it. */
  @Property({ type: 'text', generated: "(regexp_replace(phone, '[^0-9]', '', 'g')) stored", hidden: true, nullable: true, lazy: true })
  phoneDigits?: string | null
}
