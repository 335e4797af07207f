import { CodeSystem } from '../../database/coding.js'
import { AllergyStatus } from '../patients/patient.entity.js'
import { ConditionClinicalStatus, ConditionVerificationStatus } from '../patients/condition.entity.js'
import { ALLERGENS, type AllergenFact } from './facts/allergens.js'
import { CHRONIC_DIAGNOSES, isPlausible } from './facts/diagnoses.js'
import type { DiagnosisFact } from './facts/diagnosis-fact.js'
import { medication, type MedicationKey } from './facts/medications.js'
import { ageAt, type Person } from './person.js'
import type { Practice } from './practice.js'
import { present } from './present.js'
import type { Random } from './random.js'
import type { RowsByTable } from './rows.js'
import { DAY, YEAR, dateOf, instant } from './time.js'
import { add, rowBase } from './world.js'

/** A long-term illness of a patient. */
export interface Illness {
  readonly fact: DiagnosisFact
  readonly onset: number
  readonly abated: number | undefined
  readonly clinicalStatus: ConditionClinicalStatus
  readonly verification: ConditionVerificationStatus
}

const ENDED: readonly ConditionClinicalStatus[] = [
  ConditionClinicalStatus.INACTIVE,
  ConditionClinicalStatus.REMISSION,
  ConditionClinicalStatus.RESOLVED,
]
const NOT_REAL: readonly ConditionVerificationStatus[] = [ConditionVerificationStatus.REFUTED, ConditionVerificationStatus.ENTERED_IN_ERROR]
/** Codes that mean the same in the international edition, which practices in Europe report earlier illnesses in. */
const SAME_IN_ICD_10 = new Set(['I10', 'E78.5', 'E03.9', 'K21.9', 'J44.9', 'E66.9', 'I50.9', 'L40.0', 'L70.0', 'N95.1', 'E28.2'])
/** What the showcase patient has, so that their chart has a bit of everything. */
const SHOWCASE = ['I10', 'E11.9', 'E78.5', 'M17.11', 'J30.1']

/** The long-term illnesses of a person, at most five and no two of one ICD-10 category. */
export function drawIllnesses(practice: Practice, random: Random, person: Person): Illness[] {
  const age = ageAt(person, person.until)
  const rate = person.deceased ? 1.6 : age < 30 ? 0.6 : age < 60 ? 0.9 : 1.5
  const facts = CHRONIC_DIAGNOSES.filter(
    (fact) =>
      isPlausible(fact, age, person.sex) && (person.showcase ? SHOWCASE.includes(fact.code) : random.chance((fact.weight / 100) * rate)),
  )
  const illnesses = new Map<string, Illness>()
  for (const fact of facts.slice(0, 5)) {
    const earliest = Math.max(person.birth + fact.ages[0] * YEAR, person.until - 12 * YEAR, person.birth)
    const latest = person.until - 20 * DAY
    if (latest <= earliest || illnesses.has(fact.code.slice(0, 3))) continue
    const onset = random.between(earliest, latest)
    const drawn = practice.decks.conditionClinical.draw()
    const clinicalStatus = person.showcase ? ConditionClinicalStatus.ACTIVE : drawn
    const abated = ENDED.includes(clinicalStatus) ? random.between(onset + 5 * DAY, person.until - DAY) : undefined
    const verification = practice.decks.conditionVerification.draw()
    illnesses.set(fact.code.slice(0, 3), {
      fact,
      onset,
      abated,
      clinicalStatus,
      verification: person.showcase ? ConditionVerificationStatus.CONFIRMED : verification,
    })
  }
  return [...illnesses.values()]
}

/** Something that was diagnosed at a visit and passes: over after some days, unless that would be later than now. */
export function acuteIllness(random: Random, person: Person, fact: DiagnosisFact, at: number): Illness {
  const over = at + random.between(5, 30) * DAY
  const abated = over <= person.until ? over : undefined
  return {
    fact,
    onset: Math.max(person.birth, at - random.between(0.2, 6) * DAY),
    abated,
    clinicalStatus: abated === undefined ? ConditionClinicalStatus.ACTIVE : ConditionClinicalStatus.RESOLVED,
    verification: ConditionVerificationStatus.CONFIRMED,
  }
}

/** Whether somebody was treated for it at that time. */
export function isTreatedAt(illness: Illness, ms: number): boolean {
  return illness.onset <= ms && (illness.abated === undefined || ms < illness.abated) && !NOT_REAL.includes(illness.verification)
}

/** Puts an illness on the patient's list, with the record it was first noted in, if there is one. */
export function addCondition(
  random: Random,
  person: Person,
  illness: Illness,
  record: { id: string; at: number } | undefined,
  rows: RowsByTable,
): void {
  const recorded = record?.at ?? Math.min(person.until, Math.max(person.registered, illness.onset + random.between(0, 30) * DAY))
  const broughtAlong = record === undefined && person.site.city.country === 'DE' && SAME_IN_ICD_10.has(illness.fact.code)
  add(rows, 'condition', {
    ...rowBase(random, recorded, Math.max(recorded, illness.abated ?? recorded)),
    patient_id: person.id,
    medical_record_id: record?.id ?? null,
    code_system: broughtAlong ? CodeSystem.ICD_10 : CodeSystem.ICD_10_CM,
    code: illness.fact.code,
    display: illness.fact.display,
    clinical_status: illness.clinicalStatus,
    verification_status: illness.verification,
    onset_date: dateOf(illness.onset),
    abatement_date: illness.abated === undefined ? null : dateOf(illness.abated),
    recorded_at: instant(recorded),
  })
}

/** The allergies of a patient who was asked and named some (RULES P5). */
export function addAllergies(practice: Practice, random: Random, person: Person, rows: RowsByTable): AllergenFact[] {
  if (person.allergyStatus !== AllergyStatus.RECORDED) return []
  const allergens = new Set<AllergenFact>()
  const count = person.showcase ? 3 : present(random.weighted([1, 2, 3], (number) => 4 - number))
  while (allergens.size < count) allergens.add(present(random.weighted(ALLERGENS, ({ weight }) => weight)))
  for (const fact of allergens) {
    const recorded = random.between(person.registered, Math.min(person.until, person.registered + YEAR))
    add(rows, 'allergy', {
      ...rowBase(random, recorded),
      patient_id: person.id,
      substance: fact.substance,
      code_system: fact.codeSystem,
      code: fact.code,
      category: fact.category,
      criticality: practice.decks.criticality.draw(),
      clinical_status: practice.decks.allergyClinical.draw(),
      reactions: random.chance(0.08) ? [] : random.shuffled(fact.reactions).slice(0, random.integer(1, 2)),
      onset_date: random.chance(0.7) ? dateOf(random.between(Math.max(person.birth, recorded - 15 * YEAR), recorded)) : null,
      recorded_at: instant(recorded),
    })
  }
  return [...allergens]
}

/** Whether a patient of that age and with these allergies may be given it. */
export function isTolerated(key: MedicationKey, allergies: readonly AllergenFact[], age: number): boolean {
  const { drugClass, fromAge = 0 } = medication(key)
  return age >= fromAge && (drugClass === undefined || allergies.every((allergy) => allergy.drugClass !== drugClass))
}
