/** A number as the decimal text of a `numeric` column. */
export interface Rounded {
  readonly value: string
  /** The source had more decimals than are kept. */
  readonly rounded: boolean
}

/**
 * Writes a JSON number with at most `scale` decimals, half away from zero.
 * @returns undefined when it has more than `digits` digits before the point
 */
export function toDecimal(source: number, digits: number, scale: number): Rounded | undefined {
  if (Math.abs(source) >= 10 ** digits) return undefined
  const value = source
    .toFixed(scale)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
  return Math.abs(Number(value)) >= 10 ** digits ? undefined : { value: value === '-0' ? '0' : value, rounded: Number(value) !== source }
}
