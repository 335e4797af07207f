import type { Allergy, AllergyClinicalStatus, AllergyVerificationStatus } from './allergy.entity.js'
import type { Condition, ConditionClinicalStatus, ConditionVerificationStatus } from './condition.entity.js'

/** Every move that a status of an allergy or condition may make; anything else is `INVALID_TRANSITION` (RULES P5). */
type Moves<Status extends string> = Readonly<Record<`${Status}`, readonly Status[]>>

export const ALLERGY_TRANSITIONS = {
  ACTIVE: ['INACTIVE', 'RESOLVED'],
  INACTIVE: ['ACTIVE', 'RESOLVED'],
  RESOLVED: ['ACTIVE'],
} as unknown as Moves<AllergyClinicalStatus>

export const ALLERGY_VERIFICATIONS = {
  UNCONFIRMED: ['CONFIRMED', 'REFUTED', 'ENTERED_IN_ERROR'],
  CONFIRMED: ['REFUTED', 'ENTERED_IN_ERROR'],
  REFUTED: ['UNCONFIRMED', 'CONFIRMED', 'ENTERED_IN_ERROR'],
  ENTERED_IN_ERROR: [],
} as unknown as Moves<AllergyVerificationStatus>

export const CONDITION_TRANSITIONS = {
  ACTIVE: ['INACTIVE', 'REMISSION', 'RESOLVED'],
  RECURRENCE: ['INACTIVE', 'REMISSION', 'RESOLVED'],
  RELAPSE: ['INACTIVE', 'REMISSION', 'RESOLVED'],
  INACTIVE: ['ACTIVE', 'RECURRENCE', 'RESOLVED'],
  REMISSION: ['RELAPSE', 'INACTIVE', 'RESOLVED'],
  RESOLVED: ['RECURRENCE'],
} as unknown as Moves<ConditionClinicalStatus>

export const CONDITION_VERIFICATIONS = {
  UNCONFIRMED: ['PROVISIONAL', 'DIFFERENTIAL', 'CONFIRMED', 'REFUTED', 'ENTERED_IN_ERROR'],
  PROVISIONAL: ['DIFFERENTIAL', 'CONFIRMED', 'REFUTED', 'ENTERED_IN_ERROR'],
  DIFFERENTIAL: ['PROVISIONAL', 'CONFIRMED', 'REFUTED', 'ENTERED_IN_ERROR'],
  CONFIRMED: ['REFUTED', 'ENTERED_IN_ERROR'],
  REFUTED: ['UNCONFIRMED', 'PROVISIONAL', 'CONFIRMED', 'ENTERED_IN_ERROR'],
  ENTERED_IN_ERROR: [],
} as unknown as Moves<ConditionVerificationStatus>

/** What was refuted or entered in error stays on the list to be read, and counts for nothing. */
export const NOT_STANDING = ['REFUTED', 'ENTERED_IN_ERROR'] as const

/** Whether an entry counts: neither refuted nor entered in error. */
export const isStanding = ({ verificationStatus }: { verificationStatus: string }): boolean =>
  !(NOT_STANDING as readonly string[]).includes(verificationStatus)

/** Where an allergy can be moved to: nowhere while it does not count. */
export const allowedAllergyStatuses = (row: Pick<Allergy, 'clinicalStatus' | 'verificationStatus'>): AllergyClinicalStatus[] =>
  isStanding(row) ? [...ALLERGY_TRANSITIONS[row.clinicalStatus]] : []

/** Where a condition can be moved to: nowhere while it does not count. */
export const allowedConditionStatuses = (row: Pick<Condition, 'clinicalStatus' | 'verificationStatus'>): ConditionClinicalStatus[] =>
  isStanding(row) ? [...CONDITION_TRANSITIONS[row.clinicalStatus]] : []
