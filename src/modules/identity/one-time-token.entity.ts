import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { BaseEntity } from '../../database/base.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { User } from './user.entity.js'

/** What a one-time link is for. */
export enum OneTimePurpose {
  /** A new password for an account. */
  PASSWORD_RESET = 'PASSWORD_RESET',
  /** The first owner of an empty clinic. */
  SET_UP = 'SET_UP',
  /** A portal account for a patient. */
  INVITATION = 'INVITATION',
}

/** A link that works once and for a time, as the digest of its token. */
@Entity()
@Check({
  name: 'one_time_token_subject',
  expression: "(purpose = 'PASSWORD_RESET') = (user_id is not null) and (purpose = 'INVITATION') = (patient_id is not null)",
})
export class OneTimeToken extends BaseEntity {
  @Enum({ items: () => OneTimePurpose })
  purpose!: OneTimePurpose

  @Property({ type: 'text', unique: true })
  tokenHash!: string

  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'cascade' })
  @Index()
  user?: Ref<User> | null

  @ManyToOne(() => Patient, { ref: true, nullable: true, deleteRule: 'cascade' })
  @Index()
  patient?: Ref<Patient> | null

  @Property({ type: 'datetime', length: 3 })
  @Index()
  expiresAt!: Date

  @Property({ type: 'datetime', length: 3, nullable: true })
  usedAt?: Date | null

  /** Wrong proofs so far (the birth date of an invitation). */
  @Property({ type: 'smallint', default: 0 })
  attempts: number = 0
}
