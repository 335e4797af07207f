import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { toDecimal } from '../../../src/modules/interop/decimals.js'
import { children, text } from '../../../src/modules/interop/fhir-json.js'
import { referencedId, referenceKey } from '../../../src/modules/interop/fhir-reference.js'
import { dayIn } from '../../../src/clock.js'
import { isTimeZone, parseTime } from '../../../src/modules/interop/fhir-time.js'
import type { MapContext } from '../../../src/modules/interop/map-context.js'
import { mapDosage } from '../../../src/modules/interop/map-dosage.js'
import { mapAllergy } from '../../../src/modules/interop/map-allergy.js'
import { mapCarePlan } from '../../../src/modules/interop/map-care-plan.js'
import { mapCondition } from '../../../src/modules/interop/map-condition.js'
import { mapPractitioner, mapSite } from '../../../src/modules/interop/map-directory.js'
import { mapEncounter, practitionersOf } from '../../../src/modules/interop/map-encounter.js'
import { mapMedicationRequest } from '../../../src/modules/interop/map-medication-request.js'
import { cleanName, contactPoint, personName } from '../../../src/modules/interop/map-names.js'
import { mapObservation } from '../../../src/modules/interop/map-observation.js'
import { mapPatient } from '../../../src/modules/interop/map-patient.js'
import { mapProcedure } from '../../../src/modules/interop/map-procedure.js'
import { stagedRow } from '../../../src/modules/interop/staged-row.js'
import { fhir, wholePatient } from './fhir-fixtures.js'

const context = (remarks: string[] = []): MapContext => ({
  now: new Date('2026-01-01T00:00:00Z'),
  zone: 'Europe/Berlin',
  keepNameDigits: false,
  remark: (code) => remarks.push(code),
})

describe('times', () => {
  test('keep the day the source wrote and the instant it meant', () => {
    expect(parseTime('1989-04-09T23:58:16-04:00', 'UTC')).toEqual({
      at: new Date('1989-04-10T03:58:16Z'),
      day: '1989-04-09',
      until: new Date('1989-04-10T03:58:16Z'),
      partial: false,
    })
  })

  test('without a time begin at midnight of the clinic, and last as long as they say', () => {
    expect(parseTime('2015-06', 'Europe/Berlin')).toEqual({
      at: new Date('2015-05-31T22:00:00Z'),
      day: '2015-06-01',
      until: new Date('2015-06-30T21:59:59.999Z'),
      partial: true,
    })
  })

  test.each(['2015-02-30', '15-1-1', 'yesterday', '', '2015-13'])('"%s" is none', (value) => {
    expect(parseTime(value, 'UTC')).toBeUndefined()
  })

  test('days depend on the zone', () => {
    expect([dayIn(new Date('2020-01-01T23:30:00Z'), 'UTC'), dayIn(new Date('2020-01-01T23:30:00Z'), 'Europe/Berlin')]).toEqual([
      '2020-01-01',
      '2020-01-02',
    ])
    expect([isTimeZone('Europe/Berlin'), isTimeZone('Middle/Earth')]).toEqual([true, false])
  })
})

describe('names', () => {
  test.each([
    ['Carroll471', 'Carroll'],
    ["O'Hara248", "O'Hara"],
    ['José12 María3', 'José María'],
    ['Zoë\u0308', 'Zoë\u0308'],
    ['John 3rd', 'John 3rd'],
    ['X2C', 'X2C'],
    ['471', '471'],
  ])('%s becomes %s', (given, clean) => {
    expect(cleanName(given, context())).toBe(clean)
  })

  test('are those a person goes by, not the maiden one', () => {
    const names = [
      { use: 'maiden', family: 'Old', given: ['Ann'] },
      { use: 'official', family: 'New', given: ['Ann', 'Lee'] },
    ]
    expect(personName({ name: names }, context())).toEqual({ first: 'Ann Lee', last: 'New' })
    expect(personName({ name: [{ text: 'Mary Ann Smith' }] }, context())).toEqual({ first: 'Mary Ann', last: 'Smith' })
    expect(personName({ name: 'Smith' }, context())).toBeUndefined()
  })

  test('a mobile phone comes before the one at home, and none before an old one', () => {
    const telecom = (use: string, value: string): object => ({ system: 'phone', use, value })
    expect(contactPoint({ telecom: [telecom('old', '0'), telecom('home', '1'), telecom('mobile', '2')] }, 'phone')).toBe('2')
  })
})

describe('references', () => {
  test.each([
    ['urn:uuid:12ab', 'urn:uuid:12ab', '12ab'],
    ['Patient/12', 'Patient/12', '12'],
    ['https://fhir.example/r4/Patient/12/_history/3', 'Patient/12', '12'],
    ['Practitioner?identifier=http://hl7.org/fhir/sid/us-npi%7C380', 'Practitioner?http://hl7.org/fhir/sid/us-npi|380', undefined],
    ['#m1', '#m1', undefined],
  ])('%s is %s', (reference, key, id) => {
    expect(referenceKey({ reference }, 'Patient')).toBe(key)
    expect(referencedId(key)).toBe(id)
  })

  test('may be an identifier', () => {
    expect(referenceKey({ identifier: { system: 's', value: 'v' } }, 'Patient')).toBe('Patient?s|v')
  })
})

