import { Embedded, Entity, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { Address } from '../../database/address.js'
import { VersionedEntity } from '../../database/base.entity.js'

/** A site of the clinic. Its zone decides what a wall-clock time there means. */
@ObjectType({ description: 'A site of the clinic.', simpleResolvers: true })
@Entity()
export class Location extends VersionedEntity {
  @Field(() => String, { description: 'Name of the site.' })
  @Property({ type: 'text', unique: true })
  name!: string

  @Field(() => String, { description: 'Time zone (IANA), for instance `Europe/Berlin`.' })
  @Property({ type: 'text' })
  timeZone!: string

  @Field(() => String, { nullable: true, description: 'Phone number of the front desk.' })
  @Property({ type: 'text', nullable: true })
  phone?: string | null

  @Field(() => Address, { nullable: true, description: 'Where it is.' })
  @Embedded(() => Address, { nullable: true })
  address?: Address | null

  @Field(() => Boolean, { description: 'False when the site is closed for good.' })
  @Property({ type: 'boolean', default: true })
  active: boolean = true
}
