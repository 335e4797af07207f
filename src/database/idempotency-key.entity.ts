import { PrimaryKeyProp, type Ref } from '@mikro-orm/core'
import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'
import { User } from '../modules/identity/user.entity.js'

/** What a request with a key has made, so that the same request again gives the same answer and makes nothing (SECURITY C4). */
@Entity()
export class IdempotencyKey {
  [PrimaryKeyProp]?: ['user', 'operation', 'key']

  /** A key is the account's own: two people may use the same. */
  @ManyToOne(() => User, { ref: true, primary: true, deleteRule: 'cascade' })
  user!: Ref<User>

  /** The field of `Mutation`. */
  @PrimaryKey({ type: 'text' })
  operation!: string

  @PrimaryKey({ type: 'text' })
  key!: string

  /** SHA-256 of the input, in hexadecimal. */
  @Property({ type: 'text' })
  inputHash!: string

  /** The row that was made. */
  @Property({ type: 'uuid' })
  entityId!: string

  @Property({ type: 'datetime', length: 3, defaultRaw: 'now()' })
  @Index()
  createdAt: Date = new Date()
}
