import { canonicalHash } from '../../database/canonical-json.js'
import { codesOf } from './fhir-codes.js'
import { child, children, text, type JsonObject } from './fhir-json.js'
import { identifiers, referencedId, referenceKey, spellings } from './fhir-reference.js'
import type { ReadResource } from './fhir-reader.js'
import type { StagedRow } from './import-stage.js'

/** The resource types the clinic keeps, and where each says whose it is: nobody's, or a patient's in that element. */
const MAPPED_TYPES: Readonly<Record<string, 'directory' | 'patient' | 'subject' | 'self'>> = {
  Organization: 'directory',
  Location: 'directory',
  Practitioner: 'directory',
  PractitionerRole: 'directory',
  Medication: 'directory',
  Patient: 'self',
  Encounter: 'subject',
  Condition: 'subject',
  AllergyIntolerance: 'patient',
  Observation: 'subject',
  Procedure: 'subject',
  CarePlan: 'subject',
  MedicationRequest: 'subject',
  MedicationStatement: 'subject',
}

/** What has no bearing on what is kept, changes with every export, or is large. A change in it is no change of the resource. */
const LEFT_OUT = new Set([
  'meta',
  'text',
  'extension',
  'modifierExtension',
  'implicitRules',
  'photo',
  'multipleBirthInteger',
  'multipleBirthBoolean',
])

/** Ids and references are indexed; FHIR allows ids of 64 characters, identifiers are longer. */
const LONGEST_ID = 512

/** No reference key looks like this: resources that should name a patient and do not are gathered under it. */
const NOBODY = 'nobody'

/** Prepares a resource for the stage. */
export function stagedRow({ resource, fullUrl }: ReadResource): StagedRow {
  const resourceType = text(resource, 'resourceType') ?? 'unknown'
  const owner = MAPPED_TYPES[resourceType]
  const mapped = owner !== undefined && (resourceType !== 'Observation' || isVitalSign(resource))
  const slim = mapped ? Object.fromEntries(Object.entries(resource).filter(([key]) => !LEFT_OUT.has(key))) : {}
  const hash = mapped ? canonicalHash(slim) : ''
  const given = externalIdOf(resource, fullUrl)
  const externalId =
    given !== undefined && given.length <= LONGEST_ID ? given : `sha256:${canonicalHash(given ?? (mapped ? hash : resource))}`
  return {
    resourceType,
    externalId,
    mapped,
    hash,
    spellings: mapped ? spellings(resource, resourceType, externalId, fullUrl).filter((key) => key.length <= LONGEST_ID) : [],
    subject:
      mapped && (owner === 'patient' || owner === 'subject') ? (referenceKey(child(resource, owner), 'Patient') ?? NOBODY) : undefined,
    changedAt: changedAt(resource),
    body: mapped ? JSON.stringify(slim) : '',
  }
}

/** A resource without an id of its own is known by the name the bundle gives it, else by its first number, else by its content. */
function externalIdOf(resource: JsonObject, fullUrl: string | undefined): string | undefined {
  const id = text(resource, 'id') ?? (fullUrl === undefined ? undefined : referencedId(fullUrl))
  if (id !== undefined) return id
  const identifier = identifiers(resource)[0]
  return identifier === undefined ? undefined : `${identifier.system}|${identifier.value}`
}

function changedAt(resource: JsonObject): string | undefined {
  const time = Date.parse(text(child(resource, 'meta'), 'lastUpdated') ?? '')
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

function isVitalSign(resource: JsonObject): boolean {
  return codesOf(children(resource, 'category')).includes('vital-signs')
}
