import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { isValidMrn } from '../../../src/modules/patients/mrn.js'
import { recordContentHash, type SignedContent } from '../../../src/modules/records/content-hash.js'
import { bundle, concept, directory, fhir, InputFolder, LOINC, NPI, SNOMED, urn, wholePatient } from './fhir-fixtures.js'
import { ImportHarness } from './import-harness.js'

let clinic: ImportHarness

beforeAll(async () => {
  clinic = await ImportHarness.create()
})
afterAll(async () => clinic.close())

describe('a patient with one visit (RULES X1)', () => {
  test('arrives with everything, linked as the source links it', async () => {
    const result = await clinic.importBundle([...wholePatient('whole'), ...directory()])

    expect(result.imbalance).toEqual([])
    expect(result.problems.filter((problem) => problem.severity !== 'info')).toEqual([])
    const patient = await clinic.rowOf('patient', 'Patient', 'whole')
    expect(patient).toMatchObject({
      first_name: 'José María',
      last_name: 'Núñez',
      sex: 'MALE',
      language: 'es',
      phone: '555-010-2030',
      address_city: 'Springfield',
      allergy_status: 'RECORDED',
      version: 1,
    })
    expect(isValidMrn(String(patient?.['mrn']))).toBe(true)
    const record = await clinic.rowOf('medical_record', 'Encounter', 'whole-enc')
    expect(record).toMatchObject({
      status: 'SIGNED',
      encounter_type: 'Encounter for check up',
      signed_at: new Date('2015-03-02T08:20:00Z'),
    })
    const [appointment] = await clinic.rows('select * from appointment where id = $1', record?.['appointment_id'])
    expect(appointment).toMatchObject({
      status: 'COMPLETED',
      starts_at: new Date('2015-03-02T08:00:00Z'),
      ends_at: new Date('2015-03-02T08:20:00Z'),
    })
    expect(appointment?.['doctor_id']).toBe(record?.['author_id'])
    expect(
      await clinic.rows('select rank, code_system, code, display, certainty from diagnosis where medical_record_id = $1', record?.['id']),
    ).toEqual([{ rank: 1, code_system: 'SNOMED_CT', code: '15777000', display: 'Prediabetes', certainty: 'CONFIRMED' }])
    expect(await clinic.rowOf('vital', 'Observation', 'whole-obs')).toMatchObject({
      code: '8302-2',
      value: expect.stringMatching(/^171\.50*$/),
      unit: 'cm',
      medical_record_id: record?.['id'],
    })
    expect(await clinic.rowOf('allergy', 'AllergyIntolerance', 'whole-all')).toMatchObject({
      criticality: 'HIGH',
      category: 'FOOD',
      reactions: ['Hives', 'Wheezing'],
    })
    expect(await clinic.rowOf('procedure', 'Procedure', 'whole-pro')).toMatchObject({
      status: 'COMPLETED',
      name: 'Colonoscopy',
      appointment_id: appointment?.['id'],
    })
    const plan = await clinic.rowOf('treatment_plan', 'CarePlan', 'whole-pla')
    expect(plan).toMatchObject({
      title: 'Diabetes self management plan',
      status: 'IN_PROGRESS',
      diagnosis_summary: 'Prediabetes',
      doctor_id: record?.['author_id'],
    })
    expect(
      await clinic.rows('select position, display, status from treatment_plan_item where treatment_plan_id = $1 order by 1', plan?.['id']),
    ).toEqual([
      { position: 1, display: 'Diabetic diet', status: 'PLANNED' },
      { position: 2, display: 'Exercise therapy', status: 'DONE' },
    ])
    const item = await clinic.rowOf('prescription_item', 'MedicationRequest', 'whole-ord')
    expect(item).toMatchObject({ code_system: 'RXNORM', code: '834102', status: 'STOPPED', refills: 0 })
    const [prescription] = await clinic.rows('select * from prescription where id = $1', item?.['prescription_id'])
    expect(prescription).toMatchObject({ prescriber_id: record?.['author_id'], appointment_id: appointment?.['id'] })
  })

  test('has a record whose content hash can be computed again from the rows (RULES C2)', async () => {
    await clinic.importBundle([...wholePatient('hash'), ...directory()])
    const record = await clinic.rowOf('medical_record', 'Encounter', 'hash-enc')
    const vitals = await clinic.rows('select * from vital where medical_record_id = $1', record?.['id'])
    const diagnoses = await clinic.rows('select * from diagnosis where medical_record_id = $1', record?.['id'])
    const content = {
      authorId: record?.['author_id'],
      occurredAt: record?.['occurred_at'],
      encounterType: record?.['encounter_type'],
      subjective: record?.['subjective'],
      findings: null,
      assessment: null,
      plan: null,
      diagnoses: diagnoses.map((row) => ({ ...row, codeSystem: row['code_system'] })),
      vitals: vitals.map((row) => ({ ...row, codeSystem: row['code_system'], measuredAt: row['measured_at'] })),
      currentMedications: [],
    }
    expect(recordContentHash(content as unknown as SignedContent)).toBe(record?.['content_hash'])
  })
})

