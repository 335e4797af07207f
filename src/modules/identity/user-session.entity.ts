import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { BaseEntity } from '../../database/base.entity.js'
import { User } from './user.entity.js'

/** Why a session ended before its time. */
export enum RevocationReason {
  SIGNED_OUT = 'SIGNED_OUT',
  SIGNED_OUT_EVERYWHERE = 'SIGNED_OUT_EVERYWHERE',
  /** Ended from the list of sessions. */
  REVOKED = 'REVOKED',
  /** A spent refresh token was used again: somebody has a copy (SECURITY S1). */
  TOKEN_REUSED = 'TOKEN_REUSED',
  PASSWORD_CHANGED = 'PASSWORD_CHANGED',
  PASSWORD_RESET = 'PASSWORD_RESET',
  SECOND_FACTOR_CHANGED = 'SECOND_FACTOR_CHANGED',
  DEACTIVATED = 'DEACTIVATED',
  /** The account has signed in so often that the oldest session had to give way. */
  REPLACED = 'REPLACED',
}

/**
 * One sign-in on one device: the family that all its refresh tokens belong to. Every access token names its session, so that ending the
 * session ends them all.
 */
@Entity({ tableName: 'session' })
@Check({ name: 'session_revocation', expression: '(revoked_at is null) = (revoked_reason is null)' })
@Index({ properties: ['user', 'createdAt'] })
export class UserSession extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>

  /** Moves with use, at most once in a minute: what the idle limit counts from. */
  @Property({ type: 'datetime', length: 3 })
  lastUsedAt!: Date

  /** The absolute limit, whatever the use. */
  @Property({ type: 'datetime', length: 3 })
  @Index()
  expiresAt!: Date

  /** What the browser calls itself, shortened for a person to recognise. */
  @Property({ type: 'text' })
  device!: string

  /** Digest of the device cookie: a device that signed in before is not shut out by guesses from elsewhere (SECURITY S10). */
  @Property({ type: 'text' })
  deviceHash!: string

  /** Where the sign-in came from: an IPv4 address, or the /64 of an IPv6 one. */
  @Property({ type: 'text' })
  network!: string

  /** Whether a second factor was given. */
  @Property({ type: 'boolean', default: false })
  secondFactor: boolean = false

  @Property({ type: 'datetime', length: 3, nullable: true })
  revokedAt?: Date | null

  @Enum({ items: () => RevocationReason, nullable: true })
  revokedReason?: RevocationReason | null
}
