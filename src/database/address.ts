import { Embeddable, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'

/** A postal address, as written on an envelope. Every part may be unknown. */
@ObjectType({ description: 'A postal address.', simpleResolvers: true })
@Embeddable()
export class Address {
  @Field(() => String, { nullable: true, description: 'Street and house number.' })
  @Property({ type: 'text', nullable: true })
  line?: string | null

  @Field(() => String, { nullable: true, description: 'Town or city.' })
  @Property({ type: 'text', nullable: true })
  city?: string | null

  @Field(() => String, { nullable: true, description: 'State, county or region.' })
  @Property({ type: 'text', nullable: true })
  region?: string | null

  @Field(() => String, { nullable: true, description: 'Postal code.' })
  @Property({ type: 'text', nullable: true })
  postalCode?: string | null

  @Field(() => String, { nullable: true, description: 'Country code (ISO 3166-1 alpha-2).' })
  @Property({ type: 'text', nullable: true })
  country?: string | null
}

/** The parts of an address that are known, in one line: `Main street 1, 10115 Berlin, DE`. Empty when there are none. A city may be its own region. */
export function addressLine({ line, postalCode, city, region, country }: Address): string {
  const town = [postalCode, city].filter(Boolean).join(' ')
  return [line, town, region === city ? null : region, country].filter(Boolean).join(', ')
}
