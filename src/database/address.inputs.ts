import { Field, InputType } from 'type-graphql'
import type { InputChecks } from '../graphql/input-checks.js'
import type { Address } from './address.js'

/** A postal address. */
@InputType({ description: 'A postal address, as written on an envelope. Every part may be unknown.' })
export class AddressInput {
  @Field(() => String, { nullable: true, description: 'Street and house number.' })
  line?: string | null

  @Field(() => String, { nullable: true, description: 'Town or city.' })
  city?: string | null

  @Field(() => String, { nullable: true, description: 'State, county or region.' })
  region?: string | null

  @Field(() => String, { nullable: true, description: 'Postal code.' })
  postalCode?: string | null

  @Field(() => String, { nullable: true, description: 'Country code (ISO 3166-1 alpha-2), for instance `DE`.' })
  country?: string | null
}

const LINE = { most: 300 }
const COUNTRY = /^[A-Z]{2}$/

/** A whole address: what is not given of it is empty. `null` is none, `undefined` leaves what there is. */
export function checkedAddress(checks: InputChecks, field: string, given: AddressInput | null | undefined): Address | null | undefined {
  if (given == null) return given
  const part = (name: keyof AddressInput): string | null => checks.optionalText(`${field}.${name}`, given[name], LINE) ?? null
  const address = {
    line: part('line'),
    city: part('city'),
    region: part('region'),
    postalCode: part('postalCode'),
    country: part('country')?.toUpperCase() ?? null,
  }
  checks.require(address.country === null || COUNTRY.test(address.country), `${field}.country`, 'is not a country code of two letters')
  return address
}
