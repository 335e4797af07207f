import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MikroORM } from '@mikro-orm/postgresql'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { ormOptions } from '../../src/database/orm-options.js'
import { buildClinicSchema } from '../../src/graphql/schema.js'
import type { Services } from '../../src/graphql/services.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { TEST_PASSWORD } from '../factories/clinic.js'
import { letterTo, tokenIn } from '../support/mailbox.js'
import { TestServer, type Answer } from '../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>
const NEW_PASSWORD = 'a heron beside the slow canal'

/** One event; what is left out is empty, and the outcome `SUCCESS`. */
interface Event {
  readonly action: string
  readonly outcome?: string
  /** Who did it; `null` for strangers. */
  readonly by: string | null
  /** Whose account it is about, when not the own. */
  readonly about?: string
  readonly entity?: string
  readonly patients?: readonly string[]
  readonly sections?: readonly string[]
  readonly facts?: Record<string, unknown>
}

/** A call of a mutation, made ready, and the events that it must leave: these and no others. */
interface Call {
  readonly ask: () => Promise<Answer>
  /** Asked afterwards: some are about what the call has made. */
  readonly leaves: readonly Event[] | (() => Promise<readonly Event[]>)
  /** Where, when not on the server of the other calls. */
  readonly on?: TestServer
}

const metadata = new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations')).getMetadata()
const { schema } = buildClinicSchema(metadata, {} as Services)