describe('names', () => {
  test('lose digits glued to them, which is said, and keep accents and apostrophes', async () => {
    const result = await clinic.importBundle([
      fhir.patient('digits', { name: [{ family: "O'Hara248", given: ['Renée471', 'Zoë-Ann12'] }] }),
    ])
    expect(await clinic.rowOf('patient', 'Patient', 'digits')).toMatchObject({ first_name: 'Renée Zoë-Ann', last_name: "O'Hara" })
    expect(result.codesOf('digits')).toContain('name-digits-removed')
    expect(JSON.stringify(result.problems)).not.toContain('Hara')
  })

  test('keep their digits when asked to', async () => {
    await clinic.importBundle([fhir.patient('keep-digits', { name: [{ family: 'Carroll471' }] })], { keepNameDigits: true })
    expect(await clinic.rowOf('patient', 'Patient', 'keep-digits')).toMatchObject({ last_name: 'Carroll471' })
  })
})

describe('practitioners', () => {
  test('are one doctor each, however often bundles post them and whatever their id', async () => {
    await using folder = await InputFolder.create()
    const result = await clinic.importFiles([
      await folder.write('a.json', bundle(fhir.practitioner('again-1', '1111111111'))),
      await folder.write('b.json', bundle(fhir.practitioner('again-1', '1111111111', { meta: { lastUpdated: '2020-01-01T00:00:00Z' } }))),
      await folder.write('c.json', bundle(fhir.practitioner('again-2', '1111111111'))),
    ])
    expect(await clinic.rows('select full_name from doctor where license_number = $1', '1111111111')).toEqual([
      { full_name: 'Dr. Wynell Olson' },
    ])
    expect(result.countOf('Practitioner')).toEqual({ read: 3, created: 1, updated: 0, unchanged: 2, skipped: 0 })
  })

  test('with one number and two different names are two doctors, the second without the number', async () => {
    const other = fhir.practitioner('other', '2222222222', { name: [{ family: 'Bode', given: ['Rex'] }] })
    const result = await clinic.importBundle([fhir.practitioner('one', '2222222222'), other])
    expect(await clinic.rowOf('doctor', 'Practitioner', 'other')).toMatchObject({ full_name: 'Rex Bode', license_number: null })
    expect(result.codesOf('other')).toEqual(['licence-taken'])
  })

  test('get their specialty from their role', async () => {
    const role = {
      resourceType: 'PractitionerRole',
      id: 'role-1',
      practitioner: { identifier: { system: NPI, value: '3333333333' } },
      specialty: [{ text: 'Dermatology' }],
    }
    await clinic.importBundle([role, fhir.practitioner('with-role', '3333333333')])
    expect(await clinic.rowOf('doctor', 'Practitioner', 'with-role')).toMatchObject({ specialty: 'Dermatology' })
  })

  test('known from references only are kept by name and number, and completed when they come', async () => {
    const seen = { individual: { reference: `Practitioner?identifier=${NPI}|4444444444`, display: 'Dr. Rosette746 Bruen238' } }
    await clinic.importBundle([fhir.patient('ref-only'), fhir.encounter('ref-only-enc', 'ref-only', { participant: [seen] })])
    const [before] = await clinic.rows('select id, full_name from doctor where license_number = $1', '4444444444')
    expect(before?.['full_name']).toBe('Dr. Rosette Bruen')
    const person = fhir.practitioner('comes-later', '4444444444', {
      active: false,
      name: [{ family: 'Bruen', given: ['Rosette'], prefix: ['Prof.'] }],
    })
    const result = await clinic.importBundle([person])
    expect(result.countOf('Practitioner')?.updated).toBe(1)
    expect(await clinic.rows('select id, full_name, active from doctor where license_number = $1', '4444444444')).toEqual([
      { id: before?.['id'], full_name: 'Prof. Rosette Bruen', active: false },
    ])
  })
})

