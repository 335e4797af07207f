import type { MedicationKey } from './medications.js'
import type { Specialty } from './specialties.js'

/** A diagnosis of the demo clinic: who has it, who treats it, and what is written about it. */
export interface DiagnosisFact {
  /** ICD-10-CM. */
  readonly code: string
  readonly display: string
  readonly specialties: readonly Specialty[]
  /** Ages at which it is plausible, in years, both included. */
  readonly ages: readonly [from: number, to: number]
  /** Only this sex, when set. */
  readonly sex?: 'FEMALE' | 'MALE'
  /** `CHRONIC` stays on the list; `ACUTE` ends; `CHECKUP` is a reason to come and not an illness. */
  readonly course: 'CHRONIC' | 'ACUTE' | 'CHECKUP'
  /** How common it is among those who could have it; for chronic ones about the share of people, in percent. */
  readonly weight: number
  readonly medications: readonly MedicationKey[]
  /** The reason as the patient gives it when booking. */
  readonly reason: string
  readonly subjective: string
  readonly findings: string
  readonly plan: string
  readonly fever?: true
}

/** The facts in the order of a table row, so that sixty of them can be read as one. */
export function fact(
  code: string,
  display: string,
  who: Pick<DiagnosisFact, 'specialties' | 'ages' | 'course' | 'weight' | 'sex' | 'fever'>,
  medications: readonly MedicationKey[],
  texts: readonly [reason: string, subjective: string, findings: string, plan: string],
): DiagnosisFact {
  const [reason, subjective, findings, plan] = texts
  return { code, display, ...who, medications, reason, subjective, findings, plan }
}
