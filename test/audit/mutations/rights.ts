import { expect } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import type { Calls, Fixture } from './fixture.js'

/** Who may do what: the staff, doctors, proxies, break-glass and the settings of the clinic. */
export function rightsCalls(f: Fixture): Calls {
  const breakGlass = (of: Patient): [string, Record<string, unknown>] => [
    'mutation ($input: BreakGlassInput!) { breakGlass(input: $input) { id } }',
    { input: { patientId: of.id, reason: 'Unconscious, no relatives', hours: 1 } },
  ]
  const grantProxy = (of: Patient): [string, Record<string, unknown>] => [
    'mutation ($input: GrantProxyInput!) { grantProxy(input: $input) { id } }',
    {
      input: {
        patientId: of.id,
        holderUsername: f.accounts.PATIENT.username,
        scope: 'READ',
        validFrom: '2026-01-01T00:00:00Z',
        validTo: '2099-01-01T00:00:00Z',
      },
    },
  ]
  return {
    createStaff: async () => {
      const input = { fullName: 'Somebody', username: 'new-nurse', roles: [Role.STAFF] }
      const by = f.by
      return {
        ask: () => f.owner('mutation ($input: CreateStaffInput!) { createStaff(input: $input) { id } }', { input }),
        leaves: async () => [
          { action: 'CREATE', by, entity: 'Staff' },
          { action: 'RIGHTS_CHANGED', by, about: await f.accountNamed('new-nurse'), entity: 'Staff', facts: { added: ['STAFF'] } },
        ],
      }
    },
    updateStaff: async () => {
      const { staffId } = await f.colleague()
      const input = { id: staffId, version: await f.versionOf('staff', staffId), phone: '+49 1' }
      return {
        ask: () => f.owner('mutation ($input: UpdateStaffInput!) { updateStaff(input: $input) { id } }', { input }),
        leaves: [{ action: 'UPDATE', by: f.by, entity: 'Staff', sections: ['phone'] }],
      }
    },
    setStaffRoles: async () => {
      const { user, staffId } = await f.colleague()
      const input = { id: staffId, version: await f.versionOf('staff', staffId), roles: [Role.CASHIER] }
      const facts = { added: ['CASHIER'], removed: ['STAFF'] }
      return {
        ask: () => f.owner('mutation ($input: SetStaffRolesInput!) { setStaffRoles(input: $input) { id } }', { input }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: f.by, about: user.id, entity: 'Staff', facts }],
      }
    },
    deactivateStaff: async () => {
      const { user, staffId } = await f.colleague()
      return {
        ask: () => f.owner('mutation ($id: ID!) { deactivateStaff(id: $id) { id } }', { id: staffId }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: f.by, about: user.id, entity: 'Staff', facts: { active: false } }],
      }
    },
    reactivateStaff: async () => {
      const { user, staffId } = await f.colleague()
      await f.done(f.owner('mutation ($id: ID!) { deactivateStaff(id: $id) { id } }', { id: staffId }))
      return {
        ask: () => f.owner('mutation ($id: ID!) { reactivateStaff(id: $id) { id } }', { id: staffId }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: f.by, about: user.id, entity: 'Staff', facts: { active: true } }],
      }
    },
    createDoctor: async () => ({
      ask: () =>
        f.owner('mutation ($input: CreateDoctorInput!) { createDoctor(input: $input) { id } }', { input: { fullName: 'Dr. New' } }),
      leaves: [{ action: 'CREATE', by: f.by, entity: 'Doctor' }],
    }),
    updateDoctor: async () => {
      const { staffId } = await f.colleague()
      const { id } = f.server.make.doctor()
      await f.server.make.save()
      const input = { id, version: 1, specialty: 'Cardiology', staffId }
      return {
        ask: () => f.owner('mutation ($input: UpdateDoctorInput!) { updateDoctor(input: $input) { id } }', { input }),
        leaves: [{ action: 'UPDATE', by: f.by, entity: 'Doctor', sections: ['specialty', 'staff'] }],
      }
    },
    grantProxy: async () => {
      const of = await f.patient()
      const facts = { scope: 'READ', validFrom: '2026-01-01T00:00:00.000Z', validTo: '2099-01-01T00:00:00.000Z' }
      const concerned = { about: f.accounts.PATIENT.id, entity: 'PatientProxy', patients: [of.id] }
      return {
        ask: () => f.owner(...grantProxy(of)),
        leaves: [
          { action: 'RIGHTS_CHANGED', by: f.by, ...concerned, facts },
          { action: 'READ', by: f.by, patients: [of.id], sections: ['PatientProxy'] },
        ],
      }
    },
    revokeProxy: async () => {
      const of = await f.patient()
      const { id } = await f.done(f.owner(...grantProxy(of)))
      const concerned = { about: f.accounts.PATIENT.id, entity: 'PatientProxy', patients: [of.id] }
      return {
        ask: () => f.owner('mutation ($id: ID!) { revokeProxy(id: $id) { id } }', { id }),
        leaves: [
          { action: 'RIGHTS_CHANGED', by: f.by, ...concerned, facts: { revoked: true } },
          { action: 'READ', by: f.by, patients: [of.id], sections: ['PatientProxy'] },
        ],
      }
    },
    breakGlass: async () => {
      const of = await f.patient()
      return {
        ask: () => f.server.as(f.accounts.DOCTOR)(...breakGlass(of)),
        leaves: [
          {
            action: 'BREAK_GLASS',
            by: f.accounts.DOCTOR.id,
            entity: 'BreakGlass',
            patients: [of.id],
            facts: { hours: 1, until: expect.any(String) },
          },
        ],
      }
    },
    reviewBreakGlass: async () => {
      const of = await f.patient()
      const { id } = await f.done(f.server.as(f.accounts.DOCTOR)(...breakGlass(of)))
      return {
        ask: () => f.owner('mutation ($id: ID!) { reviewBreakGlass(id: $id, verdict: JUSTIFIED) { id } }', { id }),
        leaves: [
          {
            action: 'BREAK_GLASS_REVIEWED',
            by: f.by,
            about: f.accounts.DOCTOR.id,
            entity: 'BreakGlass',
            patients: [of.id],
            facts: { verdict: 'JUSTIFIED' },
          },
        ],
      }
    },
    // The notice itself keeps when it was read; nobody's data are opened by it.
    markNoticeRead: async () => {
      await f.done(f.server.as(f.accounts.DOCTOR)(...breakGlass(await f.patient())))
      const [notice] = await f.server.sql('select id from notice where recipient_id = $1 and read_at is null', [f.by])
      return { ask: () => f.owner('mutation ($id: ID!) { markNoticeRead(id: $id) { id } }', { id: notice!['id'] }), leaves: [] }
    },
    updateClinicSettings: async () => {
      const [settings] = await f.server.sql('select version from clinic_setting')
      const input = { version: settings!['version'], careRelationMonths: 13 }
      const facts = { doctorScope: 'ALL_PATIENTS', careRelationMonths: 13 }
      return {
        ask: () => f.owner('mutation ($input: UpdateClinicSettingsInput!) { updateClinicSettings(input: $input) { id } }', { input }),
        leaves: [{ action: 'RIGHTS_CHANGED', by: f.by, entity: 'ClinicSettings', sections: ['careRelationMonths'], facts }],
      }
    },
  }
}
