import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'

/** Failed guesses at one thing (an account, an address, a device), shared by all instances. The key is a digest: no names in it. */
@Entity()
export class SignInThrottle {
  @PrimaryKey({ type: 'text' })
  key!: string

  /** Within the window that runs. */
  @Property({ type: 'integer' })
  failures!: number

  @Property({ type: 'datetime', length: 3 })
  windowEndsAt!: Date

  @Property({ type: 'datetime', length: 3, nullable: true })
  blockedUntil?: Date | null

  /** How often it was blocked lately; each time doubles the next. */
  @Property({ type: 'smallint', default: 0 })
  strikes: number = 0

  @Property({ type: 'datetime', length: 3 })
  @Index()
  updatedAt!: Date
}
