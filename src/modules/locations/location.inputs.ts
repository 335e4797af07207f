import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'
import { AddressInput } from '../../database/address.inputs.js'

/** Which locations to list. */
@InputType({ description: 'Which locations to list: those that match all given fields.' })
export class LocationFilter {
  @Field(() => Boolean, { nullable: true, description: 'Only those in use, or only those closed for good.' })
  active?: boolean | null
}

/** The orders of the list of locations. */
export enum LocationOrder {
  NAME = 'NAME',
}

registerEnumType(LocationOrder, {
  name: 'LocationOrder',
  description: 'The orders of the list of locations.',
  valuesConfig: { NAME: { description: 'By name.' } },
})

/** A new site of the clinic. */
@InputType({ description: 'A new site of the clinic.' })
export class CreateLocationInput {
  @Field(() => String, { description: 'Name of the site; no other one may have it.' })
  name!: string

  @Field(() => String, { description: 'Time zone (IANA), for instance `Europe/Berlin`. It cannot be changed later.' })
  timeZone!: string

  @Field(() => String, { nullable: true, description: 'Phone number of the front desk.' })
  phone?: string | null

  @Field(() => AddressInput, { nullable: true, description: 'Where it is: for reminders and calendars.' })
  address?: AddressInput | null
}

/** A change of a site. */
@InputType({ description: 'A change of a site. What is not given stays; `null` empties.' })
export class UpdateLocationInput {
  @Field(() => ID, { description: 'Which site.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => String, { nullable: true, description: 'Name of the site.' })
  name?: string | null

  @Field(() => String, { nullable: true, description: 'Phone number of the front desk.' })
  phone?: string | null

  @Field(() => AddressInput, { nullable: true, description: 'Where it is; the whole address.' })
  address?: AddressInput | null

  @Field(() => Boolean, { nullable: true, description: 'False when the site is closed for good: nobody is booked there any more.' })
  active?: boolean | null
}

/** A new room. */
@InputType({ description: 'A new room of a site.' })
export class CreateRoomInput {
  @Field(() => ID, { description: 'Of which site.' })
  locationId!: string

  @Field(() => String, { description: 'Name or number on the door; no other room of the site may have it.' })
  name!: string
}

/** A change of a room. */
@InputType({ description: 'A change of a room. What is not given stays.' })
export class UpdateRoomInput {
  @Field(() => ID, { description: 'Which room.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => String, { nullable: true, description: 'Name or number on the door.' })
  name?: string | null

  @Field(() => Boolean, { nullable: true, description: 'False when it is no longer used.' })
  active?: boolean | null
}
