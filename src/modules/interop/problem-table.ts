import { PROBLEMS } from './import-problems.js'

/** The table of `docs/import-fhir.md`, made from {@link PROBLEMS}; a test keeps both alike. */
export function problemTable(): string {
  const rows = Object.entries(PROBLEMS).map(([code, [severity, message]]) => `| \`${code}\` | ${severity} | ${message} |`)
  return ['| code | severity | meaning |', '|---|---|---|', ...rows].join('\n')
}
