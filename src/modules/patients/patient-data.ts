import { checkedAddress, type AddressInput } from '../../database/address.inputs.js'
import type { InputChecks } from '../../graphql/input-checks.js'

const NAME = { most: 200 }
const PHONE = { most: 50 }
const EMAIL_LENGTH = { most: 320 }
const EMAIL = /^[^\s@]+@[^\s@]+$/
const LEAST_PHONE_DIGITS = 4
const EARLIEST_BIRTH = '1850-01-01'
/** Somewhere on earth it is tomorrow already. */
const AHEAD_MS = 14 * 3_600_000

/** The latest day that it is anywhere at the instant: what happened then may have happened on that day. */
export const latestDay = (now: Date): string => new Date(now.getTime() + AHEAD_MS).toISOString().slice(0, 10)

interface Given {
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly birthDate?: string | null
  readonly phone?: string | null
  readonly email?: string | null
  readonly address?: AddressInput | null
  readonly language?: string | null
}

/** Demographics as they are kept; what was not given is `undefined`. */
export function demographicsOf(checks: InputChecks, input: Given, now: Date) {
  for (const field of ['firstName', 'lastName', 'birthDate'] as const) checks.require(input[field] !== null, field, 'must not be empty')
  const { birthDate } = input
  checks.require(birthDate == null || birthDate >= EARLIEST_BIRTH, 'birthDate', `must not be before ${EARLIEST_BIRTH}`)
  checks.require(birthDate == null || birthDate <= latestDay(now), 'birthDate', 'must not be in the future')
  return {
    firstName: checks.optionalText('firstName', input.firstName, NAME) ?? undefined,
    lastName: checks.optionalText('lastName', input.lastName, NAME) ?? undefined,
    birthDate: birthDate ?? undefined,
    ...reachableAt(checks, input),
    address: checkedAddress(checks, 'address', input.address),
    language: languageOf(checks, input.language),
  }
}

/** Phone number and e-mail address. */
export function reachableAt(checks: InputChecks, input: { readonly phone?: string | null; readonly email?: string | null }) {
  const phone = checks.optionalText('phone', input.phone, PHONE)
  checks.require(phone == null || phone.replace(/\D/g, '').length >= LEAST_PHONE_DIGITS, 'phone', 'is not a phone number')
  const email = checks.optionalText('email', input.email, EMAIL_LENGTH)
  checks.require(email == null || EMAIL.test(email), 'email', 'is not an e-mail address')
  return { phone, email }
}

function languageOf(checks: InputChecks, given: string | null | undefined): string | null | undefined {
  if (given == null) return given
  try {
    const [canonical] = Intl.getCanonicalLocales(given.trim())
    if (canonical !== undefined) return canonical
  } catch {
    // Said below.
  }
  checks.require(false, 'language', 'is not a language tag (BCP 47)')
  return null
}
