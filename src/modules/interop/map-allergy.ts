import { AllergyCategory, AllergyClinicalStatus, AllergyCriticality } from '../patients/allergy.entity.js'
import type { CodeSystem } from '../../database/coding.js'
import { codesOf, concept, statusCode } from './fhir-codes.js'
import { child, children, text, texts, type JsonObject } from './fhir-json.js'
import { parseTime } from './fhir-time.js'
import { Skip } from './import-problems.js'
import { impossibleTime, type MapContext, type PatientFacts } from './map-context.js'
import { recordedAt } from './map-condition.js'

/** An AllergyIntolerance as the clinic keeps it. */
export interface AllergyData {
  readonly substance: string
  readonly codeSystem: CodeSystem | null
  readonly code: string | null
  readonly category: AllergyCategory | null
  readonly criticality: AllergyCriticality | null
  readonly clinicalStatus: AllergyClinicalStatus
  readonly reactions: readonly string[]
  readonly onsetDate: string | null
  readonly recordedAt: Date
}

/** The patient was asked and knows of no allergy: a fact about the patient, not a row of the list (RULES P5). */
export const NONE_KNOWN = Symbol('no known allergies')

const CATEGORY: Readonly<Record<string, AllergyCategory>> = {
  food: AllergyCategory.FOOD,
  medication: AllergyCategory.MEDICATION,
  environment: AllergyCategory.ENVIRONMENT,
  biologic: AllergyCategory.BIOLOGIC,
}
const CRITICALITY: Readonly<Record<string, AllergyCriticality>> = {
  low: AllergyCriticality.LOW,
  high: AllergyCriticality.HIGH,
  'unable-to-assess': AllergyCriticality.UNABLE_TO_ASSESS,
}
const CLINICAL: Readonly<Record<string, AllergyClinicalStatus>> = {
  active: AllergyClinicalStatus.ACTIVE,
  inactive: AllergyClinicalStatus.INACTIVE,
  resolved: AllergyClinicalStatus.RESOLVED,
}

/** SNOMED CT: no known allergy; no known allergies (both situations). */
const NO_KNOWN_ALLERGY = new Set(['716186003', '160244002'])
/** SNOMED CT: no known allergy to drugs, foods, the environment, latex, insect bites; true of one kind only. */
const NO_KNOWN_KIND = new Set(['409137002', '429625007', '428607008', '1003774007', '428197003'])
const NO_KNOWN_WORDS = /^no known (?:allerg(?:y|ies)|allergies or intolerances)$/i

/** Maps an AllergyIntolerance. */
export function mapAllergy(resource: JsonObject, patient: PatientFacts, context: MapContext): AllergyData | typeof NONE_KNOWN | Skip {
  const verification = statusCode(resource, 'verificationStatus')
  if (verification === 'entered-in-error') return new Skip('entered-in-error', 'verificationStatus')
  if (verification === 'refuted') return new Skip('allergy-refuted', 'verificationStatus')
  const codes = codesOf([child(resource, 'code') ?? {}])
  const kind = concept(child(resource, 'code'))
  if (kind === undefined) return new Skip('no-code', 'code')
  if (codes.some((code) => NO_KNOWN_ALLERGY.has(code)) || NO_KNOWN_WORDS.test(kind.display)) return NONE_KNOWN
  if (codes.some((code) => NO_KNOWN_KIND.has(code))) return new Skip('no-known-kind', 'code')
  if (kind.unknownSystem) context.remark('unknown-code-system', 'code')
  if (kind.furtherCodes) context.remark('further-codes', 'code')

  const given = parseTime(text(resource, 'onsetDateTime') ?? text(child(resource, 'onsetPeriod'), 'start'), context.zone)
  const onset = given !== undefined && impossibleTime(given, patient, context.now) === undefined ? given : undefined
  if (given !== undefined && onset === undefined) context.remark('onset-left-out', 'onset')
  if (onset?.partial === true) context.remark('partial-date', 'onset')
  const clinical = statusCode(resource, 'clinicalStatus')
  if (CLINICAL[clinical ?? ''] === undefined) context.remark('status-unknown', 'clinicalStatus')
  return {
    substance: kind.display,
    codeSystem: kind.codeSystem,
    code: kind.code,
    category:
      texts(resource, 'category')
        .map((each) => CATEGORY[each])
        .find((each) => each !== undefined) ?? null,
    criticality: CRITICALITY[text(resource, 'criticality') ?? ''] ?? null,
    clinicalStatus: CLINICAL[clinical ?? ''] ?? AllergyClinicalStatus.ACTIVE,
    reactions: reactions(resource),
    onsetDate: onset?.day ?? null,
    recordedAt: recordedAt(resource, onset, undefined, context),
  }
}

function reactions(resource: JsonObject): readonly string[] {
  const words = children(resource, 'reaction').flatMap((reaction) =>
    children(reaction, 'manifestation').map((manifestation) => concept(manifestation)?.display ?? text(reaction, 'description')),
  )
  return [...new Set(words.filter((each) => each !== undefined))]
}