describe('the events of every mutation (RULES S1, SECURITY P1)', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'clinic-audit-'))
  let server: TestServer
  let accounts: Record<Role, User>
  let owner: Ask
  const extra: TestServer[] = []

  beforeAll(async () => {
    server = await TestServer.start({ settings: { CLINIC_DATA_DIR: dataDir } })
    accounts = await server.accounts()
    owner = server.as(accounts.OWNER)
  })
  afterAll(async () => {
    for (const each of [...extra, server]) await each.stop()
    rmSync(dataDir, { recursive: true })
  })

  /** Somebody new who works here. */
  async function colleague(roles: readonly Role[] = [Role.STAFF], email?: string): Promise<{ user: User; ask: Ask; staffId: string }> {
    const staff = server.make.staff(email === undefined ? {} : { email })
    const user = await server.make.user(server.hasher, roles, { staff })
    await server.make.save()
    return { user, ask: server.as(user), staffId: staff.id }
  }

  async function patient(data: object = {}): Promise<Patient> {
    const made = server.make.patient(data)
    await server.make.save()
    return made
  }

  /** Runs what a call needs first. */
  async function done(answer: Promise<Answer>): Promise<any> {
    const { data, errors } = await answer
    expect(errors).toBeUndefined()
    return Object.values(data ?? {})[0]
  }

  const accountNamed = async (username: string, on = server): Promise<string> =>
    (await on.sql('select id from user_account where username = $1', [username]))[0]!['id'] as string
  const versionOf = async (table: string, id: string): Promise<number> =>
    Number((await server.sql(`select version from ${table} where id = $1`, [id]))[0]?.['version'])
  const codeNow = (secret: string): string => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) })
  const withCode = (code: string): [string, Record<string, unknown>] => [
    'mutation ($code: String!) { confirmTotp(code: $code) { __typename } }',
    { code },
  ]
  const breakGlass = (of: Patient): [string, Record<string, unknown>] => [
    'mutation ($input: BreakGlassInput!) { breakGlass(input: $input) { id } }',
    { input: { patientId: of.id, reason: 'Unconscious, no relatives', hours: 1 } },
  ]
  const grantProxy = (of: Patient): [string, Record<string, unknown>] => [
    'mutation ($input: GrantProxyInput!) { grantProxy(input: $input) { id } }',
    {
      input: {
        patientId: of.id,
        holderUsername: accounts.PATIENT.username,
        scope: 'READ',
        validFrom: '2026-01-01T00:00:00Z',
        validTo: '2099-01-01T00:00:00Z',
      },
    },
  ]
  const changePassword = (currentPassword: string): [string, Record<string, unknown>] => [
    'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { __typename } }',
    { input: { currentPassword, newPassword: NEW_PASSWORD } },
  ]

  const CALLS: Readonly<Record<string, () => Promise<Call>>> = {
    login: async () => {
      const { user } = await colleague()
      return {
        ask: () => server.signIn(user.username),
        leaves: [{ action: 'SIGN_IN', by: user.id, entity: 'UserSession', facts: { secondFactor: false } }],
      }
    },
    logout: async () => {
      const { user, ask } = await colleague()
      await ask('{ me { id } }')
      return { ask: () => ask('mutation { logout }'), leaves: [{ action: 'SIGN_OUT', by: user.id, entity: 'UserSession' }] }
    },
    logoutEverywhere: async () => {
      const { user, ask } = await colleague()
      return {
        ask: () => ask('mutation { logoutEverywhere }'),
        leaves: [{ action: 'SIGN_OUT', by: user.id, entity: 'User', facts: { everywhere: true } }],
      }
    },
    // Goes on with what a sign-in has begun; the event is that of the sign-in. A token used twice leaves one of its own.
    refreshSession: async () => {
      const { user } = await colleague()
      const query = 'mutation ($input: LoginInput!) { login(input: $input) { refreshToken } }'
      const input = { username: user.username, password: TEST_PASSWORD, returnRefreshToken: true }
      const { refreshToken } = await done(server.send(query, { input }))
      const refresh = 'mutation ($token: String) { refreshSession(refreshToken: $token) { __typename } }'
      return { ask: () => server.send(refresh, { token: refreshToken }), leaves: [] }
    },
    revokeSession: async () => {
      const { user, ask } = await colleague()
      await server.signIn(user.username)
      const [session] = await server.sql('select id from session where user_id = $1', [user.id])
      return {
        ask: () => ask('mutation ($id: ID!) { revokeSession(id: $id) }', { id: session!['id'] }),
        leaves: [{ action: 'SESSION_REVOKED', by: user.id, entity: 'UserSession' }],
      }
    },
    changePassword: async () => {
      const { user, ask } = await colleague()
      return { ask: () => ask(...changePassword(TEST_PASSWORD)), leaves: [{ action: 'PASSWORD_CHANGED', by: user.id, entity: 'User' }] }
    },
    resetPassword: async () => {
      const { user } = await colleague()
      return {
        ask: () => owner('mutation ($id: ID!) { resetPassword(userId: $id, removeSecondFactor: true) { __typename } }', { id: user.id }),
        leaves: [
          { action: 'SECOND_FACTOR_CHANGED', by: accounts.OWNER.id, about: user.id, entity: 'User', facts: { enabled: false } },
          { action: 'PASSWORD_RESET', by: accounts.OWNER.id, about: user.id, entity: 'User' },
        ],
      }
    },
    unlockAccount: async () => {
      const { user } = await colleague()
      return {
        ask: () => owner('mutation ($id: ID!) { unlockAccount(id: $id) }', { id: user.id }),
        leaves: [{ action: 'ACCOUNT_UNLOCKED', by: accounts.OWNER.id, about: user.id, entity: 'User' }],
      }
    },
    requestPasswordReset: async () => {
      const { user } = await colleague([Role.STAFF], 'asks@mail.test')
      return {
        ask: async () => {
          const answer = await server.send('mutation ($name: String!) { requestPasswordReset(username: $name) }', { name: user.username })
          await letterTo(server, 'asks@mail.test')
          return answer
        },
        leaves: [{ action: 'PASSWORD_RESET_REQUESTED', by: null, about: user.id, entity: 'User' }],
      }
    },
    resetPasswordByLink: async () => {
      const { user } = await colleague([Role.STAFF], 'resets@mail.test')
      await done(server.send('mutation ($name: String!) { requestPasswordReset(username: $name) }', { name: user.username }))
      const input = { token: tokenIn(await letterTo(server, 'resets@mail.test')), newPassword: NEW_PASSWORD }
      return {
        ask: () => server.send('mutation ($input: ResetPasswordByLinkInput!) { resetPasswordByLink(input: $input) }', { input }),
        leaves: [{ action: 'PASSWORD_RESET', by: null, about: user.id, entity: 'User', facts: { by: 'link' } }],
      }
    },
    beginTotp: async () => {
      const { user, ask } = await colleague()
      return {
        ask: () => ask('mutation { beginTotp { __typename } }'),
        leaves: [{ action: 'SECOND_FACTOR_CHANGED', by: user.id, entity: 'User', facts: { begun: true } }],
      }
    },
    confirmTotp: async () => {
      const { user, ask } = await colleague()
      const { secret } = await done(ask('mutation { beginTotp { secret } }'))
      return {
        ask: () => ask(...withCode(codeNow(secret))),
        leaves: [{ action: 'SECOND_FACTOR_CHANGED', by: user.id, entity: 'User', facts: { enabled: true } }],
      }
    },
    removeTotp: async () => {
      const { user, ask } = await colleague()
      return {
        ask: () => ask('mutation ($password: String!) { removeTotp(password: $password) }', { password: TEST_PASSWORD }),
        leaves: [{ action: 'SECOND_FACTOR_CHANGED', by: user.id, entity: 'User', facts: { enabled: false } }],
      }
    },
    invitePatient: async () => {
      const { id } = await patient()
      return {
        ask: () => owner('mutation ($id: ID!) { invitePatient(patientId: $id) { __typename } }', { id }),
        leaves: [
          { action: 'RIGHTS_CHANGED', by: accounts.OWNER.id, entity: 'Patient', patients: [id], facts: { invited: true } },
          { action: 'READ', by: accounts.OWNER.id, patients: [id], sections: ['Patient'] },
        ],
      }
    },
    acceptInvitation: async () => {
      const { id } = await patient({ birthDate: '1984-02-29' })
      const { link } = await done(owner('mutation ($id: ID!) { invitePatient(patientId: $id) { link } }', { id }))
      const input = { token: tokenIn(link), birthDate: '1984-02-29', password: NEW_PASSWORD, username: 'invited-one' }
      return {
        ask: () => server.send('mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename } }', { input }),
        leaves: async () => {
          const userId = await accountNamed('invited-one')
          return [
            { action: 'CREATE', by: null, about: userId, entity: 'User', patients: [id] },
            { action: 'SIGN_IN', by: userId, entity: 'UserSession' },
          ]
        },
      }
    },
    setUpOwner: async () => {
      const empty = await TestServer.start()
      extra.push(empty)
      const input = { token: await empty.app.newSetUpToken(), username: 'ada', displayName: 'Ada Quist', password: NEW_PASSWORD }
      return {
        on: empty,
        ask: () => empty.send('mutation ($input: SetUpOwnerInput!) { setUpOwner(input: $input) { __typename } }', { input }),
        leaves: async () => {
          const userId = await accountNamed('ada', empty)
          return [
            { action: 'CREATE', by: null, about: userId, entity: 'User', facts: { roles: ['OWNER'] } },
            { action: 'SIGN_IN', by: userId, entity: 'UserSession' },
          ]
        },
      }
    },
    createStaff: async () => {
      const input = { fullName: 'Somebody', username: 'new-nurse', roles: [Role.STAFF] }
      const by = accounts.OWNER.id
      return {
        ask: () => owner('mutation ($input: CreateStaffInput!) { createStaff(input: $input) { id } }', { input }),
        leaves: async () => [
          { action: 'CREATE', by, entity: 'Staff' },
          { action: 'RIGHTS_CHANGED', by, about: await accountNamed('new-nurse'), entity: 'Staff', facts: { added: ['STAFF'] } },
        ],
      }
    },
    updateStaff: async () => {
      const { staffId } = await colleague()
      const input = { id: staffId, version: await versionOf('staff', staffId), phone: '+49 1' }
      return {
        ask: () => owner('mutation ($input: UpdateStaffInput!) { updateStaff(input: $input) { id } }', { input }),
        leaves: [{ action: 'UPDATE', by: accounts.OWNER.id, entity: 'Staff', sections: ['phone'] }],
      }
    },
    setStaffRoles: async () => {
      const { user, staffId } = await colleague()
      const input = { id: staffId, version: await versionOf('staff', staffId), roles: [Role.CASHIER] }
      const facts = { added: ['CASHIER'], removed: ['STAFF'] }
      return {
        ask: () => owner('mutation ($input: SetStaffRolesInput!) { setStaffRoles(input: $input) { id } }', { input }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: accounts.OWNER.id, about: user.id, entity: 'Staff', facts }],
      }
    },
    deactivateStaff: async () => {
      const { user, staffId } = await colleague()
      return {
        ask: () => owner('mutation ($id: ID!) { deactivateStaff(id: $id) { id } }', { id: staffId }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: accounts.OWNER.id, about: user.id, entity: 'Staff', facts: { active: false } }],
      }
    },
    reactivateStaff: async () => {
      const { user, staffId } = await colleague()
      await done(owner('mutation ($id: ID!) { deactivateStaff(id: $id) { id } }', { id: staffId }))
      return {
        ask: () => owner('mutation ($id: ID!) { reactivateStaff(id: $id) { id } }', { id: staffId }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: accounts.OWNER.id, about: user.id, entity: 'Staff', facts: { active: true } }],
      }
    },
    createDoctor: async () => ({
      ask: () => owner('mutation ($input: CreateDoctorInput!) { createDoctor(input: $input) { id } }', { input: { fullName: 'Dr. New' } }),
      leaves: [{ action: 'CREATE', by: accounts.OWNER.id, entity: 'Doctor' }],
    }),
    updateDoctor: async () => {
      const { staffId } = await colleague()
      const { id } = server.make.doctor()
      await server.make.save()
      const input = { id, version: 1, specialty: 'Cardiology', staffId }
      return {
        ask: () => owner('mutation ($input: UpdateDoctorInput!) { updateDoctor(input: $input) { id } }', { input }),
        leaves: [{ action: 'UPDATE', by: accounts.OWNER.id, entity: 'Doctor', sections: ['specialty', 'staff'] }],
      }
    },
    grantProxy: async () => {
      const of = await patient()
      const facts = { scope: 'READ', validFrom: '2026-01-01T00:00:00.000Z', validTo: '2099-01-01T00:00:00.000Z' }
      const concerned = { about: accounts.PATIENT.id, entity: 'PatientProxy', patients: [of.id] }
      return {
        ask: () => owner(...grantProxy(of)),
        leaves: [
          { action: 'RIGHTS_CHANGED', by: accounts.OWNER.id, ...concerned, facts },
          { action: 'READ', by: accounts.OWNER.id, patients: [of.id], sections: ['PatientProxy'] },
        ],
      }
    },
    revokeProxy: async () => {
      const of = await patient()
      const { id } = await done(owner(...grantProxy(of)))
      const concerned = { about: accounts.PATIENT.id, entity: 'PatientProxy', patients: [of.id] }
      return {
        ask: () => owner('mutation ($id: ID!) { revokeProxy(id: $id) { id } }', { id }),
        leaves: [
          { action: 'RIGHTS_CHANGED', by: accounts.OWNER.id, ...concerned, facts: { revoked: true } },
          { action: 'READ', by: accounts.OWNER.id, patients: [of.id], sections: ['PatientProxy'] },
        ],
      }
    },
    breakGlass: async () => {
      const of = await patient()
      return {
        ask: () => server.as(accounts.DOCTOR)(...breakGlass(of)),
        leaves: [
          {
            action: 'BREAK_GLASS',
            by: accounts.DOCTOR.id,
            entity: 'BreakGlass',
            patients: [of.id],
            facts: { hours: 1, until: expect.any(String) },
          },
        ],
      }
    },
    reviewBreakGlass: async () => {
      const of = await patient()
      const { id } = await done(server.as(accounts.DOCTOR)(...breakGlass(of)))
      return {
        ask: () => owner('mutation ($id: ID!) { reviewBreakGlass(id: $id, verdict: JUSTIFIED) { id } }', { id }),
        leaves: [
          {
            action: 'BREAK_GLASS_REVIEWED',
            by: accounts.OWNER.id,
            about: accounts.DOCTOR.id,
            entity: 'BreakGlass',
            patients: [of.id],
            facts: { verdict: 'JUSTIFIED' },
          },
        ],
      }
    },
    // The notice itself keeps when it was read; nobody's data are opened by it.
    markNoticeRead: async () => {
      await done(server.as(accounts.DOCTOR)(...breakGlass(await patient())))
      const [notice] = await server.sql('select id from notice where recipient_id = $1 and read_at is null', [accounts.OWNER.id])
      return { ask: () => owner('mutation ($id: ID!) { markNoticeRead(id: $id) { id } }', { id: notice!['id'] }), leaves: [] }
    },
    updateClinicSettings: async () => {
      const [settings] = await server.sql('select version from clinic_setting')
      const input = { version: settings!['version'], careRelationMonths: 13 }
      const facts = { doctorScope: 'ALL_PATIENTS', careRelationMonths: 13 }
      return {
        ask: () => owner('mutation ($input: UpdateClinicSettingsInput!) { updateClinicSettings(input: $input) { id } }', { input }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: accounts.OWNER.id, entity: 'ClinicSettings', sections: ['careRelationMonths'], facts }],
      }
    },
  }

  /** The last event, once everything that waits is in the chain. */
  async function last(on: TestServer): Promise<number> {
    await on.sql("select audit_append('[]')")
    return Number((await on.sql('select coalesce(max(seq), 0) as seq from audit_event'))[0]?.['seq'])
  }

  async function eventsSince(on: TestServer, seq: number): Promise<{ found: unknown[]; rows: Record<string, unknown>[] }> {
    await on.sql("select audit_append('[]')")
    const rows = await on.sql(
      `select action, outcome, user_id, subject_user_id, entity, entity_id, patient_ids::text[] as patients, sections, facts
       from audit_event where seq > $1 order by seq`,
      [seq],
    )
    const found = rows.map((row) => ({
      action: row['action'],
      outcome: row['outcome'],
      by: row['user_id'],
      about: row['subject_user_id'],
      entity: row['entity'],
      patients: row['patients'],
      sections: row['sections'],
      facts: row['facts'],
    }))
    return { found, rows }
  }

  const whole = (event: Event): unknown => ({
    outcome: 'SUCCESS',
    about: null,
    entity: null,
    patients: [],
    sections: [],
    facts: null,
    ...event,
  })

  /** Makes a call, and compares what it leaves; the rows that its events name are there. */
  const expectEvents = async ({ ask, leaves, on = server }: Call): Promise<Answer> => {
    const before = await last(on)
    const answer = await ask()
    const { found, rows } = await eventsSince(on, before)
    expect(found).toEqual((typeof leaves === 'function' ? await leaves() : leaves).map(whole))
    for (const { entity, entity_id: id } of rows) {
      if (entity === null) continue
      const meta = [...metadata].find(({ className }) => className === entity)
      expect(await on.sql(`select id from ${meta?.tableName} where id = $1`, [id])).toHaveLength(1)
    }
    return answer
  }

  it('are listed: a mutation without a line here fails', () => {
    expect(Object.keys(CALLS).toSorted()).toEqual(Object.keys(schema.getMutationType()?.getFields() ?? {}).toSorted())
  })

  it.each(Object.keys(CALLS))('%s', async (name) => {
    const { errors } = await expectEvents(await CALLS[name]!())
    expect(errors).toBeUndefined()
  })

  describe('that fails', () => {
    it('for want of the present password leaves who sat there (SECURITY P1)', async () => {
      const { user, ask } = await colleague()
      const failed = { outcome: 'DENIED', by: user.id, entity: 'User', facts: { reason: 'WRONG_PASSWORD' } }
      await expectEvents({ ask: () => ask(...changePassword('not mine')), leaves: [{ action: 'PASSWORD_CHANGED', ...failed }] })
      const remove = 'mutation { removeTotp(password: "not mine") }'
      await expectEvents({ ask: () => ask(remove), leaves: [{ action: 'SECOND_FACTOR_CHANGED', ...failed }] })
      for (let tries = 2; tries < 5; tries += 1) await ask(remove)
      const closed = { action: 'SECOND_FACTOR_CHANGED', ...failed, facts: { reason: 'TOO_MANY_ATTEMPTS' } }
      await expectEvents({ ask: () => ask(remove), leaves: [closed] })
    })

    it('for a wrong code of a second factor leaves that, and sets nothing up', async () => {
      const { user, ask } = await colleague()
      await done(ask('mutation { beginTotp { secret } }'))
      const failed = (reason: string): Event => ({
        action: 'SECOND_FACTOR_CHANGED',
        outcome: 'DENIED',
        by: user.id,
        entity: 'User',
        facts: { reason },
      })
      await expectEvents({ ask: () => ask(...withCode('12345')), leaves: [failed('WRONG_CODE')] })
      for (let tries = 1; tries < 5; tries += 1) await ask(...withCode('12345'))
      await expectEvents({ ask: () => ask(...withCode('12345')), leaves: [failed('TOO_MANY_ATTEMPTS')] })
      expect((await server.sql('select second_factor_since as since from user_account where id = $1', [user.id]))[0]).toEqual({
        since: null,
      })
    })
  })
})