describe('references', () => {
  test('of all three kinds are followed, across files in any order', async () => {
    await using folder = await InputFolder.create()
    const enc = (id: string, individual: object, serviceProvider: object): ReturnType<typeof fhir.encounter> =>
      fhir.encounter(id, 'three', { subject: { reference: 'Patient/three' }, participant: [{ individual }], serviceProvider })
    const result = await clinic.importFiles([
      await folder.write(
        '1.json',
        bundle(
          enc('three-urn', urn('three-doc'), urn('three-org')),
          enc('three-rel', { reference: 'Practitioner/three-doc' }, { reference: 'https://elsewhere.example/fhir/Organization/three-org' }),
          enc(
            'three-con',
            { reference: `Practitioner?identifier=${NPI}|5555555555` },
            { reference: 'Organization?identifier=http://directory.example|three-org' },
          ),
        ),
      ),
      await folder.write(
        '2.ndjson.gz',
        `${JSON.stringify(fhir.patient('three'))}\n\n${JSON.stringify(fhir.organization('three-org', 'Three Ways Clinic'))}\n`,
      ),
      await folder.write('3.json.gz', bundle(fhir.practitioner('three-doc', '5555555555'))),
    ])
    expect(result.problems).toEqual([])
    const rows = await clinic.rows(
      `select d.license_number, l.name, l.active, count(*)::int from appointment a join doctor d on d.id = a.doctor_id join location l on l.id = a.location_id
       join patient p on p.id = a.patient_id join patient_identifier i on i.patient_id = p.id where i.value = 'mr-three' group by 1, 2, 3`,
    )
    expect(rows).toEqual([{ license_number: '5555555555', name: 'Three Ways Clinic', active: false, count: 3 }])
  })

  test('to what only an earlier import brought are followed', async () => {
    await clinic.importBundle([...wholePatient('earlier'), ...directory()])
    const later = fhir.procedure('later-pro', 'earlier', 'earlier-enc', {
      subject: { reference: 'Patient?identifier=http://hospital.example|mr-earlier' },
    })
    const result = await clinic.importBundle([later])
    expect(result.countOf('Procedure')?.created).toBe(1)
    const [row] = await clinic.rows(
      `select p.appointment_id is not null as linked from procedure p join source_link l on l.entity_id = p.id where l.external_id = 'later-pro'`,
    )
    expect(row).toEqual({ linked: true })
  })

  test('to people and places nobody knows are left out, which is said', async () => {
    const unknown = urn('never-seen')
    const result = await clinic.importBundle([
      fhir.patient('loose'),
      fhir.encounter('loose-enc', 'loose', { serviceProvider: unknown }),
      fhir.procedure('loose-pro', 'loose', 'loose-enc', { performer: [{ actor: unknown }], basedOn: [unknown] }),
      fhir.order('loose-ord', 'loose', 'loose-enc', { requester: unknown, dosageInstruction: [{ text: 'As told.' }] }),
      ...directory(),
    ])
    expect(['loose-enc', 'loose-pro', 'loose-ord'].map((id) => result.codesOf(id))).toEqual([
      ['not-linked'],
      ['not-linked', 'not-linked'],
      ['not-linked'],
    ])
    const record = await clinic.rowOf('medical_record', 'Encounter', 'loose-enc')
    const sql = 'select l.name, l.active from location l join appointment a on a.location_id = l.id where a.id = $1'
    expect(await clinic.rows(sql, record?.['appointment_id'])).toEqual([{ name: 'Imported history', active: false }])
  })

  test('to a patient nobody knows leave the resource out and say so', async () => {
    const result = await clinic.importBundle([
      fhir.allergy('orphan', 'nobody-knows'),
      { ...fhir.allergy('ownerless', 'x'), patient: undefined },
    ])
    expect(result.codesOf('orphan')).toEqual(['patient-not-found'])
    expect(result.codesOf('ownerless')).toEqual(['patient-not-found'])
  })
})

