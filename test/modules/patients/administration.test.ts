import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import type { User } from '../../../src/modules/identity/user.entity.js'
import { isValidMrn } from '../../../src/modules/patients/mrn.js'
import type { Patient } from '../../../src/modules/patients/patient.entity.js'
import { codesOf, TestServer, type Answer } from '../../support/server.js'

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>

const CREATE = `mutation ($input: CreatePatientInput!) { createPatient(input: $input) {
  __typename
  ... on Patient { id mrn version firstName lastName birthDate sex phone email language address { city country } }
  ... on PossibleDuplicates { candidates { score patient { id } } }
} }`
const UPDATE =
  'mutation ($input: UpdatePatientInput!) { updatePatient(input: $input) { id version firstName phone email address { city } } }'

describe('patient administration', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  let clerk: Ask
  let serial = 0

  beforeAll(async () => {
    server = await TestServer.start()
    accounts = await server.accounts()
    clerk = server.as(accounts.REGISTRATION_CLERK)
  })
  afterAll(() => server.stop())

  const person = (more: object = {}): Record<string, unknown> => {
    serial += 1
    const day = new Date(Date.UTC(1950, 0, 1) + serial * 86_400_000).toISOString().slice(0, 10)
    return { firstName: `Given${serial}`, lastName: `Family${'abcdefghijklmnop'[serial % 16]}`, birthDate: day, sex: 'FEMALE', ...more }
  }
  const create = async (input: object, as = clerk): Promise<any> => {
    const { data, errors } = await as(CREATE, { input })
    expect(errors).toBeUndefined()
    return data?.createPatient
  }
  const patient = async (more: object = {}): Promise<Patient> => {
    const made = server.make.patient(more)
    await server.make.save()
    return made
  }
  const count = async (): Promise<number> => Number((await server.sql('select count(*) from patient'))[0]?.['count'])

  describe('registering', () => {
    it('gives a record number with a check digit, and never the same again (RULES P1)', async () => {
      const input = person({
        firstName: ' Ana ',
        email: 'ana@example.org',
        phone: '+49 30 1234',
        language: 'DE-de',
        address: { city: 'Berlin', country: 'de' },
      })
      const made = await create(input)
      expect(made).toMatchObject({
        __typename: 'Patient',
        firstName: 'Ana',
        email: 'ana@example.org',
        language: 'de-DE',
        address: { city: 'Berlin', country: 'DE' },
      })
      const others = await Promise.all(Array.from({ length: 8 }, () => create(person())))
      const mrns = [made, ...others].map(({ mrn }) => mrn)
      expect(new Set(mrns).size).toBe(9)
      expect(mrns.every(isValidMrn)).toBe(true)
      expect(await server.lastEvent('CREATE')).toMatchObject({ entity: 'Patient' })
    })

    it('is done once for 32 requests with one key, and refused for another input (SECURITY C4)', async () => {
      const input = person({ idempotencyKey: 'desk-1' })
      const before = await count()
      const answers = await Promise.all(Array.from({ length: 32 }, () => create(input)))
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
      expect(await count()).toBe(before + 1)
      expect(codesOf(await clerk(CREATE, { input: { ...input, firstName: 'Other' } }))).toEqual(['CONFLICT'])
      const another = await create(person({ idempotencyKey: 'desk-1' }), server.as(accounts.STAFF))
      expect(another.id).not.toBe(answers[0].id)
    })

    it.each([
      ['firstName', { firstName: ' ' }],
      ['lastName', { lastName: 'x'.repeat(201) }],
      ['birthDate', { birthDate: '1849-12-31' }],
      ['birthDate', { birthDate: '2999-01-01' }],
      ['email', { email: 'nobody' }],
      ['phone', { phone: 'none' }],
      ['language', { language: 'no language' }],
      ['address.country', { address: { country: 'Germany' } }],
    ])('refuses a wrong %s', async (field, wrong) => {
      const answer = await clerk(CREATE, { input: person(wrong) })
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT'])
      expect(answer.errors?.[0]?.extensions['fields']).toEqual([expect.objectContaining({ field: `input.${field}` })])
    })

    it.each([Role.PHARMACIST, Role.CASHIER, Role.ANALYST, Role.PATIENT])('is not for %s', async (role) => {
      expect(codesOf(await server.as(accounts[role])(CREATE, { input: person() }))).toEqual(['FORBIDDEN'])
    })

    it('by a doctor who is bounded to their patients lets them reach the patient from then on', async () => {
      await server.sql("update clinic_setting set doctor_scope = 'CARE_RELATION'")
      try {
        const staff = server.make.staff()
        server.make.doctor({ staff })
        const doctor = await server.make.user(server.hasher, [Role.DOCTOR], { staff })
        const other = await patient()
        const ask = server.as(doctor)
        const made = await create(person(), ask)
        expect((await ask('query ($id: ID!) { patient(id: $id) { firstName } }', { id: made.id })).data?.patient.firstName).toBe(
          made.firstName,
        )
        const { data } = await ask(UPDATE, { input: { id: made.id, version: made.version, phone: '030 99999' } })
        expect(data?.updatePatient.phone).toBe('030 99999')
        expect(codesOf(await ask(UPDATE, { input: { id: other.id, version: 1, phone: '030 99999' } }))).toEqual(['NOT_FOUND'])
      } finally {
        await server.sql("update clinic_setting set doctor_scope = 'ALL_PATIENTS'")
      }
    })
  })

  describe('changing', () => {
    it('keeps what is not given, empties what is null, and notes names of fields only (SECURITY P7)', async () => {
      const made = await create(person({ email: 'a@example.org', phone: '030 1234', address: { city: 'Bonn' } }))
      const { data } = await clerk(UPDATE, { input: { id: made.id, version: made.version, email: null, firstName: 'Neu' } })
      expect(data?.updatePatient).toMatchObject({ firstName: 'Neu', email: null, phone: '030 1234', address: { city: 'Bonn' }, version: 2 })
      const event = await server.lastEvent('UPDATE')
      expect(event).toMatchObject({ entity: 'Patient', entityId: made.id, facts: null })
      expect((event?.['sections'] as string[]).toSorted()).toEqual(['email', 'firstName'])
    })

    it('loses no change: of 32 at once from one version one is accepted (SECURITY C5)', async () => {
      const { id } = await patient()
      const answers = await Promise.all(
        Array.from({ length: 32 }, (_, index) => clerk(UPDATE, { input: { id, version: 1, firstName: `N${index}` } })),
      )
      expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
      expect(answers.flatMap(codesOf)).toEqual(Array.from({ length: 31 }, () => 'STALE_VERSION'))
    })

    it('refuses an empty name, and a patient who is not there', async () => {
      const { id } = await patient()
      expect(codesOf(await clerk(UPDATE, { input: { id, version: 1, firstName: null } }))).toEqual(['BAD_USER_INPUT'])
      expect(codesOf(await clerk(UPDATE, { input: { id: '018f0000-0000-7000-8000-0000000000ff', version: 1 } }))).toEqual(['NOT_FOUND'])
    })
  })

  describe('a death', () => {
    const DIE = 'mutation ($input: RecordPatientDeathInput!) { recordPatientDeath(input: $input) { deceasedAt version } }'
    const UNDO = 'mutation ($id: ID!, $version: Int!) { undoPatientDeath(patientId: $id, version: $version) { deceasedAt version } }'

    it('is noted and taken back', async () => {
      const { id } = await patient()
      const input = { patientId: id, version: 1, deceasedAt: '2026-01-02T03:04:00Z' }
      expect((await clerk(DIE, { input })).data?.recordPatientDeath).toEqual({ deceasedAt: '2026-01-02T03:04:00.000Z', version: 2 })
      expect(codesOf(await clerk(DIE, { input }))).toEqual(['STALE_VERSION'])
      expect(codesOf(await clerk(DIE, { input: { ...input, version: 2 } }))).toEqual(['INVALID_TRANSITION'])
      expect((await clerk(UNDO, { id, version: 2 })).data?.undoPatientDeath).toEqual({ deceasedAt: null, version: 3 })
      expect(codesOf(await clerk(UNDO, { id, version: 3 }))).toEqual(['INVALID_TRANSITION'])
    })

    it('may be on the day of the birth, which begins in the east while it is still the day before in Greenwich', async () => {
      const { id } = await patient({ birthDate: '2026-11-10' })
      // Two in the morning of the tenth in Sydney.
      const input = { patientId: id, version: 1, deceasedAt: '2026-11-09T15:00:00Z' }
      expect(codesOf(await clerk(DIE, { input }))).toEqual([])
      const correct = (birthDate: string) =>
        clerk('mutation ($input: UpdatePatientInput!) { updatePatient(input: $input) { version } }', {
          input: { id, version: 2, birthDate },
        })
      expect(codesOf(await correct('2026-11-11'))).toEqual(['CONFLICT'])
      expect(codesOf(await correct('2026-11-10'))).toEqual([])
    })

    it('is neither to come nor before the birth', async () => {
      const { id } = await patient()
      for (const deceasedAt of ['2999-01-01T00:00:00Z', '1979-01-01T00:00:00Z'])
        expect(codesOf(await clerk(DIE, { input: { patientId: id, version: 1, deceasedAt } }))).toEqual(['BAD_USER_INPUT'])
    })
  })

  describe('numbers of others (RULES P1)', () => {
    const ADD = 'mutation ($input: AddPatientIdentifierInput!) { addPatientIdentifier(input: $input) { id type system } }'
    const REMOVE = 'mutation ($id: ID!) { removePatientIdentifier(id: $id) { identifiers { id } } }'

    it('are added once per issuer and removed', async () => {
      const [one, other] = [await patient(), await patient()]
      const input = { patientId: one.id, type: 'PASSPORT', system: 'DE', value: 'C01X00T47' }
      const { data } = await clerk(ADD, { input })
      expect(data?.addPatientIdentifier).toMatchObject({ type: 'PASSPORT', system: 'DE' })
      expect(codesOf(await clerk(ADD, { input: { ...input, patientId: other.id } }))).toEqual(['CONFLICT'])
      expect(await server.lastEvent('CREATE')).toMatchObject({ entity: 'PatientIdentifier', facts: { type: 'PASSPORT' } })
      expect((await clerk(REMOVE, { id: data?.addPatientIdentifier.id })).data?.removePatientIdentifier.identifiers).toEqual([])
      expect(codesOf(await clerk(REMOVE, { id: data?.addPatientIdentifier.id }))).toEqual(['NOT_FOUND'])
    })
  })

  describe('contacts and guardians (RULES P6)', () => {
    const ADD = 'mutation ($input: AddPatientContactInput!) { addPatientContact(input: $input) { id version fullName guardian emergency } }'
    const CHANGE = 'mutation ($input: UpdatePatientContactInput!) { updatePatientContact(input: $input) { version phone guardian } }'
    const REMOVE = 'mutation ($id: ID!, $version: Int!) { removePatientContact(id: $id, version: $version) { contacts { id } } }'

    it('are added, changed and removed', async () => {
      const { id: patientId } = await patient()
      const { data } = await clerk(ADD, {
        input: { patientId, fullName: 'Mother', relationship: 'mother', phone: '030 1234', guardian: true },
      })
      const contact = data?.addPatientContact
      expect(contact).toMatchObject({ fullName: 'Mother', guardian: true, emergency: false, version: 1 })
      const changed = await clerk(CHANGE, { input: { id: contact.id, version: 1, phone: '030 5678', guardian: false } })
      expect(changed.data?.updatePatientContact).toEqual({ version: 2, phone: '030 5678', guardian: false })
      expect(codesOf(await clerk(CHANGE, { input: { id: contact.id, version: 1, phone: '030 5678' } }))).toEqual(['STALE_VERSION'])
      expect(codesOf(await clerk(CHANGE, { input: { id: contact.id, version: 2, phone: null } }))).toEqual(['BAD_USER_INPUT'])
      expect((await clerk(REMOVE, { id: contact.id, version: 2 })).data?.removePatientContact.contacts).toEqual([])
    })

    it('cannot be called without a number or an address', async () => {
      const { id: patientId } = await patient()
      expect(codesOf(await clerk(ADD, { input: { patientId, fullName: 'Nobody' } }))).toEqual(['BAD_USER_INPUT'])
    })
  })

  describe('consents of a clinic whose day is not that of Greenwich (RULES P7)', () => {
    it('hold from the morning of their first day to the evening of their last', async () => {
      const east = new Date().getUTCHours() >= 10
      // It is the next day there already, or still the day before.
      const location = server.make.location({ timeZone: east ? 'Pacific/Kiritimati' : 'Etc/GMT+12' })
      const { id: patientId } = await patient()
      const [row] = await server.sql('select (now() at time zone $1)::date::text as today, current_date::text as greenwich', [
        location.timeZone,
      ])
      const { today, greenwich } = row as { today: string; greenwich: string }
      expect(today).not.toBe(greenwich)
      const record = async (days: object): Promise<any> => {
        const input = { patientId, kind: 'RESEARCH', formVersion: '1', signerName: 'W. Mueller', signer: 'PATIENT', ...days }
        const answer = await clerk('mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { validFrom active } }', {
          input,
        })
        expect(answer.errors).toBeUndefined()
        return answer.data?.['recordConsent']
      }
      try {
        for (const days of [{}, { validFrom: today }, { validFrom: '2026-01-01', validTo: today }])
          expect((await record(days)).active).toBe(true)
        expect((await record({})).validFrom).toBe(today)
        // One that has ended here and not in Greenwich, or has begun there and not here.
        const foreign = east ? { validFrom: '2026-01-01', validTo: greenwich } : { validFrom: greenwich }
        expect((await record(foreign)).active).toBe(false)
      } finally {
        await server.sql('delete from location where id = $1', [location.id])
      }
    })
  })

  describe('consents (RULES P7)', () => {
    const RECORD = `mutation ($input: RecordConsentInput!) { recordConsent(input: $input) {
      id version kind formVersion signerName signer validFrom validTo revokedAt active } }`
    const REVOKE = 'mutation ($id: ID!, $version: Int!) { revokeConsent(id: $id, version: $version) { active revokedAt version } }'

    it('have a kind, a version, a signer, a beginning and an end, and are revoked', async () => {
      const { id: patientId } = await patient()
      const input = {
        patientId,
        kind: 'PHOTOGRAPHY',
        formVersion: '2026-03',
        signerName: 'Mother',
        signer: 'GUARDIAN',
        validFrom: '2026-01-01',
      }
      const { data } = await clerk(RECORD, { input })
      expect(data?.recordConsent).toMatchObject({
        kind: 'PHOTOGRAPHY',
        formVersion: '2026-03',
        signer: 'GUARDIAN',
        active: true,
        validTo: null,
      })
      const { id } = data?.recordConsent
      const revoked = await clerk(REVOKE, { id, version: 1 })
      expect(revoked.data?.revokeConsent).toMatchObject({ active: false, revokedAt: expect.any(String), version: 2 })
      expect(codesOf(await clerk(REVOKE, { id, version: 2 }))).toEqual(['INVALID_TRANSITION'])
      await clerk(RECORD, { input: { ...input, formVersion: '2026-04', validTo: '2026-01-31' } })
      const list = await clerk('query ($id: ID!) { patient(id: $id) { consents { formVersion active } } }', { id: patientId })
      expect(list.data?.patient.consents).toEqual([
        { formVersion: '2026-04', active: false },
        { formVersion: '2026-03', active: false },
      ])
    })

    it('do not end before they begin, nor begin in the future', async () => {
      const { id: patientId } = await patient()
      const input = { patientId, kind: 'TREATMENT', formVersion: '1', signerName: 'X', signer: 'PATIENT' }
      for (const wrong of [{ validFrom: '2026-02-01', validTo: '2026-01-01' }, { validFrom: '2999-01-01' }])
        expect(codesOf(await clerk(RECORD, { input: { ...input, ...wrong } }))).toEqual(['BAD_USER_INPUT'])
    })
  })
})
