import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { User } from '../identity/user.entity.js'
import { Patient } from '../patients/patient.entity.js'

/** What a proxy may do for the patient. */
export enum ProxyScope {
  READ = 'READ',
  BOOK = 'BOOK',
}

registerEnumType(ProxyScope, {
  name: 'ProxyScope',
  description: 'What a proxy may do for the patient.',
  valuesConfig: {
    READ: { description: 'Read what the patient may read of their chart.' },
    BOOK: { description: 'Read, and also book and cancel appointments for the patient.' },
  },
})

/** Somebody who acts for a patient in the portal, a parent for instance: with a stated scope and a stated end (RULES P6). */
@ObjectType({ description: 'Somebody who acts for a patient in the portal, for a stated time.', simpleResolvers: true })
@Entity()
@Check({ name: 'patient_proxy_validity', expression: 'valid_from < valid_to' })
@Check({ name: 'patient_proxy_revocation', expression: '(revoked_at is null) = (revoked_by_id is null)' })
@Index({ properties: ['patient', 'validTo', 'id'] })
@Index({ properties: ['holder', 'validTo'] })
export class PatientProxy extends BaseEntity {
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  holder!: Ref<User>

  @Field(() => String, { nullable: true, description: 'Who may act for the patient.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.holder})`, { type: 'text', lazy: true })
  holderName?: string

  @Field(() => String, { nullable: true, description: 'What the holder is to the patient, for instance "mother".' })
  @Property({ type: 'text', nullable: true })
  relationship?: string | null

  @Field(() => ProxyScope, { description: 'What the holder may do.' })
  @Enum({ items: () => ProxyScope })
  scope!: ProxyScope

  @Field(() => DateTimeScalar, { description: 'From when.' })
  @Property({ type: 'datetime', length: 3 })
  validFrom!: Date

  @Field(() => DateTimeScalar, { description: 'Until when; it ends by itself.' })
  @Property({ type: 'datetime', length: 3 })
  validTo!: Date

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was taken back before its end.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  revokedAt?: Date | null

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  grantedBy!: Ref<User>

  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  revokedBy?: Ref<User> | null

  @Field(() => Boolean, { nullable: true, description: 'Whether it holds at this moment.' })
  @Formula((columns) => `(${columns.revokedAt} is null and now() >= ${columns.validFrom} and now() < ${columns.validTo})`, {
    type: 'boolean',
    lazy: true,
  })
  active?: boolean
}
