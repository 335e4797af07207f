import { Role } from './roles.js'

const { OWNER, ADMIN, DOCTOR, STAFF, REGISTRATION_CLERK, PHARMACIST, CASHIER, ANALYST, PATIENT } = Role

const EVERYBODY = Object.values(Role)
const MANAGEMENT = [OWNER, ADMIN]
const CARE_TEAM = [OWNER, ADMIN, DOCTOR, STAFF]
const DEMOGRAPHICS = [OWNER, ADMIN, DOCTOR, STAFF, REGISTRATION_CLERK]

/**
 * The role matrix: which roles hold which capability. This table is the only place where roles meet permissions: field rules,
 * row scopes, `me.capabilities` and `docs/roles.md` are all made from it.
 *
 * A capability ending in `-own` reaches only rows of the actor's own patients (or own doctor), one ending in `-today` only the
 * business day, `-count` only totals, `-deidentified` rows without anything that names a person.
 */
export const ROLE_MATRIX = {
  'staff.read': [...MANAGEMENT, REGISTRATION_CLERK],
  'staff.write': MANAGEMENT,
  'schedules.read': [...MANAGEMENT, REGISTRATION_CLERK],
  'schedules.read-own': [DOCTOR],
  'schedules.write': MANAGEMENT,
  'schedules.write-own': [DOCTOR],
  'doctors.read': EVERYBODY,
  'doctors.write': MANAGEMENT,
  'patients.read': DEMOGRAPHICS,
  'patients.read-name': [PHARMACIST, CASHIER],
  'patients.read-deidentified': [ANALYST],
  'patients.read-own': [PATIENT],
  'patients.write': DEMOGRAPHICS,
  'patients.merge': MANAGEMENT,
  'patients.propose-merge': [REGISTRATION_CLERK],
  'appointments.read': DEMOGRAPHICS,
  'appointments.read-today': [CASHIER],
  'appointments.count': [ANALYST],
  'appointments.read-own': [PATIENT],
  'appointments.write': DEMOGRAPHICS,
  'appointments.book-own': [PATIENT],
  'appointments.overbook': MANAGEMENT,
  'appointments.overbook-own': [DOCTOR],
  'records.read': CARE_TEAM,
  'records.read-deidentified': [ANALYST],
  'records.read-own': [PATIENT],
  'records.open': [REGISTRATION_CLERK],
  'records.draft': [DOCTOR, STAFF],
  'records.sign': [DOCTOR],
  'vitals.write': [DOCTOR, STAFF],
  'allergies.read': [...CARE_TEAM, PHARMACIST],
  'allergies.write': [DOCTOR],
  'conditions.write': [DOCTOR],
  'plans.read': CARE_TEAM,
  'plans.read-prices': [CASHIER],
  'plans.count': [ANALYST],
  'plans.read-own': [PATIENT],
  'plans.write': [DOCTOR],
  'plans.assist': [STAFF],
  'prescriptions.read': [OWNER, ADMIN, DOCTOR, PHARMACIST],
  'prescriptions.count': [ANALYST],
  'prescriptions.read-own': [PATIENT],
  'prescriptions.write': [DOCTOR],
  'prescriptions.dispense': [PHARMACIST],
  'stock.read': [...MANAGEMENT, DOCTOR, PHARMACIST, ANALYST],
  'stock.write': [...MANAGEMENT, PHARMACIST],
  'services.read': EVERYBODY.filter((role) => role !== PATIENT),
  'services.read-public': [PATIENT],
  'services.write': MANAGEMENT,
  'invoices.read': [...MANAGEMENT, CASHIER],
  'invoices.read-visits': [DOCTOR],
  'invoices.count': [ANALYST],
  'invoices.read-own': [PATIENT],
  'invoices.write': [...MANAGEMENT, CASHIER],
  'charges.dispense': [PHARMACIST],
  'discounts.approve': MANAGEMENT,
  'refunds.approve': MANAGEMENT,
  'refunds.request': [CASHIER],
  'finance.read': MANAGEMENT,
  'finance.read-totals': [ANALYST],
  'finance.write': MANAGEMENT,
  'expenses.record': [CASHIER],
  'documents.write': CARE_TEAM,
  'documents.upload': [REGISTRATION_CLERK],
  'documents.read-prescriptions': [PHARMACIST],
  'documents.read-receipts': [CASHIER],
  'documents.read-own': [PATIENT],
  'reports.read': [...MANAGEMENT, ANALYST],
  'reports.read-own': [DOCTOR, STAFF],
  'reports.front-desk': [REGISTRATION_CLERK],
  'reports.pharmacy': [PHARMACIST],
  'reports.cash': [CASHIER],
  'audit.read': MANAGEMENT,
  'audit.read-own': [DOCTOR, STAFF, REGISTRATION_CLERK, PHARMACIST, CASHIER],
  'audit.read-my-record': [PATIENT],
  'break-glass.review': MANAGEMENT,
  'break-glass.use': [DOCTOR, STAFF],
  'proxies.read': [...MANAGEMENT, REGISTRATION_CLERK],
  'proxies.read-own': [PATIENT],
  'proxies.write': [...MANAGEMENT, REGISTRATION_CLERK],
  'settings.read': MANAGEMENT,
  'settings.write': MANAGEMENT,
} as const satisfies Record<string, readonly Role[]>

/** The name of one permission. */
export type Capability = keyof typeof ROLE_MATRIX

/** All capabilities, in the order of the table. */
export const CAPABILITIES = Object.keys(ROLE_MATRIX) as Capability[]

/** What the roles may do together, in the order of the table. */
export function capabilitiesOf(roles: Iterable<Role>): Capability[] {
  const held = new Set(roles)
  return CAPABILITIES.filter((capability) => ROLE_MATRIX[capability].some((role) => held.has(role)))
}
