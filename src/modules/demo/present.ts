/**
 * The value, when the reader of the code can see that it is there and the compiler cannot: an index within bounds, a row that a query always gives.
 * @throws TypeError when it is missing after all
 */
export function present<T>(value: T | null | undefined): T {
  if (value == null) throw new TypeError('A value is missing that must be there')
  return value
}
