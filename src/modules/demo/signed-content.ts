import { createHash } from 'node:crypto'
import type { SignedVital } from './vitals.js'

/** What a signature covers (RULES C2): everything the author vouches for, in a fixed order. */
export interface SignedContent {
  readonly occurredAt: string
  readonly encounterType: string
  readonly subjective: string
  readonly findings: string
  readonly assessment: string
  readonly plan: string
  readonly diagnoses: readonly (readonly [rank: number, system: string, code: string, certainty: string])[]
  readonly vitals: readonly SignedVital[]
  readonly currentMedications: readonly (readonly [name: string, dosage: string])[]
}

/** SHA-256, in hexadecimal, of the content as JSON with its keys in the order above. */
export function contentHash(content: SignedContent): string {
  const { occurredAt, encounterType, subjective, findings, assessment, plan, diagnoses, vitals, currentMedications } = content
  const text = JSON.stringify({ occurredAt, encounterType, subjective, findings, assessment, plan, diagnoses, vitals, currentMedications })
  return createHash('sha256').update(text).digest('hex')
}