describe('visits', () => {
  const visit = async (
    id: string,
    encounter: object,
    patient: object = {},
  ): Promise<{ codes: readonly string[]; record: unknown; appointment: unknown }> => {
    const result = await clinic.importBundle([fhir.patient(id, patient), fhir.encounter(`${id}-enc`, id, encounter), ...directory()])
    const record = await clinic.rowOf('medical_record', 'Encounter', `${id}-enc`)
    return { codes: result.codesOf(`${id}-enc`), record, appointment: record?.['appointment_id'] }
  }

  test.each([
    [
      'of 55 years',
      { period: { start: '1966-01-05T08:00:00Z', end: '2021-02-01T08:00:00Z' } },
      { birthDate: '1950-01-01' },
      ['no-appointment-length'],
    ],
    ['after death', {}, { deceasedDateTime: '2014-12-31T10:00:00Z' }, ['after-death', 'no-appointment-death']],
    [
      'that ends before it begins',
      { period: { start: '2015-03-02T09:00:00Z', end: '2015-03-01T09:00:00Z' } },
      {},
      ['end-left-out', 'no-appointment-times'],
    ],
    ['without an end', { period: { start: '2015-03-02T09:00:00Z' } }, {}, ['no-appointment-times']],
    ['in hospital', { class: { code: 'IMP' } }, {}, ['no-appointment-class']],
  ])('%s have a record and no appointment', async (name, encounter, patient, codes) => {
    const seen = await visit(`visit ${name}`.replaceAll(' ', '-'), encounter, patient)
    expect(seen.codes).toEqual(codes)
    expect(seen.record).toMatchObject({ status: 'SIGNED' })
    expect(seen.appointment).toBeNull()
  })

  test.each([
    ['before birth', { period: { start: '1969-12-31T09:00:00Z', end: '1969-12-31T09:10:00Z' } }, 'before-birth'],
    ['in the future', { period: { start: '2999-01-01T09:00:00Z', end: '2999-01-01T09:10:00Z' } }, 'in-future'],
    ['only planned', { status: 'planned' }, 'planned-visit'],
    ['without a date', { period: {} }, 'no-date'],
  ])('%s are left out (RULES C4)', async (name, encounter, code) => {
    const seen = await visit(`visit ${name}`.replaceAll(' ', '-'), encounter)
    expect(seen).toMatchObject({ codes: [code], record: undefined })
  })

  test('of nobody known are drafts: nobody signed them', async () => {
    const seen = await visit('unsigned', { participant: undefined })
    expect(seen.codes).toEqual(['no-appointment-doctor', 'record-unsigned'])
    expect(seen.record).toMatchObject({ status: 'DRAFT', signed_at: null, content_hash: null })
  })

  test('that were cancelled are cancelled appointments without a record', async () => {
    const seen = await visit('cancelled', { status: 'cancelled' })
    expect(seen.record).toBeUndefined()
    expect(await clinic.rowOf('appointment', 'Encounter', 'cancelled-enc')).toMatchObject({ status: 'CANCELLED' })
  })
})

