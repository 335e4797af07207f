import type { Ref } from '@mikro-orm/core'
import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { BaseEntity } from '../../database/base.entity.js'
import { UserSession } from './user-session.entity.js'

/** A refresh token, as its digest. Of one session at most one is not spent; the database sees to it. */
@Entity()
@Index({
  name: 'refresh_token_one_live',
  expression: 'create unique index "refresh_token_one_live" on "refresh_token" ("session_id") where spent_at is null',
})
export class RefreshToken extends BaseEntity {
  @ManyToOne(() => UserSession, { ref: true, deleteRule: 'cascade' })
  @Index()
  session!: Ref<UserSession>

  /** SHA-256; the token has 256 random bits, so nothing slower is needed. */
  @Property({ type: 'text', unique: true })
  tokenHash!: string

  /** When it was exchanged for its successor. */
  @Property({ type: 'datetime', length: 3, nullable: true })
  spentAt?: Date | null
}
