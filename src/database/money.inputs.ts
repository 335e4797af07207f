import { Field, InputType } from 'type-graphql'
import type { InputChecks } from '../graphql/input-checks.js'
import { DecimalScalar } from '../graphql/scalars.js'
import { Money } from './money.js'

/** An exact amount in one currency, as it is sent. */
@InputType({ description: 'An exact amount in one currency.' })
export class MoneyInput {
  @Field(() => DecimalScalar, { description: 'The amount, for instance `"12.50"`: not negative, at most two digits after the point.' })
  amount!: string

  @Field(() => String, { description: 'Currency code (ISO 4217), for instance `EUR`.' })
  currency!: string
}

const AMOUNT = /^\d{1,12}(?:\.\d{1,2})?$/
const CURRENCY = /^[A-Z]{3}$/

/** Checks an amount that must not be negative. What it returns is only good when the checks are. */
export function checkedMoney(checks: InputChecks, field: string, { amount, currency }: MoneyInput): Money {
  checks.require(AMOUNT.test(amount), `${field}.amount`, 'must not be negative and have at most 12 digits before and 2 after the point')
  checks.require(CURRENCY.test(currency), `${field}.currency`, 'must be a currency code of three capital letters')
  return Object.assign(new Money(), { amount, currency })
}
