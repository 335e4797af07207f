import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const STAFF = 'id version fullName jobTitle email phone active roles username'
const CREATE = `mutation ($input: CreateStaffInput!) { createStaff(input: $input) { ${STAFF} } }`
const UPDATE = `mutation ($input: UpdateStaffInput!) { updateStaff(input: $input) { ${STAFF} } }`
const SET_ROLES = `mutation ($input: SetStaffRolesInput!) { setStaffRoles(input: $input) { ${STAFF} } }`
const DEACTIVATE = `mutation ($id: ID!) { deactivateStaff(id: $id) { ${STAFF} } }`
const REACTIVATE = `mutation ($id: ID!) { reactivateStaff(id: $id) { ${STAFF} } }`
const ME = '{ me { id roles } }'

describe('staff', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let owner: Ask
  let admin: Ask

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    owner = server.as(accounts.OWNER)
    admin = server.as(accounts.ADMIN)
  })
  afterAll(() => server.stop())

  /** A staff member with an account of these roles, who can sign in. */
  async function member(...roles: Role[]): Promise<{ id: string; user: User; ask: Ask }> {
    const staff = server.make.staff()
    const user = await server.make.user(server.hasher, roles, { staff })
    await server.make.save()
    return { id: staff.id, user, ask: server.as(user) }
  }

  const versionOf = async (id: string): Promise<number> => {
    const { data } = await owner('query { staffMembers(first: 100) { edges { node { id version } } } }')
    return data?.staffMembers.edges.find((edge: any) => edge.node.id === id).node.version
  }

  const setRoles = async (ask: Ask, id: string, roles: Role[]): Promise<Answer> =>
    ask(SET_ROLES, { input: { id, version: await versionOf(id), roles } })

  describe('entering somebody', () => {
    it('without an account needs a name only', async () => {
      const { data, errors } = await admin(CREATE, {
        input: { fullName: '  Grace Hopper ', jobTitle: 'Head nurse', email: 'grace@clinic.example' },
      })
      expect(errors).toBeUndefined()
      expect(data?.createStaff).toMatchObject({
        fullName: 'Grace Hopper',
        jobTitle: 'Head nurse',
        active: true,
        roles: [],
        username: null,
        version: 1,
      })
    })

    it('with an account gives it the roles, and no password that anybody knows', async () => {
      const { data, errors } = await admin(CREATE, {
        input: { fullName: 'Ada', username: ' Ada.L ', roles: [Role.STAFF, Role.CASHIER, Role.STAFF] },
      })
      expect(errors).toBeUndefined()
      expect(data?.createStaff).toMatchObject({ username: 'ada.l', roles: ['STAFF', 'CASHIER'] })
      const [row] = await server.sql('select password_hash, must_change_password from user_account where username = $1', ['ada.l'])
      expect(row).toMatchObject({ must_change_password: true })
      expect(row?.['password_hash']).toMatch(/^\$2b\$/)
    })

    it.each([
      [{ fullName: ' ' }, 'input.fullName'],
      [{ fullName: 'x'.repeat(201) }, 'input.fullName'],
      [{ fullName: 'A', email: 'nowhere' }, 'input.email'],
      [{ fullName: 'A', roles: [Role.STAFF] }, 'input.username'],
      [{ fullName: 'A', username: 'someone' }, 'input.roles'],
      [{ fullName: 'A', username: 'a b', roles: [Role.STAFF] }, 'input.username'],
      [{ fullName: 'A', username: 'someone', roles: [Role.PATIENT] }, 'input.roles'],
    ])('is refused with wrong input: %j', async (input, field) => {
      const { errors } = await owner(CREATE, { input })
      expect(codesOf({ errors })).toEqual(['BAD_USER_INPUT'])
      expect(errors?.[0]?.extensions['fields']).toEqual([expect.objectContaining({ field })])
    })

    it('is refused with a name that is taken, whoever asks at the same time, and leaves nobody behind', async () => {
      const before = await server.sql('select count(*)::int as n from staff')
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => admin(CREATE, { input: { fullName: 'Twin', username: 'twin', roles: [Role.STAFF] } })),
      )
      expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
      expect(answers.flatMap(codesOf)).toEqual(Array.from({ length: 7 }, () => 'BAD_USER_INPUT'))
      const after = await server.sql('select count(*)::int as n from staff')
      expect(after[0]?.['n']).toBe((before[0]?.['n'] as number) + 1)
    })

    it.each(Object.values(Role).filter((role) => role !== Role.OWNER && role !== Role.ADMIN))('is refused to %s', async (role) => {
      expect(codesOf(await server.as(accounts[role])(CREATE, { input: { fullName: 'X' } }))).toEqual(['FORBIDDEN'])
    })
  })

  describe('the list', () => {
    it('finds by name, role and whether they work here', async () => {
      await member(Role.PHARMACIST)
      await owner(CREATE, { input: { fullName: 'Zoë Müller', username: 'zoe', roles: [Role.CASHIER] } })
      const found = async (filter: object): Promise<string[]> => {
        const { data } = await server.as(accounts.REGISTRATION_CLERK)(
          'query ($filter: StaffFilter) { staffMembers(first: 100, filter: $filter) { totalCount edges { node { fullName roles active } } } }',
          { filter },
        )
        expect(data?.staffMembers.totalCount).toBe(data?.staffMembers.edges.length)
        return data?.staffMembers.edges.map((edge: any) => edge.node)
      }
      expect(await found({ search: 'zoe mull' })).toEqual([{ fullName: 'Zoë Müller', roles: ['CASHIER'], active: true }])
      expect((await found({ role: Role.PHARMACIST })).every((node: any) => node.roles.includes('PHARMACIST'))).toBe(true)
      expect(await found({ role: Role.PHARMACIST })).toHaveLength(2)
      expect(await found({ active: false })).toEqual([])
      expect(await found({ search: '%' })).toEqual([])
    })

    it('is refused to those who do not plan with staff', async () => {
      for (const role of [Role.DOCTOR, Role.STAFF, Role.PHARMACIST, Role.CASHIER, Role.ANALYST, Role.PATIENT]) {
        expect(codesOf(await server.as(accounts[role])('{ staffMembers { totalCount } }'))).toEqual(['FORBIDDEN'])
      }
    })
  })

  describe('changing somebody', () => {
    it('keeps what is not given, empties what is null, and takes each version once', async () => {
      const { data } = await admin(CREATE, { input: { fullName: 'Old Name', jobTitle: 'Nurse', phone: '123' } })
      const { id, version } = data?.createStaff ?? {}
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) => admin(UPDATE, { input: { id, version, fullName: `Name ${n}`, phone: null } })),
      )
      const [accepted, ...others] = answers.filter(({ errors }) => !errors)
      expect(others).toEqual([])
      expect(accepted?.data?.updateStaff).toMatchObject({ jobTitle: 'Nurse', phone: null, version: version + 1 })
      expect(answers.flatMap(codesOf)).toEqual(Array.from({ length: 7 }, () => 'STALE_VERSION'))
    })

    it('says NOT_FOUND for somebody who is not there', async () => {
      for (const id of ['018f0000-0000-7000-8000-0000000000ff', 'nobody']) {
        expect(codesOf(await admin(UPDATE, { input: { id, version: 1, fullName: 'X' } }))).toEqual(['NOT_FOUND'])
        expect(codesOf(await admin(SET_ROLES, { input: { id, version: 1, roles: [Role.STAFF] } }))).toEqual(['NOT_FOUND'])
        expect(codesOf(await admin(DEACTIVATE, { id }))).toEqual(['NOT_FOUND'])
      }
    })

    it('is refused to an administrator when it is an owner', async () => {
      const { id } = await member(Role.OWNER)
      expect(codesOf(await admin(UPDATE, { input: { id, version: 1, email: 'mine@clinic.example' } }))).toEqual(['FORBIDDEN'])
      expect(codesOf(await admin(DEACTIVATE, { id }))).toEqual(['FORBIDDEN'])
      expect(codesOf(await admin(SET_ROLES, { input: { id, version: 1, roles: [Role.STAFF] } }))).toEqual(['FORBIDDEN'])
      expect((await owner(UPDATE, { input: { id, version: 1, email: 'theirs@clinic.example' } })).errors).toBeUndefined()
    })
  })

  describe('roles', () => {
    it('are given by an owner, all of them, and by an administrator all below their own', async () => {
      for (const role of Object.values(Role).filter((role) => role !== Role.PATIENT)) {
        const byOwner = await setRoles(owner, (await member(Role.STAFF)).id, [role])
        expect(byOwner.errors).toBeUndefined()
        const byAdmin = await setRoles(admin, (await member(Role.STAFF)).id, [role])
        expect(codesOf(byAdmin)).toEqual(role === Role.OWNER || role === Role.ADMIN ? ['FORBIDDEN'] : [])
        const entered = await admin(CREATE, { input: { fullName: 'N', username: `new-${role}`, roles: [role] } })
        expect(codesOf(entered)).toEqual(role === Role.OWNER || role === Role.ADMIN ? ['FORBIDDEN'] : [])
      }
    })

    it('that one could not have given cannot be taken either', async () => {
      const { id } = await member(Role.ADMIN, Role.DOCTOR)
      expect(codesOf(await setRoles(admin, id, [Role.DOCTOR]))).toEqual(['FORBIDDEN'])
      expect(codesOf(await admin(DEACTIVATE, { id }))).toEqual(['FORBIDDEN'])
      expect((await setRoles(admin, id, [Role.ADMIN, Role.STAFF])).data?.setStaffRoles.roles).toEqual(['ADMIN', 'STAFF'])
    })

    it('cannot be given to oneself, not even by an owner, but can be laid down', async () => {
      const { id, ask } = await member(Role.OWNER, Role.STAFF)
      expect(codesOf(await setRoles(ask, id, [Role.OWNER, Role.DOCTOR]))).toEqual(['FORBIDDEN'])
      const self = await member(Role.ADMIN)
      expect(codesOf(await setRoles(self.ask, self.id, [Role.ADMIN, Role.OWNER]))).toEqual(['FORBIDDEN'])
      expect(codesOf(await setRoles(self.ask, self.id, [Role.ADMIN, Role.CASHIER]))).toEqual(['FORBIDDEN'])
      expect((await setRoles(ask, id, [Role.STAFF])).data?.setStaffRoles.roles).toEqual(['STAFF'])
    })

    it('leave an event of what was given and taken, and whose (SECURITY P1)', async () => {
      const { id, user } = await member(Role.STAFF, Role.CASHIER)
      await setRoles(admin, id, [Role.STAFF, Role.PHARMACIST])
      expect(await server.lastEvent('RIGHTS_CHANGED')).toMatchObject({
        userId: accounts.ADMIN.id,
        entityId: id,
        subjectUserId: user.id,
        facts: { added: ['PHARMACIST'], removed: ['CASHIER'] },
      })
      await admin(DEACTIVATE, { id })
      expect(await server.lastEvent('RIGHTS_CHANGED')).toMatchObject({ subjectUserId: user.id, facts: { active: false } })
    })

    it('PATIENT is not given here, and stays with who has it', async () => {
      expect(codesOf(await setRoles(owner, (await member(Role.STAFF)).id, [Role.STAFF, Role.PATIENT]))).toEqual(['BAD_USER_INPUT'])
      const both = await member(Role.STAFF, Role.PATIENT)
      expect((await setRoles(owner, both.id, [Role.CASHIER])).data?.setStaffRoles.roles.toSorted()).toEqual(['CASHIER', 'PATIENT'])
    })

    it('bite at the next request: within a second, on another instance too (SECURITY A7)', async () => {
      const { id, ask, user } = await member(Role.ADMIN)
      const other = await TestServer.start({ on: server })
      try {
        const elsewhere = other.as(user)
        expect((await elsewhere('{ staffMembers { totalCount } }')).errors).toBeUndefined()
        expect((await setRoles(owner, id, [Role.STAFF])).errors).toBeUndefined()
        expect(codesOf(await ask('{ staffMembers { totalCount } }'))).toEqual(['FORBIDDEN'])
        await new Promise((resolve) => setTimeout(resolve, 1000))
        expect(codesOf(await elsewhere('{ staffMembers { totalCount } }'))).toEqual(['FORBIDDEN'])
      } finally {
        await other.stop()
      }
    })

    it('open an account for who has none, once a username is given', async () => {
      const { data } = await admin(CREATE, { input: { fullName: 'Late Account' } })
      const { id, version } = data?.createStaff ?? {}
      expect(codesOf(await admin(SET_ROLES, { input: { id, version, roles: [Role.STAFF] } }))).toEqual(['BAD_USER_INPUT'])
      expect(codesOf(await admin(SET_ROLES, { input: { id, version, roles: [Role.ADMIN], username: 'late' } }))).toEqual(['FORBIDDEN'])
      const opened = await admin(SET_ROLES, { input: { id, version, roles: [Role.STAFF], username: 'late' } })
      expect(opened.data?.setStaffRoles).toMatchObject({ username: 'late', roles: ['STAFF'], version: version + 1 })
      expect(codesOf(await admin(SET_ROLES, { input: { id, version, roles: [Role.CASHIER] } }))).toEqual(['STALE_VERSION'])
    })
  })

  describe('leaving', () => {
    it('ends their sessions at once, on this instance and within a second on another (RULES S4)', async () => {
      const { id, ask, user } = await member(Role.DOCTOR)
      const other = await TestServer.start({ on: server })
      try {
        const elsewhere = other.as(user)
        expect((await ask(ME)).data?.me.roles).toEqual(['DOCTOR'])
        expect((await elsewhere(ME)).data?.me.roles).toEqual(['DOCTOR'])
        const left = await admin(DEACTIVATE, { id })
        expect(left.data?.deactivateStaff).toMatchObject({ active: false, roles: ['DOCTOR'] })
        expect(codesOf(await ask(ME))).toEqual(['UNAUTHENTICATED'])
        await new Promise((resolve) => setTimeout(resolve, 1000))
        expect(codesOf(await elsewhere(ME))).toEqual(['UNAUTHENTICATED'])
      } finally {
        await other.stop()
      }
    })

    it('closes the sign-in and takes the doctor out of the booking', async () => {
      const { id, user } = await member(Role.DOCTOR)
      const doctor = server.make.doctor({ staff: id })
      await server.make.save()
      await admin(DEACTIVATE, { id })
      expect(codesOf(await server.signIn(user.username))).toEqual(['UNAUTHENTICATED'])
      expect((await admin('query ($id: ID!) { doctor(id: $id) { active } }', { id: doctor.id })).data?.doctor.active).toBe(false)
    })

    it('done twice changes nothing more, and is undone by coming back: old tokens stay dead', async () => {
      const { id, ask, user } = await member(Role.STAFF)
      const once = await admin(DEACTIVATE, { id })
      const twice = await admin(DEACTIVATE, { id })
      expect(twice).toEqual(once)
      const back = await admin(REACTIVATE, { id })
      expect(back.data?.reactivateStaff).toMatchObject({ active: true, roles: ['STAFF'] })
      expect(codesOf(await ask(ME))).toEqual(['UNAUTHENTICATED'])
      expect((await server.signIn(user.username)).errors).toBeUndefined()
    })
  })

  describe('the last owner', () => {
    // A clinic of its own with the owners of each test alone.
    let clinic: TestServer
    let owners: { id: string; ask: Ask }[]
    beforeEach(async () => {
      clinic = await TestServer.start()
      owners = []
      for (let n = 0; n < 2; n += 1) {
        const staff = clinic.make.staff()
        const user = await clinic.make.user(clinic.hasher, [Role.OWNER, Role.DOCTOR], { staff })
        await clinic.make.save()
        owners.push({ id: staff.id, ask: clinic.as(user) })
      }
      return () => clinic.stop()
    })

    const activeOwners = async (): Promise<unknown> =>
      (await clinic.sql("select count(*)::int as n from user_account where active and 'OWNER' = any(roles)"))[0]?.['n']

    it('cannot lay the role down, be demoted or be deactivated', async () => {
      const [first, second] = owners
      expect(
        (await first!.ask(SET_ROLES, { input: { id: second!.id, version: 1, roles: [Role.ADMIN, Role.DOCTOR] } })).errors,
      ).toBeUndefined()
      expect(codesOf(await first!.ask(SET_ROLES, { input: { id: first!.id, version: 1, roles: [Role.DOCTOR] } }))).toEqual(['CONFLICT'])
      expect(codesOf(await first!.ask(DEACTIVATE, { id: first!.id }))).toEqual(['CONFLICT'])
      expect(codesOf(await second!.ask(DEACTIVATE, { id: first!.id }))).toEqual(['FORBIDDEN'])
      expect(await activeOwners()).toBe(1)
    })

    it('stays when two owners take the role from each other at the same time', async () => {
      const [first, second] = owners
      const answers = await Promise.all([
        first!.ask(SET_ROLES, { input: { id: second!.id, version: 1, roles: [Role.DOCTOR] } }),
        second!.ask(SET_ROLES, { input: { id: first!.id, version: 1, roles: [Role.DOCTOR] } }),
      ])
      expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
      expect(answers.flatMap(codesOf)).toEqual(['FORBIDDEN'])
      expect(await activeOwners()).toBe(1)
    })

    it('stays when all owners leave at the same time', async () => {
      const answers = await Promise.all(owners.map(({ id, ask }) => ask(DEACTIVATE, { id })))
      expect(answers.flatMap(codesOf)).toEqual(['CONFLICT'])
      expect(await activeOwners()).toBe(1)
    })
  })
})
