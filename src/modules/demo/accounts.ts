import { Role } from '../../access/roles.js'
import { personName } from './names.js'
import type { Person } from './person.js'
import type { Practice } from './practice.js'
import { present } from './present.js'
import type { ClinicRows, RowsByTable } from './rows.js'
import { YEAR } from './time.js'
import { add, randomFor, rowBase, type World } from './world.js'

/** The password of the demo accounts. It is public: these accounts keep a production server from starting. */
export const DEMO_PASSWORD = 'demo clinic 2026'

/** The user names of the demo accounts: each role in kebab-case. */
export const DEMO_USERNAMES: Readonly<Record<Role, string>> = {
  [Role.OWNER]: 'owner',
  [Role.ADMIN]: 'admin',
  [Role.DOCTOR]: 'doctor',
  [Role.STAFF]: 'staff',
  [Role.REGISTRATION_CLERK]: 'registration-clerk',
  [Role.PHARMACIST]: 'pharmacist',
  [Role.CASHIER]: 'cashier',
  [Role.ANALYST]: 'analyst',
  [Role.PATIENT]: 'patient',
}

/** Hashes for the two kinds of accounts; hashing is slow and salted, so it happens outside the generator. */
export interface AccountHashes {
  /** Of {@link DEMO_PASSWORD}; `undefined`: no demo accounts. */
  readonly demo: string | undefined
  /** Of a random password that nobody knows: the account shows who has which role, but nobody can sign in until a password is set. */
  readonly locked: string
}

/** The fifteen who run a practice beside its twelve doctors. The first of each role has the demo account. */
const TEAM: readonly { readonly title: string; readonly roles: readonly Role[]; readonly left?: true }[] = [
  { title: 'Practice owner', roles: [Role.OWNER] },
  { title: 'Practice manager', roles: [Role.ADMIN] },
  { title: 'Deputy practice manager', roles: [Role.ADMIN, Role.CASHIER] },
  { title: 'Head nurse', roles: [Role.STAFF] },
  { title: 'Nurse', roles: [Role.STAFF] },
  { title: 'Nurse', roles: [Role.STAFF] },
  { title: 'Medical assistant', roles: [Role.STAFF, Role.REGISTRATION_CLERK] },
  { title: 'Medical assistant', roles: [Role.STAFF], left: true },
  { title: 'Receptionist', roles: [Role.REGISTRATION_CLERK] },
  { title: 'Receptionist', roles: [Role.REGISTRATION_CLERK] },
  { title: 'Receptionist', roles: [Role.REGISTRATION_CLERK] },
  { title: 'Pharmacist', roles: [Role.PHARMACIST] },
  { title: 'Pharmacist', roles: [Role.PHARMACIST] },
  { title: 'Cashier', roles: [Role.CASHIER] },
  { title: 'Data analyst', roles: [Role.ANALYST] },
]

/** Employs the team of a practice and gives every one of them, and every doctor, an account with their roles. */
export function addTeam(
  world: World,
  practice: Practice,
  place: number,
  hashes: AccountHashes,
  usernames: Set<string>,
  rows: RowsByTable,
): void {
  const random = randomFor(world, 'team', place)
  const hired = world.now - 3 * YEAR
  const demoRoles = new Set(place === 0 && hashes.demo !== undefined ? Object.values(Role) : [])

  const addAccount = (staff: ClinicRows['staff'], roles: readonly Role[]): void => {
    const [role] = roles
    const demo = roles.length === 1 && role !== undefined && demoRoles.delete(role)
    add(rows, 'user_account', {
      ...rowBase(random, hired),
      username: demo ? DEMO_USERNAMES[role] : freeUsername(staff.email, usernames),
      display_name: staff.full_name,
      password_hash: demo && hashes.demo !== undefined ? hashes.demo : hashes.locked,
      roles,
      active: staff.active,
      demo,
      staff_id: staff.id,
      patient_id: null,
    })
  }
  // The doctors were put on the staff when their site was opened.
  for (const staff of rows.staff) addAccount(staff, [Role.DOCTOR])
  for (const [index, { title, roles, left }] of TEAM.entries()) {
    const { city } = present(practice.sites[index % practice.sites.length])
    const name = personName(random, city, random.chance(0.65) ? 'FEMALE' : 'MALE')
    const staff = add(rows, 'staff', {
      ...rowBase(random, hired),
      full_name: name.full,
      job_title: title,
      email: `${name.ascii}@clinic.example`,
      phone: city.phone(random.integer(1000, 9999)),
      active: left === undefined,
    })
    addAccount(staff, roles)
  }
}

/** Gives the showcase patient the demo account for the portal. */
export function addPatientAccount(world: World, person: Person, hash: string, rows: RowsByTable): void {
  const random = randomFor(world, 'patient-account')
  add(rows, 'user_account', {
    ...rowBase(random, person.registered),
    username: DEMO_USERNAMES[Role.PATIENT],
    display_name: person.name.full,
    password_hash: hash,
    roles: [Role.PATIENT],
    active: true,
    demo: true,
    staff_id: null,
    patient_id: person.id,
  })
}

/** The part of the mail address before the @, or that with the next free number. */
function freeUsername(email: string, taken: Set<string>): string {
  const wanted = email.replace(/@.*/, '')
  for (let number = 1; ; number++) {
    const username = number === 1 ? wanted : `${wanted}${number}`
    if (taken.has(username)) continue
    taken.add(username)
    return username
  }
}
