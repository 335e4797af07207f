import { CodeSystem } from '../../database/coding.js'
import { child, children, text, type JsonObject } from './fhir-json.js'

/** The URIs under which FHIR names the code systems the clinic keeps. */
const CODE_SYSTEM_URIS: Readonly<Record<string, CodeSystem>> = {
  'http://snomed.info/sct': CodeSystem.SNOMED_CT,
  'urn:oid:2.16.840.1.113883.6.96': CodeSystem.SNOMED_CT,
  'http://loinc.org': CodeSystem.LOINC,
  'urn:oid:2.16.840.1.113883.6.1': CodeSystem.LOINC,
  'http://www.nlm.nih.gov/research/umls/rxnorm': CodeSystem.RXNORM,
  'urn:oid:2.16.840.1.113883.6.88': CodeSystem.RXNORM,
  'http://hl7.org/fhir/sid/icd-10-cm': CodeSystem.ICD_10_CM,
  'urn:oid:2.16.840.1.113883.6.90': CodeSystem.ICD_10_CM,
  'http://hl7.org/fhir/sid/icd-10': CodeSystem.ICD_10,
  'urn:oid:2.16.840.1.113883.6.3': CodeSystem.ICD_10,
  'http://hl7.org/fhir/sid/cvx': CodeSystem.CVX,
  'urn:oid:2.16.840.1.113883.12.292': CodeSystem.CVX,
}

/** What a CodeableConcept says, as far as the clinic can keep it: at most one code of a known system, and words. */
export interface Concept {
  readonly codeSystem: CodeSystem | null
  readonly code: string | null
  /** In the source's words; a code stands for itself when there are none. */
  readonly display: string
  /** The source gave codes, none of a system the clinic keeps. */
  readonly unknownSystem: boolean
  /** The source gave more codes of known systems than the one that is kept. */
  readonly furtherCodes: boolean
}

/**
 * Reads a CodeableConcept. Of several known codes the first is kept: senders put the one they work with first.
 * @returns undefined when it has neither words nor a code
 */
export function concept(value: JsonObject | undefined): Concept | undefined {
  const codings = children(value, 'coding').filter((coding) => text(coding, 'code') !== undefined)
  const known = codings.filter((coding) => systemOf(coding) !== undefined)
  const chosen = known[0]
  const code = text(chosen, 'code')
  const words =
    text(value, 'text') ?? text(chosen, 'display') ?? codings.map((coding) => text(coding, 'display')).find((each) => each !== undefined)
  const display = words ?? code ?? text(codings[0], 'code')
  if (display === undefined) return undefined
  return {
    codeSystem: (chosen && systemOf(chosen)) ?? null,
    code: code ?? null,
    display,
    unknownSystem: codings.length > 0 && known.length === 0,
    furtherCodes: known.length > 1,
  }
}

/** The code below `key` that the resource itself is defined with (a status, a category), whatever system it says it is of. */
export function statusCode(resource: JsonObject, key: string): string | undefined {
  return children(child(resource, key), 'coding')
    .map((coding) => text(coding, 'code'))
    .find((code) => code !== undefined)
}

/** All codes of a list of CodeableConcepts. */
export function codesOf(concepts: readonly JsonObject[]): readonly string[] {
  return concepts.flatMap((each) => children(each, 'coding').map((coding) => text(coding, 'code'))).filter((code) => code !== undefined)
}

function systemOf(coding: JsonObject): CodeSystem | undefined {
  const uri = text(coding, 'system')
  return uri === undefined ? undefined : CODE_SYSTEM_URIS[uri]
}
