import type { Ref } from '@mikro-orm/core'
import { Entity, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { Location } from './location.entity.js'

/** A room of a location that one appointment at a time can use. */
@ObjectType({ description: 'A room that one appointment at a time can use.', simpleResolvers: true })
@Entity()
@Unique({ properties: ['location', 'name'] })
export class Room extends VersionedEntity {
  @ManyToOne(() => Location, { ref: true, deleteRule: 'restrict' })
  location!: Ref<Location>

  @Field(() => String, { description: 'Name or number on the door.' })
  @Property({ type: 'text' })
  name!: string

  @Field(() => Boolean, { description: 'False when it is no longer used.' })
  @Property({ type: 'boolean', default: true })
  active: boolean = true
}
