import { OptionalProps } from '@mikro-orm/core'
import { PrimaryKey, Property } from '@mikro-orm/decorators/legacy'
import { Field, ID, Int, ObjectType } from 'type-graphql'
import { v7 as uuidv7 } from 'uuid'
import { DateTimeScalar } from '../graphql/scalars.js'

/** What every row has: a UUIDv7 that sorts by creation, and when it was made and last changed. */
@ObjectType({ simpleResolvers: true })
export abstract class BaseEntity {
  [OptionalProps]?: 'id' | 'createdAt' | 'updatedAt'

  @Field(() => ID, { description: 'Identifier (UUIDv7).' })
  @PrimaryKey({ type: 'uuid' })
  id: string = uuidv7()

  @Field(() => DateTimeScalar, { description: 'When this was entered into the system.' })
  @Property({ type: 'datetime', length: 3, defaultRaw: 'now()' })
  createdAt: Date = new Date()

  @Property({ type: 'datetime', length: 3, defaultRaw: 'now()', onUpdate: () => new Date() })
  updatedAt: Date = new Date()
}

/** A row that people edit: carries the version that an update must send back. */
@ObjectType({ simpleResolvers: true })
export abstract class VersionedEntity extends BaseEntity {
  @Field(() => Int, { description: 'Changes with every edit; send it back with an update so that no change is lost.' })
  @Property({ type: 'integer', version: true, default: 1 })
  version: number = 1
}
