import { BadUserInputError, type FieldProblem } from './errors.js'

/** How long a text may be, and whether it may be missing. */
export interface TextLimits {
  readonly least?: number
  readonly most: number
}

/** Collects what is wrong with an input, so that a person learns of all of it at once. */
export class InputChecks {
  readonly #problems: FieldProblem[] = []

  /** Adds a problem when the condition does not hold. */
  require(condition: boolean, field: string, message: string): void {
    if (!condition) this.#problems.push({ field: `input.${field}`, message })
  }

  /** The text without space around it. */
  text(field: string, value: string, { least = 1, most }: TextLimits): string {
    const trimmed = value.trim()
    this.require(trimmed.length >= least, field, least === 1 ? 'must not be empty' : `must have at least ${least} characters`)
    this.require(trimmed.length <= most, field, `must have at most ${most} characters`)
    this.require(trimmed.isWellFormed() && !trimmed.includes('\0'), field, 'holds characters that cannot be stored')
    return trimmed
  }

  /** As `text`; `null` empties the field, `undefined` leaves it as it is. */
  optionalText(field: string, value: string | null | undefined, limits: TextLimits): string | null | undefined {
    return value == null ? value : this.text(field, value, limits)
  }

  /** @throws BadUserInputError naming every problem */
  done(): void {
    if (this.#problems.length > 0) throw new BadUserInputError(this.#problems)
  }
}

/** Puts the given values on a row: those that are `undefined` leave it as it is. Returns the names of the fields that change. */
export function assignGiven<Row extends object>(row: Row, given: { readonly [Key in keyof Row]?: Row[Key] | undefined }): string[] {
  const changed = Object.entries(given).filter(([key, value]) => value !== undefined && value !== (row as Record<string, unknown>)[key])
  for (const [key, value] of changed) (row as Record<string, unknown>)[key] = value
  return changed.map(([key]) => key)
}