describe('amounts', () => {
  test('are within half of the last decimal of the source, and say when they are not it', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (source) => {
        const result = toDecimal(source, 10, 4)
        expect(Math.abs(Number(result?.value) - source)).toBeLessThanOrEqual(0.00005 + 1e-9)
        expect(result?.rounded).toBe(Number(result?.value) !== source)
        expect(result?.value).toMatch(/^-?\d+(?:\.\d{1,4})?$/)
      }),
    )
  })

  test('too large for the column are none', () => {
    expect([toDecimal(1e10, 10, 4), toDecimal(9_999_999_999.99999, 10, 4)]).toEqual([undefined, undefined])
    expect(toDecimal(-0.00001, 10, 4)).toEqual({ value: '0', rounded: true })
  })
})

describe('dosage', () => {
  const dosage = (...dosageInstruction: object[]): ReturnType<typeof mapDosage> =>
    mapDosage({ dosageInstruction }, 'dosageInstruction', context())
  const every = (frequency: number, period: number, periodUnit: string): object => ({
    timing: { repeat: { frequency, period, periodUnit } },
  })

  test.each([
    [every(1, 1, 'd'), 'once a day'],
    [every(3, 1, 'd'), 'three times a day'],
    [every(1, 6, 'h'), 'every 6 hours'],
    [every(1, 1, 'h'), 'once an hour'],
    [every(2, 4, 'wk'), 'twice in 4 weeks'],
  ])('%j is %s', (given, words) => {
    expect(dosage(given).frequency).toBe(words)
  })

  test('without a unit stands in the instructions only', () => {
    const remarks: string[] = []
    const given = { ...every(1, 1, 'd'), doseAndRate: [{ doseQuantity: { value: 1 } }], asNeededBoolean: true }
    const mapped = mapDosage({ dosageInstruction: [given] }, 'dosageInstruction', context(remarks))
    expect(mapped).toMatchObject({ dose: null, instructions: 'Take 1 once a day.', asNeeded: true })
    expect(remarks).toEqual(['dose-without-unit'])
  })

  test('that changes over time is kept in words', () => {
    const step = (sequence: number, value: number): object => ({
      sequence,
      ...every(1, 1, 'd'),
      doseAndRate: [{ doseQuantity: { value, unit: 'mg' } }],
    })
    expect(dosage(step(2, 5), step(1, 10))).toMatchObject({
      dose: null,
      frequency: null,
      instructions: 'Take 10 mg once a day. Take 5 mg once a day.',
    })
  })
})

test('whatever JSON holds where text or lists are expected, reading it never fails', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const holder = { x: value }
      expect(['string', 'undefined']).toContain(typeof text(holder, 'x'))
      expect(Array.isArray(children(holder, 'x'))).toBe(true)
    }),
  )
  expect(text({ x: ' a\u0000b ' }, 'x')).toBe('ab')
})

test('whatever stands in a field of a resource, mapping it never fails', () => {
  const patient = { id: 'p', birthDate: '1970-04-01', deceasedAt: null }
  const at = new Date('2015-03-02T08:00:00Z')
  const visit = { recordId: 'r', appointmentId: 'a', doctorId: 'd', startsAt: at, endsAt: at }
  const mappers: Readonly<Record<string, (resource: Readonly<Record<string, unknown>>) => unknown>> = {
    Patient: (each) => mapPatient(each, context()),
    Encounter: (each) => [mapEncounter(each, patient, 'd', context()), practitionersOf(each)],
    Condition: (each) => mapCondition(each, patient, visit, context()),
    Observation: (each) => mapObservation(each, patient, visit, context()),
    AllergyIntolerance: (each) => mapAllergy(each, patient, context()),
    Procedure: (each) => mapProcedure(each, patient, visit, context()),
    CarePlan: (each) => mapCarePlan(each, patient, context()),
    MedicationRequest: (each) => mapMedicationRequest(each, patient, visit, new Map(), context()),
    Practitioner: (each) => mapPractitioner(each, context()),
    Organization: (each) => mapSite(each),
  }
  const resources = [...wholePatient(), fhir.practitioner('d', '1'), fhir.organization('o')]
  const place = fc.constantFrom(...resources.flatMap((resource) => Object.keys(resource).map((field) => [resource, field] as const)))
  fc.assert(
    fc.property(place, fc.jsonValue(), ([resource, field], value) => {
      const broken = { ...resource, [field]: value }
      expect(() => [mappers[resource.resourceType]?.(broken), stagedRow({ resource: broken, fullUrl: undefined })]).not.toThrow()
    }),
    { numRuns: 2000 },
  )
})
