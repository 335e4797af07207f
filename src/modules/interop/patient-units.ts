import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'

import { issueMrn } from '../patients/issue-mrn.js'
import { PatientContact } from '../patients/patient-contact.entity.js'
import { PatientIdentifier } from '../patients/patient-identifier.entity.js'
import { Patient, type AllergyStatus } from '../patients/patient.entity.js'
import { contextOf, type ImportSession } from './import-session.js'
import type { StagedResource } from './import-stage.js'
import { insert, type Unit } from './import-writer.js'
import type { PatientFacts } from './map-context.js'
import type { PatientData } from './map-patient.js'
import { pgArray } from './pg-array.js'
import { findLinks, type Link } from './source-links.js'

/** A patient who gets a record number of this clinic (RULES P1). `allergyStatus` is asked for when everything else was mapped. */
export async function newPatientUnit(
  session: ImportSession,
  item: StagedResource,
  data: PatientData,
  allergyStatus: () => AllergyStatus,
): Promise<Unit> {
  const id = uuidv7()
  const mrn = session.dryRun ? '' : await issueMrn(session.em)
  const identifiers = await freeIdentifiers(session, item, data, id)
  return {
    item,
    outcome: 'created',
    entityName: Patient.name,
    entityId: id,
    parts: [],
    write: (em) => {
      insert(em, Patient, { id, mrn, ...data.fields, allergyStatus: allergyStatus() })
      for (const identifier of identifiers) insert(em, PatientIdentifier, { patient: id, ...identifier })
      for (const contact of data.contacts) insert(em, PatientContact, { patient: id, ...contact })
    },
  }
}

/** A patient of an earlier import whom the source has changed. Numbers are added, contacts replaced, nothing else is taken away. */
export async function changedPatientUnit(session: ImportSession, item: StagedResource, data: PatientData, link: Link): Promise<Unit> {
  const id = link.entityId
  const standing = await standingPatient(session.em, id)
  const identifiers = await freeIdentifiers(session, item, data, standing)
  return {
    item,
    outcome: 'updated',
    entityName: Patient.name,
    entityId: id,
    parts: [],
    write: async (em) => {
      em.assign(await em.findOneOrFail(Patient, id), data.fields)
      for (const identifier of identifiers) insert(em, PatientIdentifier, { patient: standing, ...identifier })
      // Of a merged record, what it shows is brought up to date; whom to call stands with the other one and is people's business.
      if (standing !== id) return
      await em.nativeDelete(PatientContact, { patient: id })
      for (const contact of data.contacts) insert(em, PatientContact, { patient: id, ...contact })
    },
  }
}

/** The record under which a patient goes on: another one when theirs was merged into it (RULES P4). */
export async function standingPatient(em: EntityManager, id: string): Promise<string> {
  const [row] = await em.execute<{ id: string }[]>('select coalesce(merged_into_id, id) as id from patient where id = ?', [id])
  return row?.id ?? id
}

/** A patient who is in the clinic already, by the key under which resources of the import know them. */
export async function findPatient(session: ImportSession, key: string): Promise<PatientFacts | undefined> {
  const { em, source } = session
  const number = /^Patient\?(.*)\|([^|]*)$/.exec(key)
  const condition = number === null ? 'id = ?' : 'id = (select patient_id from patient_identifier where system = ? and value = ?)'
  const [link] = number === null ? (await findLinks(em, source, [{ resourceType: 'Patient', externalId: key }])).values() : []
  if (number === null && link === undefined) return undefined
  const [row] = await em.execute<{ id: string; birth_date: string; deceased_at: string | null }[]>(
    // What was merged into another goes on under that one (RULES P4).
    `select id, birth_date::text as birth_date, deceased_at from patient
     where id = (select coalesce(merged_into_id, id) from patient where ${condition})`,
    number === null ? [link?.entityId] : [number[1], number[2]],
  )
  return row && { id: row.id, birthDate: row.birth_date, deceasedAt: row.deceased_at === null ? null : new Date(row.deceased_at) }
}

/** The identifiers nobody has yet. One that another patient has is left out: perhaps both are one person, which people must decide. */
async function freeIdentifiers(
  session: ImportSession,
  item: StagedResource,
  data: PatientData,
  patientId: string,
): Promise<PatientData['identifiers']> {
  const rows = await session.em.execute<{ system: string; value: string; patient_id: string }[]>(
    `select i.system, i.value, i.patient_id from patient_identifier i
     join unnest(?::text[], ?::text[]) as w(s, v) on i.system = w.s and i.value = w.v`,
    [pgArray(data.identifiers.map((each) => each.system)), pgArray(data.identifiers.map((each) => each.value))],
  )
  const owners = new Map(rows.map((row) => [`${row.system}|${row.value}`, row.patient_id]))
  const context = contextOf(session, item)
  return data.identifiers.filter((each) => {
    const owner = owners.get(`${each.system}|${each.value}`)
    if (owner !== undefined && owner !== patientId) context.remark('identifier-taken', 'identifier')
    return owner === undefined
  })
}