describe('what belongs to a visit', () => {
  const one = async (id: string, ...resources: readonly ReturnType<typeof fhir.vital>[]): ReturnType<ImportHarness['importBundle']> =>
    clinic.importBundle([fhir.patient(id), fhir.encounter(`${id}-enc`, id), ...directory(), ...resources])

  test('blood pressure becomes two measurements', async () => {
    const part = (code: string, display: string, value: number): object => ({
      code: concept(LOINC, code, display),
      valueQuantity: { value, unit: 'mm[Hg]' },
    })
    await one(
      'pressure',
      fhir.vital('bp', 'pressure', 'pressure-enc', {
        code: concept(LOINC, '85354-9', 'Blood Pressure'),
        valueQuantity: undefined,
        component: [part('8480-6', 'Systolic', 121), part('8462-4', 'Diastolic', 79)],
      }),
    )
    const record = await clinic.rowOf('medical_record', 'Encounter', 'pressure-enc')
    expect(await clinic.rows('select code, value::float from vital where medical_record_id = $1 order by 1', record?.['id'])).toEqual([
      { code: '8462-4', value: 79 },
      { code: '8480-6', value: 121 },
    ])
  })

  test('amounts with nine decimals are rounded, which is said', async () => {
    const result = await one(
      'decimals',
      fhir.vital('nine', 'decimals', 'decimals-enc', { valueQuantity: { value: 171.123456789, unit: 'cm' } }),
    )
    expect(await clinic.rowOf('vital', 'Observation', 'nine')).toMatchObject({ value: '171.1235' })
    expect(result.codesOf('nine')).toEqual(['rounded'])
  })

  test.each([
    ['an impossible value', { valueQuantity: { value: 1715, unit: 'cm' } }, 'impossible-value'],
    ['no value', { valueQuantity: undefined }, 'no-value'],
    ['no unit', { valueQuantity: { value: 170 } }, 'no-unit'],
    ['the wrong day', { effectiveDateTime: '2015-03-09T09:00:00Z' }, 'outside-visit'],
    ['no visit', { encounter: undefined }, 'no-encounter'],
    ['a visit that was not loaded', { encounter: urn('unheard-of') }, 'encounter-not-loaded'],
    ['a laboratory result', { category: [{ coding: [{ code: 'laboratory' }] }] }, 'unmapped-observation'],
  ])('a measurement with %s is left out and named (RULES C3, C4)', async (name, more, code) => {
    const id = `vital-${name.replaceAll(' ', '-')}`
    const result = await one(id, fhir.vital(`${id}-obs`, id, `${id}-enc`, more))
    expect(result.codesOf(`${id}-obs`)).toEqual([code])
    expect(result.countOf('Observation')).toMatchObject({ created: 0, skipped: 1 })
  })

  test('a procedure on the wrong day is kept without the visit', async () => {
    const result = await one('day', fhir.procedure('wrong-day', 'day', 'day-enc', { performedPeriod: { start: '2015-04-02T09:00:00Z' } }))
    expect(await clinic.rowOf('procedure', 'Procedure', 'wrong-day')).toMatchObject({
      appointment_id: null,
      performed_at: new Date('2015-04-02T09:00:00Z'),
    })
    expect(result.codesOf('wrong-day')).toEqual(['off-visit'])
  })

  test('diagnoses keep SNOMED codes and the order of the encounter; one without a code stands on the problem list only', async () => {
    const result = await clinic.importBundle([
      fhir.patient('ranks'),
      fhir.encounter('ranks-enc', 'ranks', {
        diagnosis: [
          { condition: urn('second'), rank: 2 },
          { condition: urn('primary'), rank: 1 },
        ],
      }),
      fhir.condition('second', 'ranks', 'ranks-enc', { code: concept(SNOMED, '38341003', 'Hypertension') }),
      fhir.condition('primary', 'ranks', 'ranks-enc'),
      fhir.condition('uncoded', 'ranks', 'ranks-enc', {
        code: { coding: [{ system: 'http://house.example', code: 'X1' }], text: 'Worries' },
      }),
      ...directory(),
    ])
    const record = await clinic.rowOf('medical_record', 'Encounter', 'ranks-enc')
    expect(await clinic.rows('select rank, code from diagnosis where medical_record_id = $1 order by 1', record?.['id'])).toEqual([
      { rank: 1, code: '15777000' },
      { rank: 2, code: '38341003' },
    ])
    expect(await clinic.rowOf('condition', 'Condition', 'uncoded')).toMatchObject({ display: 'Worries', code: null })
    expect(result.codesOf('uncoded')).toEqual(['unknown-code-system', 'diagnosis-without-code'])
  })
})

describe('allergies (RULES P5)', () => {
  const noKnown = concept(SNOMED, '716186003', 'No known allergy')

  test('"no known allergies" is a fact about the patient', async () => {
    await clinic.importBundle([fhir.patient('none'), fhir.allergy('none-all', 'none', { code: noKnown })])
    expect(await clinic.rowOf('patient', 'Patient', 'none')).toMatchObject({ allergy_status: 'NONE_KNOWN' })
    const result = await clinic.importBundle([fhir.patient('none'), fhir.allergy('new-all', 'none')])
    expect(result.countOf('AllergyIntolerance')?.created).toBe(1)
    expect(await clinic.rowOf('patient', 'Patient', 'none')).toMatchObject({ allergy_status: 'RECORDED', version: 2 })
  })

  test('named ones stand against it, which is said', async () => {
    const result = await clinic.importBundle([
      fhir.patient('both'),
      fhir.allergy('both-none', 'both', { code: noKnown }),
      fhir.allergy('both-some', 'both'),
    ])
    expect(await clinic.rowOf('patient', 'Patient', 'both')).toMatchObject({ allergy_status: 'RECORDED' })
    expect(result.codesOf('both-none')).toEqual(['allergy-contradiction'])
  })

  test('of a patient nobody asked are not asked', async () => {
    await clinic.importBundle([fhir.patient('unasked')])
    expect(await clinic.rowOf('patient', 'Patient', 'unasked')).toMatchObject({ allergy_status: 'NOT_ASKED' })
  })
})

