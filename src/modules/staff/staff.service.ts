import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql'
import { roleChange } from '../../access/role-giving.js'
import { Role } from '../../access/roles.js'
import { AuditAction } from '../../audit/event.js'
import { requireVersion, type Transaction, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError, ForbiddenError, NotFoundError } from '../../graphql/errors.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import { isUuid } from '../../graphql/loaders/page.js'
import { normalizeUsername } from '../identity/sign-in.service.js'
import { RevocationReason, UserSession } from '../identity/user-session.entity.js'
import { User } from '../identity/user.entity.js'
import type { AccountOpener } from './account-opener.js'
import { lockRights, requireAnotherOwner, requireMayChange, requireMayGive } from './staff-rights.js'
import { Staff } from './staff.entity.js'
import type { CreateStaffInput, SetStaffRolesInput, UpdateStaffInput } from './staff.inputs.js'

const NAME = { most: 200 }
const CONTACT = { most: 320 }
const EMAIL = /^[^\s@]+@[^\s@]+$/
const USERNAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]{1,63}$/u

/** The people who work here, and what their accounts may do. */
export class StaffService {
  readonly #work: UnitOfWork
  readonly #opener: AccountOpener
  readonly #forget: (userId: string) => void

  /** @param forget makes this process read an account anew; the others do so within a second (SECURITY A7) */
  constructor(work: UnitOfWork, opener: AccountOpener, forget: (userId: string) => void) {
    this.#work = work
    this.#opener = opener
    this.#forget = forget
  }

