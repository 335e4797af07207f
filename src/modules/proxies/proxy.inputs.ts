import { Field, ID, InputType } from 'type-graphql'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { ProxyScope } from './patient-proxy.entity.js'

/** Who may act for a patient, and for how long. */
@InputType({ description: 'Who may act for a patient in the portal, how far and for how long.' })
export class GrantProxyInput {
  @Field(() => ID, { description: 'For which patient.' })
  patientId!: string

  @Field(() => String, { description: 'The name that the holder signs in to the portal with.' })
  holderUsername!: string

  @Field(() => String, { nullable: true, description: 'What the holder is to the patient, for instance "mother".' })
  relationship?: string | null

  @Field(() => ProxyScope, { description: 'What the holder may do.' })
  scope!: ProxyScope

  @Field(() => DateTimeScalar, { nullable: true, description: 'From when; at once when not given.' })
  validFrom?: Date | null

  @Field(() => DateTimeScalar, { description: 'Until when; it ends by itself.' })
  validTo!: Date
}