describe('orders (RULES R2)', () => {
  const now = new Date('2016-01-01T00:00:00Z')
  const order = async (id: string, more: object): Promise<{ codes: readonly string[]; item: Record<string, unknown> | undefined }> => {
    const result = await clinic.importBundle(
      [fhir.patient(id), fhir.encounter(`${id}-enc`, id), fhir.order(`${id}-ord`, id, `${id}-enc`, more), ...directory()],
      { now },
    )
    return { codes: result.codesOf(`${id}-ord`), item: await clinic.rowOf('prescription_item', 'MedicationRequest', `${id}-ord`) }
  }
  const dosage = [
    { timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } }, doseAndRate: [{ doseQuantity: { value: 1, unit: 'tablet' } }] },
  ]
  const quantity = { dispenseRequest: { quantity: { value: 30, unit: 'tablet' }, numberOfRepeatsAllowed: 2 } }

  test('with dose and quantity are active items', async () => {
    const { codes, item } = await order('active', { status: 'active', dosageInstruction: dosage, ...quantity })
    expect(codes).toEqual([])
    expect(item).toMatchObject({ status: 'ACTIVE', dose_unit: 'tablet', frequency: 'twice a day', quantity_unit: 'tablet', refills: 2 })
    expect([Number(item?.['dose']), Number(item?.['quantity'])]).toEqual([1, 30])
  })

  test('that are active without a quantity wait on hold', async () => {
    const { codes, item } = await order('no-quantity', { status: 'active' })
    expect(codes).toEqual(['no-dosage', 'on-hold-no-quantity'])
    expect(item).toMatchObject({ status: 'ON_HOLD', status_reason: 'Active at the source, but without a quantity: review before use.' })
  })

  test('that are active since before 2000 wait on hold', async () => {
    const { codes, item } = await order('ancient', { status: 'active', authoredOn: '1998-05-01', dosageInstruction: dosage, ...quantity })
    expect(codes).toEqual(['on-hold-old'])
    expect(item).toMatchObject({ status: 'ON_HOLD', status_reason: 'Active at the source since 1998: review before use.' })
  })

  test('of one visit share a prescription', async () => {
    await clinic.importBundle([
      fhir.patient('two'),
      fhir.encounter('two-enc', 'two'),
      fhir.order('two-a', 'two', 'two-enc'),
      fhir.order('two-b', 'two', 'two-enc'),
      ...directory(),
    ])
    const [a, b] = [
      await clinic.rowOf('prescription_item', 'MedicationRequest', 'two-a'),
      await clinic.rowOf('prescription_item', 'MedicationRequest', 'two-b'),
    ]
    expect(a?.['prescription_id']).toBe(b?.['prescription_id'])
    expect([a?.['position'], b?.['position']]).toEqual([1, 2])
  })

  test('name their medicine by reference as well, and their plan', async () => {
    const medication = {
      resourceType: 'Medication',
      id: 'med-1',
      code: concept('http://www.nlm.nih.gov/research/umls/rxnorm', '313782', 'Acetaminophen 325 MG'),
    }
    const result = await clinic.importBundle([
      fhir.patient('byref'),
      fhir.carePlan('byref-plan', 'byref', 'byref-enc'),
      fhir.encounter('byref-enc', 'byref'),
      fhir.order('byref-ord', 'byref', 'byref-enc', {
        medicationCodeableConcept: undefined,
        medicationReference: urn('med-1'),
        basedOn: [urn('byref-plan')],
      }),
      fhir.order('contained', 'byref', 'byref-enc', {
        medicationCodeableConcept: undefined,
        medicationReference: { reference: '#m' },
        contained: [{ ...medication, id: 'm' }],
      }),
      medication,
      ...directory(),
    ])
    expect(await clinic.rowOf('prescription_item', 'MedicationRequest', 'byref-ord')).toMatchObject({
      code: '313782',
      medication_name: 'Acetaminophen 325 MG',
    })
    expect(await clinic.rowOf('prescription_item', 'MedicationRequest', 'contained')).toMatchObject({ code: '313782' })
    expect(result.codesOf('med-1')).toEqual(['part-of-request'])
    const plan = await clinic.rowOf('treatment_plan', 'CarePlan', 'byref-plan')
    const item = await clinic.rowOf('prescription_item', 'MedicationRequest', 'byref-ord')
    expect(await clinic.rows('select treatment_plan_id from prescription where id = $1', item?.['prescription_id'])).toEqual([
      { treatment_plan_id: plan?.['id'] },
    ])
  })
})
