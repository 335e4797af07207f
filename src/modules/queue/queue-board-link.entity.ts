import type { Ref } from '@mikro-orm/core'
import { Entity, Index, ManyToOne, OneToOne, Property } from '@mikro-orm/decorators/legacy'
import { BaseEntity } from '../../database/base.entity.js'
import { User } from '../identity/user.entity.js'
import { Location } from '../locations/location.entity.js'

/** The secret address under which a screen without an account shows the board of a location. One per location; a new one ends the old one. */
@Entity()
export class QueueBoardLink extends BaseEntity {
  @OneToOne(() => Location, { ref: true, deleteRule: 'cascade' })
  location!: Ref<Location>

  /** Digest of the token; the token itself is kept nowhere. */
  @Property({ type: 'text', unique: true })
  tokenHash!: string

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  createdBy!: Ref<User>
}
