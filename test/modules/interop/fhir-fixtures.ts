import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** A FHIR resource as a test writes it. */
export type Resource = { readonly resourceType: string; readonly id: string } & Record<string, unknown>

export const SNOMED = 'http://snomed.info/sct'
export const LOINC = 'http://loinc.org'
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
export const NPI = 'http://hl7.org/fhir/sid/us-npi'
const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

export const concept = (system: string, code: string, display: string): object => ({ coding: [{ system, code, display }], text: display })
export const urn = (id: string): { reference: string } => ({ reference: `urn:uuid:${id}` })
const status = (code: string): object => ({ coding: [{ code }] })

/** Builders of sound resources; what a test is about, it overrides. All visits take place on one day of 2015. */
export const fhir = {
  patient: (id: string, more: object = {}): Resource => ({
    resourceType: 'Patient',
    id,
    identifier: [{ type: { coding: [{ code: 'MR' }] }, system: 'http://hospital.example', value: `mr-${id}` }],
    name: [{ use: 'official', family: 'Núñez', given: ['José', 'María'] }],
    telecom: [{ system: 'phone', value: '555-010-2030', use: 'home' }],
    gender: 'male',
    birthDate: '1970-04-01',
    address: [{ line: ['1 High Street'], city: 'Springfield', state: 'MA', postalCode: '01101', country: 'US' }],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'es' }] } }],
    ...more,
  }),
  practitioner: (id: string, number: string, more: object = {}): Resource => ({
    resourceType: 'Practitioner',
    id,
    identifier: [{ system: NPI, value: number }],
    active: true,
    name: [{ family: 'Olson', given: ['Wynell'], prefix: ['Dr.'] }],
    ...more,
  }),
  organization: (id: string, name = 'Milford Medical Center', more: object = {}): Resource => ({
    resourceType: 'Organization',
    id,
    identifier: [{ system: 'http://directory.example', value: id }],
    name,
    address: [{ line: ['14 Prospect Street'], city: 'Milford' }],
    ...more,
  }),
  encounter: (id: string, patient: string, more: object = {}): Resource => ({
    resourceType: 'Encounter',
    id,
    status: 'finished',
    class: { system: ACT, code: 'AMB' },
    type: [concept(SNOMED, '185349003', 'Encounter for check up')],
    subject: urn(patient),
    participant: [{ individual: urn('doc-1') }],
    period: { start: '2015-03-02T09:00:00+01:00', end: '2015-03-02T09:20:00+01:00' },
    serviceProvider: urn('org-1'),
    ...more,
  }),
  condition: (id: string, patient: string, encounter: string, more: object = {}): Resource => ({
    resourceType: 'Condition',
    id,
    clinicalStatus: status('active'),
    verificationStatus: status('confirmed'),
    code: concept(SNOMED, '15777000', 'Prediabetes'),
    subject: urn(patient),
    encounter: urn(encounter),
    onsetDateTime: '2015-03-02T09:00:00+01:00',
    recordedDate: '2015-03-02T09:00:00+01:00',
    ...more,
  }),
  vital: (id: string, patient: string, encounter: string, more: object = {}): Resource => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [{ coding: [{ code: 'vital-signs' }] }],
    code: concept(LOINC, '8302-2', 'Body Height'),
    subject: urn(patient),
    encounter: urn(encounter),
    effectiveDateTime: '2015-03-02T09:05:00+01:00',
    valueQuantity: { value: 171.5, unit: 'cm', system: 'http://unitsofmeasure.org', code: 'cm' },
    ...more,
  }),
  allergy: (id: string, patient: string, more: object = {}): Resource => ({
    resourceType: 'AllergyIntolerance',
    id,
    clinicalStatus: status('active'),
    verificationStatus: status('confirmed'),
    category: ['food'],
    criticality: 'high',
    code: concept(SNOMED, '91935009', 'Allergy to peanuts'),
    patient: urn(patient),
    recordedDate: '2012-05-01T10:00:00Z',
    reaction: [{ manifestation: [{ text: 'Hives' }, { text: 'Wheezing' }] }],
    ...more,
  }),
  procedure: (id: string, patient: string, encounter: string, more: object = {}): Resource => ({
    resourceType: 'Procedure',
    id,
    status: 'completed',
    code: concept(SNOMED, '73761001', 'Colonoscopy'),
    subject: urn(patient),
    encounter: urn(encounter),
    performedPeriod: { start: '2015-03-02T09:10:00+01:00', end: '2015-03-02T09:15:00+01:00' },
    ...more,
  }),
  carePlan: (id: string, patient: string, encounter: string, more: object = {}): Resource => ({
    resourceType: 'CarePlan',
    id,
    status: 'active',
    intent: 'order',
    category: [concept(SNOMED, '698360004', 'Diabetes self management plan')],
    subject: urn(patient),
    encounter: urn(encounter),
    period: { start: '2015-03-02' },
    activity: [
      { detail: { code: concept(SNOMED, '160670007', 'Diabetic diet'), status: 'in-progress' } },
      { detail: { code: concept(SNOMED, '229065009', 'Exercise therapy'), status: 'completed' } },
    ],
    ...more,
  }),
  order: (id: string, patient: string, encounter: string, more: object = {}): Resource => ({
    resourceType: 'MedicationRequest',
    id,
    status: 'stopped',
    intent: 'order',
    medicationCodeableConcept: concept(RXNORM, '834102', 'Penicillin V Potassium 500 MG Oral Tablet'),
    subject: urn(patient),
    encounter: urn(encounter),
    authoredOn: '2015-03-02T09:15:00+01:00',
    requester: urn('doc-1'),
    ...more,
  }),
}

/** A transaction bundle; entries may refer to later ones. */
export const bundle = (...resources: readonly Resource[]): object => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: resources.map((resource) => ({
    fullUrl: `urn:uuid:${resource.id}`,
    resource,
    request: { method: 'POST', url: resource.resourceType },
  })),
})

/** The directory most bundles need: one doctor, one organization. */
export const directory = (): readonly Resource[] => [fhir.practitioner('doc-1', '1234567893'), fhir.organization('org-1')]

/** A patient with one visit that has everything. */
export const wholePatient = (id = 'pat-1'): readonly Resource[] => [
  fhir.patient(id),
  fhir.encounter(`${id}-enc`, id),
  fhir.condition(`${id}-con`, id, `${id}-enc`),
  fhir.vital(`${id}-obs`, id, `${id}-enc`),
  fhir.allergy(`${id}-all`, id),
  fhir.procedure(`${id}-pro`, id, `${id}-enc`),
  fhir.carePlan(`${id}-pla`, id, `${id}-enc`, { addresses: [urn(`${id}-con`)] }),
  fhir.order(`${id}-ord`, id, `${id}-enc`),
]

/** A folder of input files that is gone after the test. */
export class InputFolder implements AsyncDisposable {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async create(): Promise<InputFolder> {
    return new InputFolder(await mkdtemp(join(tmpdir(), 'clinic-fhir-')))
  }

  /** Writes a file: text as it is, anything else as JSON; compressed when it is called so. */
  async write(name: string, content: unknown): Promise<string> {
    const file = join(this.path, name)
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    await writeFile(file, name.endsWith('.gz') ? gzipSync(text) : text)
    return file
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
