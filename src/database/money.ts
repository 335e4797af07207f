import { Embeddable, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { DecimalScalar } from '../graphql/scalars.js'

/** An exact amount in one currency. `amount` is `numeric(14,2)`, a string in code; `currency` is ISO 4217. */
@ObjectType({ description: 'An exact amount in one currency.', simpleResolvers: true })
@Embeddable()
export class Money {
  @Field(() => DecimalScalar, { description: 'The amount, for instance `"12.50"`.' })
  @Property({ type: 'decimal', precision: 14, scale: 2 })
  amount!: string

  @Field(() => String, { description: 'Currency code (ISO 4217), for instance `EUR`.' })
  @Property({ type: 'character', length: 3 })
  currency!: string
}
