/**
 * A list as PostgreSQL's array literal, to be cast in the statement (`?::text[]`, `?::uuid[]`). The ORM spreads lists given as parameters
 * into `?, ?, ?`, and one statement per list length would fill every statement cache.
 */
export function pgArray(values: readonly (string | Date | null)[]): string {
  return `{${values.map(element).join(',')}}`
}

function element(value: string | Date | null): string {
  if (value === null) return 'NULL'
  return `"${(value instanceof Date ? value.toISOString() : value).replace(/[\\"]/g, '\\$&')}"`
}
