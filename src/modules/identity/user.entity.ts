import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, OneToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { capabilitiesOf } from '../../access/capabilities.js'
import { Role } from '../../access/roles.js'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Patient } from '../patients/patient.entity.js'
import { Staff } from '../staff/staff.entity.js'

/**
 * An account that can sign in. Belongs to a staff member, to a patient, or to both.
 * The password is kept only as bcrypt over a keyed pre-hash (see `password.ts`).
 */
@ObjectType('Viewer', { description: 'The signed-in person: who they are and what they may do.', simpleResolvers: true })
@Entity({ tableName: 'user_account' })
@Check({ name: 'user_account_username_lower', expression: 'username = lower(username)' })
@Check({ name: 'user_account_second_factor', expression: 'second_factor_since is null or totp_secret is not null' })
@Check({ name: 'user_account_has_role', expression: 'cardinality(roles) > 0' })
export class User extends BaseEntity {
  @Field(() => String, { description: 'The name used to sign in, in lower case.' })
  @Property({ type: 'text', unique: true })
  username!: string

  @Field(() => String, { description: 'The name shown in the front end.' })
  @Property({ type: 'text' })
  displayName!: string

  @Property({ type: 'text', hidden: true, lazy: true })
  passwordHash!: string

  @Field(() => [Role], { description: 'The roles of this account.' })
  @Enum({ items: () => Role, array: true })
  roles!: Role[]

  /** A deactivated account cannot sign in, and its tokens stop working. */
  @Property({ type: 'boolean', default: true })
  active: boolean = true

  /** Part of every token; raising it ends all sessions of the account. */
  @Property({ type: 'integer', default: 1 })
  tokenVersion: number = 1

  /** Made by the demo generator with the published password; such accounts keep a production server from starting. */
  @Property({ type: 'boolean', default: false })
  @Index()
  demo: boolean = false

  @Property({ type: 'datetime', length: 3, nullable: true, hidden: true })
  passwordChangedAt?: Date | null

  /** Until the password is changed, the account can do nothing else: it was chosen by somebody else. */
  @Field(() => Boolean, { description: 'True after a first sign-in or a reset: change the password before anything else.' })
  @Property({ type: 'boolean', default: false })
  mustChangePassword: boolean = false

  /** When a temporary password stops working. */
  @Property({ type: 'datetime', length: 3, nullable: true, hidden: true })
  passwordExpiresAt?: Date | null

  /** Secret of the second factor, encrypted with a key of the server; there before it is confirmed. */
  @Property({ type: 'text', nullable: true, hidden: true, lazy: true })
  totpSecret?: string | null

  /** Time step of the last code that was accepted: each counts once (SECURITY S13). */
  @Property({ type: 'integer', nullable: true, hidden: true, lazy: true })
  totpLastStep?: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when signing in takes a second factor; empty without one.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  secondFactorSince?: Date | null

  @OneToOne(() => Staff, { ref: true, nullable: true, unique: true, deleteRule: 'restrict' })
  staff?: Ref<Staff> | null

  @OneToOne(() => Patient, { ref: true, nullable: true, unique: true, deleteRule: 'restrict' })
  patient?: Ref<Patient> | null

  @Field(() => [String], { description: 'What these roles may do together, for front ends to decide what to show.' })
  get capabilities(): string[] {
    return capabilitiesOf(this.roles)
  }
}
