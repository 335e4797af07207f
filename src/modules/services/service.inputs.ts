import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql'
import { MoneyInput } from '../../database/money.inputs.js'

/** Which services to list. */
@InputType({ description: 'Which services to list: those that match all given fields.' })
export class ServiceFilter {
  @Field(() => String, { nullable: true, description: 'A part of the name; accents and case do not matter.' })
  search?: string | null

  @Field(() => String, { nullable: true, description: 'Exact code of the price list.' })
  code?: string | null

  @Field(() => String, { nullable: true, description: 'Only those that this specialty offers, with those that every doctor offers.' })
  specialty?: string | null

  @Field(() => Boolean, { nullable: true, description: 'Only those that are offered now, or only those that no longer are.' })
  active?: boolean | null

  @Field(() => Boolean, { nullable: true, description: 'Only those that patients may book themselves, or only those they may not.' })
  onlineBookable?: boolean | null
}

/** The orders of the list of services. */
export enum ServiceOrder {
  NAME = 'NAME',
  CODE = 'CODE',
}

registerEnumType(ServiceOrder, {
  name: 'ServiceOrder',
  description: 'The orders of the list of services.',
  valuesConfig: { NAME: { description: 'By name.' }, CODE: { description: 'By code.' } },
})

/** A new service of the price list. */
@InputType({ description: 'A new service of the price list.' })
export class CreateServiceInput {
  @Field(() => String, { description: 'Short code of the price list; no other service may have it.' })
  code!: string

  @Field(() => String, { description: 'What patients read, for instance "First consultation".' })
  name!: string

  @Field(() => String, { nullable: true, description: 'Which specialty offers it; every doctor does when not given.' })
  specialty?: string | null

  @Field(() => Int, { description: 'Length of the visit in minutes: 5 to 480.' })
  durationMinutes!: number

  @Field(() => Int, { nullable: true, description: "Minutes of the doctor's time kept free before the visit: 0 to 120; 0 when not given." })
  bufferBeforeMinutes?: number | null

  @Field(() => Int, { nullable: true, description: "Minutes of the doctor's time kept free after the visit: 0 to 120; 0 when not given." })
  bufferAfterMinutes?: number | null

  @Field(() => MoneyInput, { description: 'What it costs.' })
  price!: MoneyInput

  @Field(() => Boolean, { nullable: true, description: 'Whether patients may book it themselves; they may not when not given.' })
  onlineBookable?: boolean | null
}

/** A change of a service. */
@InputType({
  description: 'A change of a service. What is not given stays; `null` empties. Visits that are booked already keep length and price.',
})
export class UpdateServiceInput {
  @Field(() => ID, { description: 'Which service.' })
  id!: string

  @Field(() => Int, { description: 'The version that was read.' })
  version!: number

  @Field(() => String, { nullable: true, description: 'Short code of the price list.' })
  code?: string | null

  @Field(() => String, { nullable: true, description: 'What patients read.' })
  name?: string | null

  @Field(() => String, { nullable: true, description: 'Which specialty offers it; `null`: every doctor does.' })
  specialty?: string | null

  @Field(() => Int, { nullable: true, description: 'Length of the visit in minutes: 5 to 480.' })
  durationMinutes?: number | null

  @Field(() => Int, { nullable: true, description: "Minutes of the doctor's time kept free before the visit: 0 to 120." })
  bufferBeforeMinutes?: number | null

  @Field(() => Int, { nullable: true, description: "Minutes of the doctor's time kept free after the visit: 0 to 120." })
  bufferAfterMinutes?: number | null

  @Field(() => MoneyInput, { nullable: true, description: 'What it costs from now on.' })
  price?: MoneyInput | null

  @Field(() => Boolean, { nullable: true, description: 'Whether patients may book it themselves.' })
  onlineBookable?: boolean | null

  @Field(() => Boolean, { nullable: true, description: 'False when it is no longer offered.' })
  active?: boolean | null
}
