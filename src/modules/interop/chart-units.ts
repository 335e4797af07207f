import { v7 as uuidv7 } from 'uuid'

import { Allergy } from '../patients/allergy.entity.js'
import { Condition } from '../patients/condition.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { Procedure } from '../plans/procedure.entity.js'
import { TreatmentPlanItem } from '../plans/treatment-plan-item.entity.js'
import { TreatmentPlan } from '../plans/treatment-plan.entity.js'
import type { DoctorDirectory } from './doctor-directory.js'
import { concept } from './fhir-codes.js'
import { child, children, text, type JsonObject } from './fhir-json.js'
import { referenceKey } from './fhir-reference.js'
import { Skip } from './import-problems.js'
import type { StagedResource } from './import-stage.js'
import { insert, type Unit } from './import-writer.js'
import { mapAllergy, NONE_KNOWN } from './map-allergy.js'
import { activityReferences, mapCarePlan, type CarePlanData } from './map-care-plan.js'
import { diagnosisOf, mapCondition } from './map-condition.js'
import { mapProcedure } from './map-procedure.js'
import type { PatientBatch } from './patient-batch.js'
import type { VisitState } from './visit-state.js'

/** Outcome, row and id of a resource: those of its link, or new ones. */
export function target(
  batch: PatientBatch,
  item: StagedResource,
  entityName: string,
): Pick<Unit, 'item' | 'outcome' | 'entityName' | 'entityId' | 'parts'> {
  const link = batch.linkOf(item)
  return { item, outcome: link === undefined ? 'created' : 'updated', entityName, entityId: link?.entityId ?? uuidv7(), parts: [] }
}

/** The visit of a resource that can do without; that it has to is reported. */
export function optionalVisit(batch: PatientBatch, item: StagedResource): VisitState | undefined {
  const state = batch.visitOf(child(item.resource, 'encounter'))
  if (state === null) batch.context(item).remark('encounter-left-out', 'encounter')
  return state ?? undefined
}

/** The doctor a reference names; that there is one who is not known is reported. */
export async function optionalDoctor(
  batch: PatientBatch,
  doctors: DoctorDirectory,
  item: StagedResource,
  reference: JsonObject | undefined,
  field: string,
): Promise<string | null> {
  const id = await doctors.idOf(reference, item)
  if (id === null && reference !== undefined) batch.context(item).remark('not-linked', field)
  return id
}

/** Conditions: on the problem list, and among the diagnoses of their visit while its record is being put together; written after it. */
export function conditionUnits(batch: PatientBatch): readonly Unit[] {
  const units: Unit[] = []
  for (const item of batch.changed('Condition')) {
    const context = batch.context(item)
    const visit = optionalVisit(batch, item)
    const data = mapCondition(item.resource, batch.facts, visit, context)
    if (data instanceof Skip) {
      batch.skip(item, data.code, data.field)
      continue
    }
    const to = target(batch, item, Condition.name)
    const diagnosis = diagnosisOf(data)
    if (visit !== undefined && to.outcome === 'created') {
      if (diagnosis === undefined) context.remark('diagnosis-without-code', 'code')
      else if (visit.record === 'new') visit.diagnoses.push({ item, data: diagnosis })
      else if (visit.recordId !== null) context.remark('diagnosis-not-added', 'encounter')
    }
    const row = { ...data, medicalRecord: visit?.recordId ?? null }
    units.push({
      ...to,
      write: async (em) => {
        if (to.outcome === 'created') insert(em, Condition, { id: to.entityId, patient: batch.facts.id, ...row })
        else em.assign(await em.findOneOrFail(Condition, to.entityId), row)
      },
    })
  }
  return units
}

/** What the allergies of an import say of the patient. */
export interface AllergySummary {
  readonly listed: boolean
  readonly noneKnown: boolean
}

/** Allergies, and the fact that there are none. */
export function allergyUnits(batch: PatientBatch): AllergySummary {
  const listed: StagedResource[] = []
  const none: StagedResource[] = []
  for (const item of batch.changed('AllergyIntolerance')) {
    const data = mapAllergy(item.resource, batch.facts, batch.context(item))
    if (data instanceof Skip) batch.skip(item, data.code, data.field)
    else if (data === NONE_KNOWN) {
      none.push(item)
      batch.units.push({ ...target(batch, item, Patient.name), entityId: batch.facts.id, write: () => undefined })
    } else {
      listed.push(item)
      const to = target(batch, item, Allergy.name)
      const row = { ...data, reactions: [...data.reactions] }
      batch.units.push({
        ...to,
        write: async (em) => {
          if (to.outcome === 'created') insert(em, Allergy, { id: to.entityId, patient: batch.facts.id, ...row })
          else em.assign(await em.findOneOrFail(Allergy, to.entityId), row)
        },
      })
    }
  }
  if (listed.length > 0) for (const item of none) batch.context(item).remark('allergy-contradiction', 'code')
  return { listed: listed.length > 0, noneKnown: none.length > 0 }
}