  /** Enters a staff member; with a username also opens an account. Returns the id. */
  async create(context: WriteContext, input: CreateStaffInput): Promise<string> {
    const checks = new InputChecks()
    const data = { fullName: checks.text('fullName', input.fullName, NAME), ...contactOf(input, checks) }
    const roles = [...new Set(input.roles)]
    if (input.username == null) checks.require(roles.length === 0, 'username', 'is needed for an account with roles')
    else checkAccount(checks, input.username, roles)
    checks.done()
    return this.#work.run(context, async (transaction) => {
      const giver = await lockRights(transaction.em, context)
      requireMayGive(giver, roles)
      const staff = new Staff()
      assignGiven(staff, data)
      transaction.em.persist(staff)
      transaction.audit({ action: AuditAction.CREATE, entity: 'Staff', entityId: staff.id })
      if (input.username != null) await this.#open(transaction, staff, input.username, roles)
      return staff.id
    })
  }

  /** Changes name and contact data. */
  async update(context: WriteContext, input: UpdateStaffInput): Promise<void> {
    const checks = new InputChecks()
    if (input.fullName === null) checks.require(false, 'fullName', 'must not be empty')
    const fullName = checks.optionalText('fullName', input.fullName, NAME) ?? undefined
    const data = { fullName, ...contactOf(input, checks) }
    checks.done()
    const userId = await this.#work.run(context, async ({ em, audit }) => {
      const actor = await lockRights(em, context)
      const { staff, account } = await find(em, input.id)
      requireMayChange(actor, account)
      requireVersion(staff, input.version)
      const sections = assignGiven(staff, data)
      if (account && fullName !== undefined) account.displayName = fullName
      audit({ action: AuditAction.UPDATE, entity: 'Staff', entityId: staff.id, sections })
      return account?.id
    })
    // The account shows the name.
    if (userId !== undefined) this.#forget(userId)
  }

  /** Gives and takes roles; opens the account when there is none yet. */
  async setRoles(context: WriteContext, input: SetStaffRolesInput): Promise<void> {
    const roles = [...new Set(input.roles)]
    const changed = await this.#work.run(context, async (transaction) => {
      const { em, audit } = transaction
      const giver = await lockRights(em, context)
      const { staff, account } = await find(em, input.id)
      if (!account) {
        const checks = new InputChecks()
        checkAccount(checks, input.username ?? '', roles)
        checks.done()
        requireMayGive(giver, roles)
        requireVersion(staff, input.version)
        if (!staff.active) throw new ClinicError('CONFLICT', 'They have left: reactivate them first.')
        staff.updatedAt = new Date()
        return this.#open(transaction, staff, input.username ?? '', roles)
      }
      // Who is a patient here stays one: that role comes from the chart.
      const kept = account.roles.filter((role) => role === Role.PATIENT)
      const after = [...kept, ...roles.filter((role) => role !== Role.PATIENT)]
      const { added, removed } = roleChange(account.roles, after)
      const checks = new InputChecks()
      checkRoles(checks, roles, kept)
      checks.require(
        input.username == null || normalizeUsername(input.username) === account.username,
        'username',
        'is given already and does not change',
      )
      checks.done()
      requireMayChange(giver, account)
      requireMayGive(giver, [...added, ...removed])
      if (account.id === giver.id && added.length > 0) throw new ForbiddenError('Nobody gives a role to themselves.')
      requireVersion(staff, input.version)
      if (removed.includes(Role.OWNER)) await requireAnotherOwner(em, account)
      account.roles = after
      // The roles are part of what the version of the staff member stands for.
      staff.updatedAt = new Date()
      audit({
        action: AuditAction.RIGHTS_CHANGED,
        entity: 'Staff',
        entityId: staff.id,
        subjectUserId: account.id,
        facts: { added, removed },
      })
      return account.id
    })
    this.#forget(changed)
  }

  /** Ends a staff member's work here: they are signed out everywhere and cannot sign in (RULES S4). Done twice it changes nothing more. */
  async deactivate(context: WriteContext, id: string): Promise<void> {
    await this.#setActive(context, id, false)
  }

  /** Takes a staff member back; their account works again, with a password that they still have to know or reset. */
  async reactivate(context: WriteContext, id: string): Promise<void> {
    await this.#setActive(context, id, true)
  }

  async #setActive(context: WriteContext, id: string, active: boolean): Promise<void> {
    const userId = await this.#work.run(context, async ({ em, audit }) => {
      const actor = await lockRights(em, context)
      const { staff, account } = await find(em, id)
      requireMayChange(actor, account)
      requireMayGive(actor, account?.roles.filter((role) => role !== Role.PATIENT) ?? [])
      if (staff.active === active && (account === null || account.active === active)) return account?.id
      if (account && !active) await requireAnotherOwner(em, account)
      staff.active = active
      if (account) {
        account.active = active
        account.tokenVersion += 1
        if (!active)
          await em.nativeUpdate(
            UserSession,
            { user: account, revokedAt: null },
            { revokedAt: new Date(), revokedReason: RevocationReason.DEACTIVATED },
          )
      }
      if (!active)
        await em.execute('update doctor set active = false, version = version + 1, updated_at = now() where staff_id = ? and active', [
          staff.id,
        ])
      audit({
        action: AuditAction.RIGHTS_CHANGED,
        entity: 'Staff',
        entityId: staff.id,
        ...(account && { subjectUserId: account.id }),
        facts: { active },
      })
      return account?.id
    })
    if (userId !== undefined) this.#forget(userId)
  }

  async #open({ em, audit }: Transaction, staff: Staff, username: string, roles: readonly Role[]): Promise<string> {
    const account = await this.#opener.open(em, { username: normalizeUsername(username), displayName: staff.fullName, roles, staff })
    try {
      await em.flush()
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException)
        throw new BadUserInputError([{ field: 'input.username', message: 'is taken' }])
      throw error
    }
    audit({ action: AuditAction.RIGHTS_CHANGED, entity: 'Staff', entityId: staff.id, subjectUserId: account.id, facts: { added: roles } })
    return account.id
  }
}

async function find(em: EntityManager, id: string): Promise<{ staff: Staff; account: User | null }> {
  const staff = isUuid(id) ? await em.findOne(Staff, { id }) : null
  if (!staff) throw new NotFoundError()
  return { staff, account: await em.findOne(User, { staff: { id } }) }
}

function contactOf(input: { jobTitle?: string | null; email?: string | null; phone?: string | null }, checks: InputChecks) {
  const email = checks.optionalText('email', input.email, CONTACT)
  checks.require(email == null || EMAIL.test(email), 'email', 'is not an e-mail address')
  return {
    jobTitle: checks.optionalText('jobTitle', input.jobTitle, NAME),
    email,
    phone: checks.optionalText('phone', input.phone, CONTACT),
  }
}

function checkAccount(checks: InputChecks, username: string, roles: readonly Role[]): void {
  checks.require(
    USERNAME.test(normalizeUsername(username)),
    'username',
    'must have 2 to 64 letters, digits, or . _ @ + - and begin with a letter or digit',
  )
  checkRoles(checks, roles, [])
}

function checkRoles(checks: InputChecks, roles: readonly Role[], kept: readonly Role[]): void {
  checks.require(roles.length > 0, 'roles', 'must name at least one role')
  checks.require(
    kept.includes(Role.PATIENT) || !roles.includes(Role.PATIENT),
    'roles',
    'PATIENT is not given here: it comes with an invitation to the portal',
  )
}
