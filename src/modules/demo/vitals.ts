import { CodeSystem } from '../../database/coding.js'
import type { SignedContent } from '../records/content-hash.js'
import type { DiagnosisFact } from './facts/diagnosis-fact.js'
import type { Illness } from './illness.js'
import { ageAt, type Person } from './person.js'
import type { Random } from './random.js'
import type { RowsByTable } from './rows.js'
import { MINUTE, YEAR, instant } from './time.js'
import { add, rowBase } from './world.js'

/** What is measured at a visit: LOINC code and UCUM unit (RULES C3). */
const VITALS = {
  height: { code: '8302-2', display: 'Body height', unit: 'cm', digits: 0 },
  weight: { code: '29463-7', display: 'Body weight', unit: 'kg', digits: 1 },
  bodyMassIndex: { code: '39156-5', display: 'Body mass index (BMI)', unit: 'kg/m2', digits: 1 },
  headCircumference: { code: '8287-5', display: 'Head occipital-frontal circumference by tape measure', unit: 'cm', digits: 1 },
  systolic: { code: '8480-6', display: 'Systolic blood pressure', unit: 'mm[Hg]', digits: 0 },
  diastolic: { code: '8462-4', display: 'Diastolic blood pressure', unit: 'mm[Hg]', digits: 0 },
  heartRate: { code: '8867-4', display: 'Heart rate', unit: '/min', digits: 0 },
  respiratoryRate: { code: '9279-1', display: 'Respiratory rate', unit: '/min', digits: 0 },
  temperature: { code: '8310-5', display: 'Body temperature', unit: 'Cel', digits: 1 },
  oxygenSaturation: { code: '59408-5', display: 'Oxygen saturation in arterial blood by pulse oximetry', unit: '%', digits: 0 },
  pain: { code: '72514-3', display: 'Pain severity - 0-10 verbal numeric rating', unit: '{score}', digits: 0 },
} as const
type VitalKey = keyof typeof VITALS

/** A measured value as it is signed. */
export type SignedVital = SignedContent['vitals'][number]

/** Build and blood pressure of one person, from which every measurement of theirs follows. */
export interface Body {
  readonly adultHeight: number
  readonly bodyMassIndex: number
  readonly systolic: number
}

export function drawBody(random: Random, person: Person, illnesses: readonly Illness[]): Body {
  const has = (category: string): boolean => illnesses.some(({ fact }) => fact.code.startsWith(category))
  return {
    adultHeight: random.normal(person.sex === 'MALE' ? 178 : 166, 7, 145, 203),
    bodyMassIndex: has('E66') ? random.normal(34, 3, 30, 46) : random.normal(has('E11') ? 28.5 : 24.6, 2.8, 17.5, 29.9),
    systolic: has('I10') ? random.normal(142, 9, 122, 172) : random.normal(121, 8, 98, 138),
  }
}

/** Measures what is usual for the age and the complaint; BMI is computed from the height and weight of the same visit. */
export function addVitals(
  random: Random,
  person: Person,
  body: Body,
  complaint: DiagnosisFact,
  recordId: string,
  at: number,
  rows: RowsByTable,
): SignedVital[] {
  const age = (at - person.birth) / YEAR
  const years = ageAt(person, at)
  const measured: SignedVital[] = []
  const measuredAt = Math.min(at + random.integer(1, 4) * MINUTE, person.until)
  const put = (key: VitalKey, value: number): number => {
    const { code, display, unit, digits } = VITALS[key]
    const text = value.toFixed(digits)
    add(rows, 'vital', {
      ...rowBase(random, measuredAt),
      medical_record_id: recordId,
      code,
      display,
      value: text,
      unit,
      measured_at: instant(measuredAt),
    })
    measured.push({ codeSystem: CodeSystem.LOINC, code, display, value: text, unit, measuredAt: new Date(measuredAt) })
    return Number(text)
  }

  if (years < 18 || random.chance(0.35)) {
    const height = put('height', heightAt(age, body.adultHeight))
    const wish = years < 18 ? childBodyMassIndex(age) * (body.bodyMassIndex / 24.6) ** 0.5 : body.bodyMassIndex
    const weight = put('weight', wish * (height / 100) ** 2 * random.between(0.97, 1.03))
    if (years >= 2) put('bodyMassIndex', weight / (height / 100) ** 2)
  }
  if (years < 2) put('headCircumference', 34.5 + 11.5 * Math.min(1, age) + Math.max(0, age - 1) * 1.5 + random.between(-0.8, 0.8))
  if (years >= 12 && (complaint.specialties.some((one) => one === 'GENERAL_PRACTICE' || one === 'CARDIOLOGY') || random.chance(0.4))) {
    const systolic = put('systolic', body.systolic - (years < 18 ? 8 : 0) + random.between(-9, 9))
    put('diastolic', systolic * random.between(0.6, 0.66))
  }
  const fever = complaint.fever === true && random.chance(0.7)
  if (years >= 12 || fever || random.chance(0.5))
    put('heartRate', (years < 2 ? 122 : years < 12 ? 94 : 72) + (fever ? 14 : 0) + random.between(-9, 11))
  if (complaint.fever === true) put('temperature', fever ? random.between(37.8, 39.4) : random.between(36.4, 37.4))
  if (/^(J|U07|I50)/.test(complaint.code)) {
    put('respiratoryRate', (years < 2 ? 32 : years < 12 ? 22 : 15) + random.between(-2, 4))
    put('oxygenSaturation', complaint.code.startsWith('J44') ? random.between(89, 95) : random.between(95, 99.4))
  }
  if (/^(M|S|R07|R10|R51|G43|N94)/.test(complaint.code) && years >= 4) put('pain', random.integer(2, 8))
  return measured
}

/** Body height in centimetres, piecewise linear through the medians of growth curves, in proportion to the height as an adult. */
function heightAt(age: number, adult: number): number {
  if (age >= 17) return adult
  const median = 50 + 25 * Math.min(1, age) + 12 * clamp(age - 1, 0, 1) + 6 * clamp(age - 2, 0, 13) + 3.5 * clamp(age - 15, 0, 2)
  return median * (adult / 172)
}

function childBodyMassIndex(age: number): number {
  if (age < 1) return 13.5 + 3.5 * age
  return age < 6 ? 17 - 0.3 * (age - 1) : 15.5 + 0.55 * (age - 6)
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