/** Care plans as treatment plans; a plan without an author is that of the doctor whose visit it was made at. */
export async function planUnits(batch: PatientBatch, doctors: DoctorDirectory): Promise<void> {
  const words = conditionWords(batch)
  for (const item of batch.ofType('CarePlan')) {
    const link = batch.linkOf(item)
    const unchanged = link?.contentHash === item.hash
    const data = unchanged ? undefined : mapCarePlan(item.resource, batch.facts, batch.context(item))
    if (data instanceof Skip) {
      batch.skip(item, data.code, data.field)
      continue
    }
    const to = target(batch, item, TreatmentPlan.name)
    for (const key of item.spellings) batch.plans.set(key, to.entityId)
    for (const reference of activityReferences(item.resource)) {
      const key = referenceKey(reference, 'Procedure')
      if (key !== undefined) batch.plans.set(key, to.entityId)
    }
    if (data === undefined) continue
    const visit = optionalVisit(batch, item)
    const doctorId = (await optionalDoctor(batch, doctors, item, child(item.resource, 'author'), 'author')) ?? visit?.doctorId ?? null
    const summary = children(item.resource, 'addresses').map(
      (each) => text(each, 'display') ?? words.get(referenceKey(each, 'Condition') ?? ''),
    )
    const treated = [...new Set(summary.filter((each) => each !== undefined))].join('; ')
    batch.units.push(planUnit(batch, to, data, doctorId, treated === '' ? null : treated))
  }
}

function planUnit(
  batch: PatientBatch,
  to: Omit<Unit, 'write'>,
  { items, ...plan }: CarePlanData,
  doctorId: string | null,
  diagnosisSummary: string | null,
): Unit {
  const row = { ...plan, doctor: doctorId, diagnosisSummary }
  return {
    ...to,
    write: async (em) => {
      if (to.outcome === 'created') insert(em, TreatmentPlan, { id: to.entityId, patient: batch.facts.id, ...row })
      else {
        em.assign(await em.findOneOrFail(TreatmentPlan, to.entityId), row)
        await em.nativeDelete(TreatmentPlanItem, { treatmentPlan: to.entityId })
      }
      for (const [index, each] of items.entries())
        insert(em, TreatmentPlanItem, { treatmentPlan: to.entityId, position: index + 1, ...each })
    },
  }
}

/** Procedures, linked to the appointment of their visit and to the plan they are part of. */
export async function procedureUnits(batch: PatientBatch, doctors: DoctorDirectory): Promise<void> {
  for (const item of batch.changed('Procedure')) {
    const visit = optionalVisit(batch, item)
    const data = mapProcedure(item.resource, batch.facts, visit, batch.context(item))
    if (data instanceof Skip) {
      batch.skip(item, data.code, data.field)
      continue
    }
    const { atVisit, ...fields } = data
    const performer = await optionalDoctor(batch, doctors, item, child(children(item.resource, 'performer')[0], 'actor'), 'performer')
    const to = target(batch, item, Procedure.name)
    const row = {
      ...fields,
      performer,
      appointment: atVisit ? (visit?.appointmentId ?? null) : null,
      treatmentPlan: planOf(batch, item) ?? null,
    }
    batch.units.push({
      ...to,
      write: async (em) => {
        if (to.outcome === 'created') insert(em, Procedure, { id: to.entityId, patient: batch.facts.id, ...row })
        else em.assign(await em.findOneOrFail(Procedure, to.entityId), row)
      },
    })
  }
}

/** The plan a resource is based on, or whose activities name it. */
export function planOf(batch: PatientBatch, item: StagedResource): string | undefined {
  const based = children(item.resource, 'basedOn').map((each) => referenceKey(each, 'CarePlan'))
  const plan = [...based, ...item.spellings]
    .map((key) => (key === undefined ? undefined : batch.plans.get(key)))
    .find((each) => each !== undefined)
  if (plan === undefined && based.length > 0) batch.context(item).remark('not-linked', 'basedOn')
  return plan
}

function conditionWords(batch: PatientBatch): ReadonlyMap<string, string> {
  return new Map(
    batch.ofType('Condition').flatMap((item) => {
      const words = concept(child(item.resource, 'code'))?.display
      return words === undefined ? [] : item.spellings.map((key) => [key, words] as const)
    }),
  )
}
