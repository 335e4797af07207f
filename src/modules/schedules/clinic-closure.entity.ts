import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { LocalDateScalar } from '../../graphql/scalars.js'
import { Location } from '../locations/location.entity.js'

/** Whole days on which one location, or the whole clinic, is closed (RULES A4): public holidays, works on the house. */
@ObjectType({ description: 'Days on which a location, or the whole clinic, is closed.', simpleResolvers: true })
@Entity()
@Check({ name: 'clinic_closure_days', expression: 'starts_on <= ends_on' })
@Index({ properties: ['startsOn', 'id'] })
@Index({ properties: ['endsOn'] })
export class ClinicClosure extends BaseEntity {
  @ManyToOne(() => Location, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  location?: Ref<Location> | null

  @Field(() => String, { description: 'Why, for instance "Christmas"; everybody may read it.' })
  @Property({ type: 'text' })
  name!: string

  @Field(() => LocalDateScalar, { description: 'First day closed.' })
  @Property({ type: 'date' })
  startsOn!: string

  @Field(() => LocalDateScalar, { description: 'Last day closed.' })
  @Property({ type: 'date' })
  endsOn!: string
}
