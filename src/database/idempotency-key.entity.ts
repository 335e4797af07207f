import type { Ref } from '@mikro-orm/core'
import { Entity, Index, ManyToOne, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy'
import { v7 as uuidv7 } from 'uuid'
import { User } from '../modules/identity/user.entity.js'

/** What a request with an idempotency key made: asked the same again, the server answers with it (SECURITY C4). Swept after some days. */
@Entity()
@Unique({ properties: ['user', 'operation', 'key'] })
export class IdempotencyKey {
  @PrimaryKey({ type: 'uuid' })
  id: string = uuidv7()

  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>

  /** The mutation. */
  @Property({ type: 'text' })
  operation!: string

  @Property({ type: 'text' })
  key!: string

  /** SHA-256 of the canonical input: the same key with another input is a mistake of the client. */
  @Property({ type: 'character', length: 64 })
  inputHash!: string

  /** The row that was made. */
  @Property({ type: 'uuid' })
  entityId!: string

  @Property({ type: 'datetime', length: 3 })
  @Index()
  createdAt!: Date
}
