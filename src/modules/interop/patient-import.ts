import { refreshAllergyStatus } from '../patients/allergy-status.js'
import { AllergyStatus, Patient } from '../patients/patient.entity.js'
import { allergyUnits, conditionUnits, planUnits, procedureUnits, type AllergySummary } from './chart-units.js'
import type { DoctorDirectory } from './doctor-directory.js'
import { child } from './fhir-json.js'
import { referenceKey } from './fhir-reference.js'
import { Skip, type ProblemCode } from './import-problems.js'
import { contextOf, type ImportSession } from './import-session.js'
import type { ImportStage, StagedResource } from './import-stage.js'
import type { Unit } from './import-writer.js'
import type { PatientFacts } from './map-context.js'
import { mapPatient } from './map-patient.js'
import type { Medicines } from './map-medication-request.js'
import { PatientBatch } from './patient-batch.js'
import { changedPatientUnit, findPatient, newPatientUnit, standingPatient } from './patient-units.js'
import { PrescriptionUnits } from './prescription-units.js'
import type { SiteDirectory } from './site-directory.js'
import { editedSince, findLinks, linkKey, touchLinks, type Link } from './source-links.js'
import { VisitUnits } from './visit-units.js'

/** Imports everything about one patient in one transaction. */
export class PatientImport {
  readonly #session: ImportSession
  readonly #stage: ImportStage
  readonly #doctors: DoctorDirectory
  readonly #sites: SiteDirectory

  constructor(session: ImportSession, stage: ImportStage, doctors: DoctorDirectory, sites: SiteDirectory) {
    this.#session = session
    this.#stage = stage
    this.#doctors = doctors
    this.#sites = sites
  }

  /** @param key what the stage gathers the patient's resources under */
  async run(key: string): Promise<void> {
    const { em, ledger, source } = this.#session
    const all = await this.#stage.ofPatient(key)
    const links = await findLinks(em, source, all)
    const linkOf = (item: StagedResource): Link | undefined => links.get(linkKey(item.resourceType, item.externalId))
    const changed = new Set(all.filter((item) => linkOf(item)?.contentHash !== item.hash))
    for (const item of all) if (!changed.has(item)) ledger.settle(item, 'unchanged')
    if (changed.size === 0) return

    const edited = await this.#editedHere([...changed].map(linkOf).filter((link) => link !== undefined))
    const items = all.filter((item) => {
      const refused = changed.has(item) && edited.has(linkOf(item)?.entityId ?? '')
      if (refused) ledger.skip(item, 'edited-here')
      return !refused
    })
    const allergies: AllergySummary[] = []
    const patient = await this.#patient(key, items, linkOf, () => statusOf(allergies))
    if (typeof patient === 'string') {
      for (const item of items) if (changed.has(item) && item.resourceType !== 'Patient') ledger.skip(item, patient)
      return
    }
    const batch = new PatientBatch(this.#session, patient.facts, items, links)
    if (patient.unit !== undefined) batch.units.push(patient.unit)
    allergies.push(await this.#chart(batch))
    await this.#write(batch, patient.unit?.outcome === 'created' ? undefined : statusOf(allergies))
  }

  /** Maps what is new, in the order in which one needs the other. */
  async #chart(batch: PatientBatch): Promise<AllergySummary> {
    const medicines = await this.#medicines(batch)
    const visits = new VisitUnits(batch, this.#doctors, this.#sites)
    await visits.begin()
    visits.observations()
    visits.statements(medicines)
    const conditions = conditionUnits(batch)
    visits.finish()
    for (const unit of conditions) batch.units.push(unit)
    const allergies = allergyUnits(batch)
    await planUnits(batch, this.#doctors)
    await procedureUnits(batch, this.#doctors)
    await new PrescriptionUnits(batch, this.#doctors).add(medicines)
    return allergies
  }

  async #write(batch: PatientBatch, allergyStatus: AllergyStatus | undefined): Promise<void> {
    const { id } = batch.facts
    await this.#session.writer.write(batch.units, async (em) => {
      if (allergyStatus === undefined || allergyStatus === AllergyStatus.NOT_ASKED) return
      await refreshAllergyStatus(em, id, allergyStatus === AllergyStatus.NONE_KNOWN)
      await touchLinks(em, Patient.name, [id])
    })
  }

  /** The patient, with a unit when there is something to write; or why nothing about them can be loaded. */
  async #patient(
    key: string,
    items: readonly StagedResource[],
    linkOf: (item: StagedResource) => Link | undefined,
    allergyStatus: () => AllergyStatus,
  ): Promise<
    { readonly facts: PatientFacts; readonly unit: Unit | undefined } | Extract<ProblemCode, 'patient-not-found' | 'patient-not-loaded'>
  > {
    const session = this.#session
    const item = items.find((each) => each.resourceType === 'Patient')
    const link = item === undefined ? undefined : linkOf(item)
    if (item === undefined || link?.contentHash === item.hash) {
      const facts = await findPatient(session, key)
      return facts === undefined ? 'patient-not-found' : { facts, unit: undefined }
    }
    const data = mapPatient(item.resource, contextOf(session, item))
    if (data instanceof Skip) {
      session.ledger.skip(item, data.code, data.field)
      return 'patient-not-loaded'
    }
    const unit =
      link === undefined ? await newPatientUnit(session, item, data, allergyStatus) : await changedPatientUnit(session, item, data, link)
    const id = link === undefined ? unit.entityId : await standingPatient(session.em, unit.entityId)
    return { facts: { id, birthDate: data.fields.birthDate, deceasedAt: data.fields.deceasedAt }, unit }
  }

  /** Rows behind changed resources that somebody edited; visits look after theirs by themselves, which are two rows. */
  async #editedHere(links: readonly Link[]): Promise<ReadonlySet<string>> {
    const { em } = this.#session
    const edited = new Set<string>()
    for (const [entityName, group] of Map.groupBy(links, (link) => link.entityName)) {
      if (entityName === 'MedicalRecord' || entityName === 'Appointment') continue
      const table = em.getMetadata().getByClassName(entityName, false)?.tableName
      if (table !== undefined) for (const id of await editedSince(em, table, group)) edited.add(id)
    }
    return edited
  }

  async #medicines(batch: PatientBatch): Promise<Medicines> {
    const names = ['MedicationRequest', 'MedicationStatement'].flatMap((type) =>
      batch.changed(type).map((item) => referenceKey(child(item.resource, 'medicationReference'), 'Medication')),
    )
    return this.#stage.medications([...new Set(names.filter((name) => name !== undefined).filter((name) => !name.startsWith('#')))])
  }
}

function statusOf(allergies: readonly AllergySummary[]): AllergyStatus {
  if (allergies.some((each) => each.listed)) return AllergyStatus.RECORDED
  return allergies.some((each) => each.noneKnown) ? AllergyStatus.NONE_KNOWN : AllergyStatus.NOT_ASKED
}
