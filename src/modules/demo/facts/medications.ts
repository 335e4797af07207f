import type { MedicationFact } from './medication-fact.js'
import { HEART_MEDICATIONS } from './medications-heart.js'
import { LONG_TERM_MEDICATIONS } from './medications-long-term.js'
import { SHORT_TERM_MEDICATIONS } from './medications-short-term.js'

/** What the doctors of the demo clinic prescribe. */
export const MEDICATIONS = { ...HEART_MEDICATIONS, ...LONG_TERM_MEDICATIONS, ...SHORT_TERM_MEDICATIONS }

export type MedicationKey = keyof typeof MEDICATIONS

/** The fact behind a key, with its optional parts. */
export function medication(key: MedicationKey): MedicationFact {
  return MEDICATIONS[key]
}
