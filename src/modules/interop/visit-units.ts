import { v7 as uuidv7 } from 'uuid'

import { recordContentHash } from '../records/content-hash.js'
import { Diagnosis } from '../records/diagnosis.entity.js'
import { MedicalRecord, RecordStatus } from '../records/medical-record.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import type { DoctorDirectory } from './doctor-directory.js'
import { child, type JsonObject } from './fhir-json.js'
import { Skip } from './import-problems.js'
import type { StagedResource } from './import-stage.js'
import { insert, type Unit } from './import-writer.js'
import { mapEncounter, practitionersOf, type EncounterData } from './map-encounter.js'
import { mapMedicationStatement } from './map-medication-statement.js'
import type { Medicines } from './map-medication-request.js'
import { mapObservation } from './map-observation.js'
import type { PatientBatch } from './patient-batch.js'
import { partOf, ranked, sameRecord } from './record-contents.js'
import type { SiteDirectory } from './site-directory.js'
import { editedSince } from './source-links.js'
import { storedVisits, type RecordPart, type VisitState } from './visit-state.js'

/** Puts the visits of a patient together: appointment, record, and what is stored inside of the record. */
export class VisitUnits {
  readonly #batch: PatientBatch
  readonly #doctors: DoctorDirectory
  readonly #sites: SiteDirectory
  /** New records wait for their contents. */
  readonly #fresh: {
    readonly item: StagedResource
    readonly data: EncounterData
    readonly state: VisitState
    readonly locationId: string
  }[] = []

  constructor(batch: PatientBatch, doctors: DoctorDirectory, sites: SiteDirectory) {
    this.#batch = batch
    this.#doctors = doctors
    this.#sites = sites
  }

  /** Finds the visits of earlier imports and begins those that are new. */
  async begin(): Promise<void> {
    const batch = this.#batch
    const { em } = batch.session
    const links = new Map(batch.ofType('Encounter').map((item) => [item, batch.linkOf(item)] as const))
    const elsewhere = await batch.linksBehind(em, 'Encounter', this.#references())
    const known = [...links.values(), ...elsewhere.values()].filter((link) => link !== undefined)
    const stored = await storedVisits(em, known)
    for (const [key, link] of elsewhere) this.#register([key], stored.get(link.entityId))
    for (const [item, link] of links) {
      const state = link === undefined ? undefined : stored.get(link.entityId)
      if (state !== undefined) this.#register(item.spellings, state)
      if (link?.contentHash === item.hash) continue
      if (state === undefined) await this.#beginNew(item)
      else await this.#change(item, state)
    }
  }

  /** Vital signs: into the record of their visit. */
  observations(): void {
    for (const item of this.#batch.changed('Observation')) {
      const state = this.#recordFor(item, child(item.resource, 'encounter'))
      if (state === undefined) continue
      const vitals = mapObservation(item.resource, this.#batch.facts, state, this.#batch.context(item))
      if (vitals instanceof Skip) this.#batch.skip(item, vitals.code, vitals.field)
      else this.#add(item, state, { vitals, medications: [] })
    }
  }

  /** Medicines that were noted at a visit: into its record. */
  statements(medicines: Medicines): void {
    for (const item of this.#batch.changed('MedicationStatement')) {
      const state = this.#recordFor(item, child(item.resource, 'context'))
      if (state === undefined) continue
      const medication = mapMedicationStatement(item.resource, medicines, this.#batch.context(item))
      if (medication instanceof Skip) this.#batch.skip(item, medication.code, medication.field)
      else this.#add(item, state, { vitals: [], medications: [medication] })
    }
  }

  /** Closes the new records, once all their contents are known. */
  finish(): void {
    for (const { item, data, state, locationId } of this.#fresh) this.#batch.units.push(this.#unit(item, data, state, locationId))
  }

  async #beginNew(item: StagedResource): Promise<void> {
    const doctorId = await this.#doctorOf(item)
    const data = mapEncounter(item.resource, this.#batch.facts, doctorId, this.#batch.context(item))
    if (data instanceof Skip) return this.#batch.skip(item, data.code, data.field)
    const state: VisitState = {
      recordId: data.record === null ? null : uuidv7(),
      appointmentId: data.appointment === null ? null : uuidv7(),
      doctorId,
      startsAt: data.startsAt,
      endsAt: data.endsAt,
      record: data.record === null ? 'closed' : 'new',
      parts: [],
      diagnoses: [],
      stored: undefined,
    }
    this.#register(item.spellings, state)
    const locationId = data.appointment === null ? '' : await this.#sites.idOf(item.resource, item)
    this.#fresh.push({ item, data, state, locationId })
  }

  /** The source changed a visit: what is signed stays as it is, the appointment and a draft follow. */
  async #change(item: StagedResource, state: VisitState): Promise<void> {
    const batch = this.#batch
    const doctorId = await this.#doctorOf(item)
    const data = mapEncounter(item.resource, batch.facts, doctorId, batch.context(item))
    if (data instanceof Skip) return batch.skip(item, data.code, data.field)
    const link = batch.linkOf(item)
    if (link === undefined) return
    const { em } = batch.session
    const rows = [
      ...(await editedSince(em, 'medical_record', [link])),
      ...(await editedSince(em, 'appointment', state.appointmentId === null ? [] : [{ ...link, entityId: state.appointmentId }])),
    ]
    if (rows.length > 0) return batch.skip(item, 'edited-here')
    if (state.record === 'closed' && !sameRecord(state, data, doctorId)) return batch.skip(item, 'signed-record')
    batch.units.push({
      item,
      outcome: 'updated',
      entityName: link.entityName,
      entityId: link.entityId,
      parts: [],
      write: async (tx) => {
        if (state.record === 'draft' && state.recordId !== null && data.record !== null) {
          const { occurredAt, encounterType, subjective } = data.record
          tx.assign(await tx.findOneOrFail(MedicalRecord, state.recordId), { occurredAt, encounterType, subjective, author: doctorId })
        }
        if (state.appointmentId !== null && data.appointment !== null) {
          tx.assign(await tx.findOneOrFail(Appointment, state.appointmentId), {
            ...data.appointment,
            ...(doctorId === null ? {} : { doctor: doctorId }),
          })
        }
      },
    })
  }

  #unit(item: StagedResource, data: EncounterData, state: VisitState, locationId: string): Unit {
    const patientId = this.#batch.facts.id
    const { recordId, appointmentId, doctorId } = state
    const diagnoses = ranked(item.resource, state)
    return {
      item,
      outcome: 'created',
      entityName: recordId === null ? Appointment.name : MedicalRecord.name,
      entityId: recordId ?? appointmentId ?? '',
      parts: state.parts,
      write: (em, kept) => {
        if (appointmentId !== null && data.appointment !== null && doctorId !== null) {
          insert(em, Appointment, { id: appointmentId, patient: patientId, doctor: doctorId, location: locationId, ...data.appointment })
        }
        if (recordId === null || data.record === null) return
        const contents = state.parts.filter((part) => kept.includes(part))
        const content = {
          occurredAt: data.record.occurredAt,
          encounterType: data.record.encounterType,
          subjective: data.record.subjective,
          findings: null,
          assessment: null,
          plan: null,
        }
        const signature = {
          ...content,
          authorId: doctorId,
          diagnoses,
          vitals: contents.flatMap((part) => part.vitals),
          currentMedications: contents.flatMap((part) => part.medications),
        }
        const signed = data.record.status === RecordStatus.SIGNED
        insert(em, MedicalRecord, {
          id: recordId,
          patient: patientId,
          appointment: appointmentId,
          author: doctorId,
          status: data.record.status,
          signedAt: data.record.signedAt,
          contentHash: signed ? recordContentHash(signature) : null,
          ...content,
        })
        for (const diagnosis of diagnoses) insert(em, Diagnosis, { medicalRecord: recordId, ...diagnosis })
      },
    }
  }

  /** The record something is to be stored in, if it may be; otherwise that is reported. */
  #recordFor(item: StagedResource, reference: JsonObject | undefined): (VisitState & { readonly recordId: string }) | undefined {
    const batch = this.#batch
    const state = batch.visitOf(reference)
    const { recordId } = state ?? {}
    if (state === undefined) batch.skip(item, 'no-encounter', 'encounter')
    else if (state === null || recordId == null) batch.skip(item, 'encounter-not-loaded', 'encounter')
    else if (state.record === 'closed') batch.skip(item, 'signed-record')
    else if (batch.linkOf(item) !== undefined) batch.skip(item, 'measurement-changed')
    else return { ...state, recordId }
    return undefined
  }

  #add(item: StagedResource, state: VisitState & { readonly recordId: string }, content: Pick<RecordPart, 'vitals' | 'medications'>): void {
    const part = partOf(item, state.recordId, content)
    if (state.record === 'new') state.parts.push(part)
    else this.#batch.units.push({ ...part, parts: [] })
  }

  async #doctorOf(item: StagedResource): Promise<string | null> {
    for (const reference of practitionersOf(item.resource)) {
      const id = await this.#doctors.idOf(reference, item)
      if (id !== null) return id
    }
    return null
  }

  #register(spellings: readonly string[], state: VisitState | undefined): void {
    if (state !== undefined) for (const key of spellings) this.#batch.visits.set(key, state)
  }

  #references(): readonly (JsonObject | undefined)[] {
    const types = ['Condition', 'Observation', 'Procedure', 'CarePlan', 'MedicationRequest', 'MedicationStatement']
    return types.flatMap((type) =>
      this.#batch.changed(type).map((item) => child(item.resource, 'encounter') ?? child(item.resource, 'context')),
    )
  }
}
