import type { Ref } from '@mikro-orm/core'
import { Entity, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy'
import { BaseEntity } from '../../database/base.entity.js'
import { User } from './user.entity.js'

/** A code that stands in for the second factor once, for whoever lost the device that makes the others (SECURITY S13). */
@Entity()
@Unique({ properties: ['user', 'codeHash'] })
export class RecoveryCode extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>

  /** Keyed digest: useless without the key of the server. */
  @Property({ type: 'text' })
  codeHash!: string

  @Property({ type: 'datetime', length: 3, nullable: true })
  usedAt?: Date | null
}
