import { PatientIdentifierType } from '../patients/patient-identifier.entity.js'
import { Sex } from '../patients/patient.entity.js'
import { codesOf, concept } from './fhir-codes.js'
import { child, children, flag, text, type JsonObject } from './fhir-json.js'
import { parseTime } from './fhir-time.js'
import { Skip } from './import-problems.js'
import type { MapContext } from './map-context.js'
import { address, contactPoint, personName, type PlainAddress } from './map-names.js'

/** A Patient resource as the clinic keeps it, without record number. */
export interface PatientData {
  readonly fields: {
    readonly firstName: string
    readonly lastName: string
    readonly birthDate: string
    readonly sex: Sex
    readonly phone: string | null
    readonly email: string | null
    readonly address: PlainAddress | null
    readonly language: string | null
    readonly deceasedAt: Date | null
  }
  readonly identifiers: readonly { readonly type: PatientIdentifierType; readonly system: string; readonly value: string }[]
  readonly contacts: readonly ContactData[]
}

interface ContactData {
  readonly fullName: string
  readonly relationship: string | null
  readonly phone: string | null
  readonly email: string | null
  readonly emergency: boolean
  readonly guardian: boolean
}

const SEXES: Readonly<Record<string, Sex>> = { female: Sex.FEMALE, male: Sex.MALE, other: Sex.OTHER, unknown: Sex.UNKNOWN }

/** HL7 v2 table 0203 (identifier types). */
const IDENTIFIER_TYPES: Readonly<Record<string, PatientIdentifierType>> = {
  SS: PatientIdentifierType.NATIONAL_ID,
  NI: PatientIdentifierType.NATIONAL_ID,
  NNESP: PatientIdentifierType.NATIONAL_ID,
  PPN: PatientIdentifierType.PASSPORT,
  DL: PatientIdentifierType.DRIVER_LICENSE,
  MB: PatientIdentifierType.INSURANCE,
  NIIP: PatientIdentifierType.INSURANCE,
  SN: PatientIdentifierType.INSURANCE,
  MR: PatientIdentifierType.FOREIGN_MRN,
  PI: PatientIdentifierType.FOREIGN_MRN,
}

/** Issuers that say by themselves what kind of number it is. */
const IDENTIFIER_SYSTEMS: Readonly<Record<string, PatientIdentifierType>> = {
  'http://hl7.org/fhir/sid/us-ssn': PatientIdentifierType.NATIONAL_ID,
  'http://hl7.org/fhir/sid/us-medicare': PatientIdentifierType.INSURANCE,
  'http://hl7.org/fhir/sid/us-mbi': PatientIdentifierType.INSURANCE,
}

const EARLIEST_BIRTH = '1850-01-01'

/** Maps a Patient. Without a date of birth a person cannot be told from another one of the same name, so that one is left out. */
export function mapPatient(resource: JsonObject, context: MapContext): PatientData | Skip {
  const birth = parseTime(text(resource, 'birthDate'), context.zone)
  if (birth === undefined) return new Skip('no-birth-date', 'birthDate')
  if (birth.at > context.now || birth.day < EARLIEST_BIRTH) return new Skip('impossible-birth-date', 'birthDate')
  if (birth.partial) context.remark('partial-date', 'birthDate')
  const name = personName(resource, context)
  if (name === undefined) context.remark('name-missing', 'name')
  return {
    fields: {
      firstName: name?.first ?? '',
      lastName: name?.last ?? 'Unknown',
      birthDate: birth.day,
      sex: SEXES[text(resource, 'gender') ?? ''] ?? Sex.UNKNOWN,
      phone: contactPoint(resource, 'phone') ?? null,
      email: contactPoint(resource, 'email') ?? null,
      address: address(resource),
      language: language(resource),
      deceasedAt: deceasedAt(resource, birth.day, context),
    },
    identifiers: patientIdentifiers(resource, context),
    contacts: contacts(resource, context),
  }
}

/** A death without a time counts from the end of its day, so that the visits of that day stay before it. */
function deceasedAt(resource: JsonObject, birthDate: string, context: MapContext): Date | null {
  const time = parseTime(text(resource, 'deceasedDateTime'), context.zone)
  if (time === undefined) {
    if (flag(resource, 'deceasedBoolean') === true) context.remark('death-without-date', 'deceasedBoolean')
    return null
  }
  if (time.day < birthDate && !time.partial) {
    context.remark('death-before-birth', 'deceasedDateTime')
    return null
  }
  if (time.partial) context.remark('partial-date', 'deceasedDateTime')
  return time.until > context.now ? time.at : time.until
}

function language(resource: JsonObject): string | null {
  const all = children(resource, 'communication')
  const chosen = all.find((each) => flag(each, 'preferred') === true) ?? all[0]
  return codesOf([child(chosen, 'language') ?? {}])[0] ?? null
}

function patientIdentifiers(resource: JsonObject, context: MapContext): PatientData['identifiers'] {
  const found = new Map<string, PatientData['identifiers'][number]>()
  for (const identifier of children(resource, 'identifier')) {
    const value = text(identifier, 'value')
    if (value === undefined) continue
    const issuer = text(identifier, 'system')
    if (issuer === undefined) context.remark('identifier-without-system', 'identifier')
    const type =
      codesOf([child(identifier, 'type') ?? {}])
        .map((code) => IDENTIFIER_TYPES[code])
        .find((each) => each !== undefined) ??
      IDENTIFIER_SYSTEMS[issuer ?? ''] ??
      PatientIdentifierType.OTHER
    const system = issuer ?? `unknown issuer (${type})`
    found.set(`${system}|${value}`, { type, system, value })
  }
  return [...found.values()]
}

function contacts(resource: JsonObject, context: MapContext): readonly ContactData[] {
  return children(resource, 'contact').flatMap((contact) => {
    const [phone, email] = [contactPoint(contact, 'phone') ?? null, contactPoint(contact, 'email') ?? null]
    if (phone === null && email === null) {
      context.remark('contact-unreachable', 'contact')
      return []
    }
    const name = personName(contact, context)
    const relationships = children(contact, 'relationship')
    const codes = codesOf(relationships)
    return [
      {
        fullName: name === undefined ? 'Unknown' : `${name.first} ${name.last}`.trim(),
        relationship: relationships.map((each) => concept(each)?.display).find((each) => each !== undefined) ?? null,
        phone,
        email,
        emergency: codes.includes('C'),
        guardian: codes.includes('GUARD') || codes.includes('GUADLTM'),
      },
    ]
  })
}
