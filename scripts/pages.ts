import { CAPABILITIES, ROLE_MATRIX } from '../src/access/capabilities.js'
import { GIVES } from '../src/access/role-giving.js'
import { Role } from '../src/access/roles.js'
import type { AccessMap, FieldRule } from '../src/access/rules.js'
import type { RowScope } from '../src/access/scope.js'
import { ERROR_CODES } from '../src/graphql/errors.js'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Which role holds which capability, which rows that reaches, and what each field of the API takes. */
export function rolesPage(access: AccessMap, scopes: ReadonlyMap<string, RowScope>): string {
  const roles = Object.values(Role)
  const matrix = CAPABILITIES.map((capability) => {
    const holders: readonly Role[] = ROLE_MATRIX[capability]
    return row([`\`${capability}\``, ...roles.map((role) => (holders.includes(role) ? '●' : ''))])
  })
  const fields = Object.keys(access)
    .toSorted()
    .flatMap((type) =>
      Object.entries(access[type] ?? {})
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([field, rule]) => row([`\`${type}.${field}\``, describe(rule)])),
    )
  return [
    '# Roles',
    '',
    'Made from the code by `npm run generate`; the tables are what the server enforces.',
    '',
    'A capability that ends in `-own` reaches only rows of the own patient (or the own doctor), `-today` only appointments of the day, `-count` only totals, `-deidentified` rows without',
    'anything that names a person. A user with several roles holds the capabilities of all of them. Rows outside what a role may see look as if they did not exist (`NOT_FOUND`); fields outside of it are `null` with',
    '`FORBIDDEN`.',
    '',
    '## Who holds what',
    '',
    row(['Capability', ...roles.map((role) => `\`${role}\``)]),
    row(['---', ...roles.map(() => ':-:')]),
    ...matrix,
    '',
    '## Who gives which roles',
    '',
    'Whoever may give a role may also take it. Nobody gives one to themselves, and the last active owner stays one.',
    '',
    row(['Role', 'Gives']),
    row(['---', '---']),
    ...Object.entries(GIVES).map(([role, given]) => row([`\`${role}\``, given.map((each) => `\`${each}\``).join(', ')])),
    '',
    '## Which rows',
    '',
    'Of rows that belong to a patient a `DOCTOR` sees those of patients in their care, where the clinic has set it so; see [staff and access](staff-and-access.md#which-patients-a-doctor-sees).',
    '',
    row(['Rows', 'All', 'Some', 'Belong to a patient']),
    row(['---', '---', '---', ':-:']),
    ...[...scopes]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([type, scope]) =>
        row([`\`${type}\``, listed(scope.all), listed(scope.restricted.map(({ capability }) => capability)), scope.care ? '●' : '']),
      ),
    '',
    '## What each field takes',
    '',
    row(['Field', 'Takes']),
    row(['---', '---']),
    ...fields,
    '',
  ].join('\n')
}

const listed = (capabilities: readonly string[]): string =>
  capabilities.map((capability) => (capability === 'signed-in' ? 'the own, of everybody signed in' : `\`${capability}\``)).join(', ')

function describe(rule: FieldRule): string {
  if (rule.kind === 'open') return 'nothing more than the object it is on'
  if (rule.kind === 'signed-in') return 'being signed in'
  if (rule.kind === 'checked') return `${describe(rule.base)}; filters and orders only by what one may read`
  const any = rule.anyOf.map((capability) => `\`${capability}\``).join(' or ')
  const own = rule.own.map((capability) => `\`${capability}\``).join(' or ')
  return [any, own && `on own rows ${own}`].filter(Boolean).join('; ')
}

/** The codes of errors. */
export function errorsPage(): string {
  return [
    '# Error codes',
    '',
    'Made from the code by `npm run generate`. Every error has one of these in `extensions.code`; clients branch on the code, never on the text.',
    '',
    row(['Code', 'Meaning']),
    row(['---', '---']),
    ...Object.entries(ERROR_CODES).map(([code, meaning]) => row([`\`${code}\``, meaning])),
    '',
  ].join('\n')
}
