import { Check, Embedded, Entity, Index, Property } from '@mikro-orm/decorators/legacy'
import { Field, Int, ObjectType } from 'type-graphql'
import { VersionedEntity } from '../../database/base.entity.js'
import { Money } from '../../database/money.js'

/** What patients are booked for: its length, the time kept free around it, and its price today. A booking copies these (RULES A5). */
@ObjectType({ description: 'A kind of visit that patients are booked for, with its length and price.', simpleResolvers: true })
@Entity()
@Check({ name: 'service_duration', expression: 'duration_minutes >= 5 and duration_minutes <= 480' })
@Check({
  name: 'service_buffers',
  expression: 'buffer_before_minutes >= 0 and buffer_before_minutes <= 120 and buffer_after_minutes >= 0 and buffer_after_minutes <= 120',
})
@Check({ name: 'service_price', expression: 'price_amount >= 0' })
@Index({ properties: ['name', 'id'] })
export class Service extends VersionedEntity {
  @Field(() => String, { description: 'Short code of the price list.' })
  @Property({ type: 'text', unique: true })
  code!: string

  @Field(() => String, { description: 'What patients read, for instance "First consultation".' })
  @Property({ type: 'text' })
  name!: string

  @Field(() => String, { nullable: true, description: 'Which specialty offers it; every doctor does when empty.' })
  @Property({ type: 'text', nullable: true, index: true })
  specialty?: string | null

  @Field(() => Int, { description: 'Length of the visit in minutes.' })
  @Property({ type: 'smallint' })
  durationMinutes!: number

  @Field(() => Int, { description: "Minutes of the doctor's time kept free before the visit, to prepare." })
  @Property({ type: 'smallint', default: 0 })
  bufferBeforeMinutes: number = 0

  @Field(() => Int, { description: "Minutes of the doctor's time kept free after the visit, to tidy up." })
  @Property({ type: 'smallint', default: 0 })
  bufferAfterMinutes: number = 0

  @Field(() => Money, { nullable: true, description: 'What it costs today.' })
  @Embedded(() => Money)
  price!: Money

  @Field(() => Boolean, { description: 'Whether patients may book it themselves.' })
  @Property({ type: 'boolean', default: false })
  onlineBookable: boolean = false

  @Field(() => Boolean, { description: 'False when it is no longer offered.' })
  @Property({ type: 'boolean', default: true })
  active: boolean = true
}
