import { concept, codesOf } from './fhir-codes.js'
import { child, children, text, type JsonObject } from './fhir-json.js'
import { identifiers } from './fhir-reference.js'
import { Skip } from './import-problems.js'
import type { MapContext } from './map-context.js'
import { address, contactPoint, fullName, isActive, type PlainAddress } from './map-names.js'

/** The national provider identifier of the United States: one person, one number. */
export const NPI_SYSTEM = 'http://hl7.org/fhir/sid/us-npi'
/** HL7 v2 table 0203: medical licence, state licence, provider number. */
const LICENCE_TYPES = new Set(['MD', 'SL', 'LN', 'NPI', 'PRN'])

/** A Practitioner as a doctor of the clinic. */
export interface DoctorData {
  readonly fullName: string
  readonly specialty: string | null
  readonly licenseNumber: string | null
  readonly active: boolean
}

/** An Organization or Location as a site of the clinic. */
export interface SiteData {
  readonly name: string
  readonly phone: string | null
  readonly address: PlainAddress | null
}

/** Maps a Practitioner. */
export function mapPractitioner(resource: JsonObject, context: MapContext): DoctorData | Skip {
  const name = fullName(resource, context)
  if (name === undefined) return new Skip('no-name', 'name')
  const specialty = children(resource, 'qualification')
    .map((each) => concept(child(each, 'code'))?.display)
    .find((each) => each !== undefined)
  return { fullName: name, specialty: specialty ?? null, licenseNumber: licence(resource) ?? null, active: isActive(resource) }
}

/** The specialty a PractitionerRole gives to its practitioner. */
export function specialtyOf(role: JsonObject): string | undefined {
  return [...children(role, 'specialty'), ...children(role, 'code')]
    .map((each) => concept(each)?.display)
    .find((each) => each !== undefined)
}

/** Maps an Organization or Location. */
export function mapSite(resource: JsonObject): SiteData | Skip {
  const name = text(resource, 'name')
  if (name === undefined) return new Skip('no-name', 'name')
  return { name, phone: contactPoint(resource, 'phone') ?? null, address: address(resource) }
}

/** The NPI, else a number that is said to be a licence. */
function licence(resource: JsonObject): string | undefined {
  const npi = identifiers(resource).find((each) => each.system === NPI_SYSTEM)
  if (npi !== undefined) return npi.value
  const licensed = children(resource, 'identifier').find((each) =>
    codesOf([child(each, 'type') ?? {}]).some((code) => LICENCE_TYPES.has(code)),
  )
  return licensed === undefined ? undefined : text(licensed, 'value')
}
