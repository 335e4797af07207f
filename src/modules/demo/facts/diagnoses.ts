import type { DiagnosisFact } from './diagnosis-fact.js'
import { BONES_AND_WOMEN_DIAGNOSES } from './diagnoses-bones-women.js'
import { DAILY_DIAGNOSES } from './diagnoses-daily.js'
import { HEART_AND_SKIN_DIAGNOSES } from './diagnoses-heart-skin.js'
import { LONG_TERM_DIAGNOSES } from './diagnoses-long-term.js'
import type { Specialty } from './specialties.js'

/** All diagnoses of the demo clinic. */
export const DIAGNOSES: readonly DiagnosisFact[] = [
  ...LONG_TERM_DIAGNOSES,
  ...DAILY_DIAGNOSES,
  ...HEART_AND_SKIN_DIAGNOSES,
  ...BONES_AND_WOMEN_DIAGNOSES,
]

export const CHRONIC_DIAGNOSES = DIAGNOSES.filter((fact) => fact.course === 'CHRONIC')

const visitDiagnoses = (specialty: Specialty): readonly DiagnosisFact[] =>
  DIAGNOSES.filter((fact) => fact.course !== 'CHRONIC' && fact.specialties.includes(specialty))

/** What a specialty may find at a single visit: everything but the long-term illnesses, which a patient has or has not. */
export const VISIT_DIAGNOSES: Readonly<Record<Specialty, readonly DiagnosisFact[]>> = {
  GENERAL_PRACTICE: visitDiagnoses('GENERAL_PRACTICE'),
  PEDIATRICS: visitDiagnoses('PEDIATRICS'),
  GYNECOLOGY: visitDiagnoses('GYNECOLOGY'),
  CARDIOLOGY: visitDiagnoses('CARDIOLOGY'),
  DERMATOLOGY: visitDiagnoses('DERMATOLOGY'),
  ORTHOPEDICS: visitDiagnoses('ORTHOPEDICS'),
}

/** Whether somebody of this age and sex can have it. */
export function isPlausible(fact: DiagnosisFact, age: number, sex: string): boolean {
  return age >= fact.ages[0] && age <= fact.ages[1] && (fact.sex === undefined || fact.sex === sex)
}
