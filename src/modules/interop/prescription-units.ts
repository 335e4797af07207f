import type { EntityManager } from '@mikro-orm/postgresql'
import { v7 as uuidv7 } from 'uuid'

import { PrescriptionItem, PrescriptionItemStatus } from '../prescriptions/prescription-item.entity.js'
import { Prescription } from '../prescriptions/prescription.entity.js'
import { optionalDoctor, optionalVisit, planOf, target } from './chart-units.js'
import type { DoctorDirectory } from './doctor-directory.js'
import { child, text } from './fhir-json.js'
import { referenceKey } from './fhir-reference.js'
import { parseTime } from './fhir-time.js'
import { Skip } from './import-problems.js'
import type { StagedResource } from './import-stage.js'
import { insert } from './import-writer.js'
import { mapMedicationRequest, type Medicines, type OrderData } from './map-medication-request.js'
import type { PatientBatch } from './patient-batch.js'
import { pgArray } from './pg-array.js'

/** What is ordered at one visit, by one doctor, on one day, is one prescription; an order that names no visit stands alone. */
function groupOf(item: StagedResource, zone: string): string {
  const visit = referenceKey(child(item.resource, 'encounter'), 'Encounter')
  if (visit === undefined) return item.externalId
  const day = parseTime(text(item.resource, 'authoredOn'), zone)?.day ?? ''
  return `${visit} ${referenceKey(child(item.resource, 'requester'), 'Practitioner') ?? ''} ${day}`
}

/** A prescription that takes items. */
interface Group {
  readonly id: string
  nextPosition: number
}

/** Medication requests as prescriptions with items. */
export class PrescriptionUnits {
  readonly #batch: PatientBatch
  readonly #doctors: DoctorDirectory
  readonly #groups = new Map<string, Group>()
  /** Prescriptions a unit of work has begun: the first of their items that is written makes them. */
  readonly #begun = new WeakMap<EntityManager, Set<string>>()

  constructor(batch: PatientBatch, doctors: DoctorDirectory) {
    this.#batch = batch
    this.#doctors = doctors
  }

  async add(medicines: Medicines): Promise<void> {
    const batch = this.#batch
    const items = batch.changed('MedicationRequest')
    if (items.length === 0) return
    const stored = await this.#stored()
    for (const item of items) {
      const visit = optionalVisit(batch, item)
      const data = mapMedicationRequest(item.resource, batch.facts, visit, medicines, batch.context(item))
      if (data instanceof Skip) batch.skip(item, data.code, data.field)
      else if (batch.linkOf(item) === undefined) {
        const prescriber = await optionalDoctor(batch, this.#doctors, item, child(item.resource, 'requester'), 'requester')
        this.#create(item, data, { prescriber, appointment: visit?.appointmentId ?? null, treatmentPlan: planOf(batch, item) ?? null })
      } else this.#change(item, data, stored.get(batch.linkOf(item)?.entityId ?? ''))
    }
  }

  #create(
    item: StagedResource,
    { prescribedAt, item: row }: OrderData,
    head: { readonly prescriber: string | null; readonly appointment: string | null; readonly treatmentPlan: string | null },
  ): void {
    const batch = this.#batch
    const key = groupOf(item, batch.session.zone)
    const group = this.#groups.get(key) ?? { id: uuidv7(), nextPosition: 1 }
    this.#groups.set(key, group)
    const to = target(batch, item, PrescriptionItem.name)
    const position = group.nextPosition++
    batch.units.push({
      ...to,
      write: async (em) => {
        await this.#begin(em, group.id, { patient: batch.facts.id, prescribedAt, ...head })
        insert(em, PrescriptionItem, { id: to.entityId, prescription: group.id, position, ...row })
      },
    })
  }

  /** An active item may end, and nothing else about it changes (RULES R1). */
  #change(item: StagedResource, { item: row }: OrderData, stored: StoredItem | undefined): void {
    const to = target(this.#batch, item, PrescriptionItem.name)
    if (stored?.status === PrescriptionItemStatus.ACTIVE && !sameOrder(stored, row)) return this.#batch.skip(item, 'active-order')
    this.#batch.units.push({
      ...to,
      write: async (em) => {
        const found = await em.findOneOrFail(PrescriptionItem, to.entityId)
        em.assign(found, row)
        const now = new Date().toISOString()
        await em.execute('update prescription set version = version + 1, updated_at = ?::timestamptz where id = ?', [
          now,
          found.prescription.id,
        ])
      },
    })
  }

  async #begin(
    em: EntityManager,
    id: string,
    row: { patient: string; prescribedAt: Date; prescriber: string | null; appointment: string | null; treatmentPlan: string | null },
  ): Promise<void> {
    const begun = this.#begun.get(em) ?? new Set()
    this.#begun.set(em, begun)
    if (begun.has(id)) return
    begun.add(id)
    const [found] = await em.execute<object[]>('select from prescription where id = ?', [id])
    if (found === undefined) insert(em, Prescription, { id, ...row })
  }

  /** The items of earlier imports; new orders of the same visit join their prescriptions. */
  async #stored(): Promise<ReadonlyMap<string, StoredItem>> {
    const batch = this.#batch
    const linked = new Map<string, StagedResource>()
    for (const item of batch.ofType('MedicationRequest')) {
      const link = batch.linkOf(item)
      if (link !== undefined) linked.set(link.entityId, item)
    }
    if (linked.size === 0) return new Map()
    const rows = await batch.session.em.execute<StoredItem[]>(
      `select i.id, i.prescription_id, i.status, i.medication_name, i.code, i.dose::text as dose, i.quantity::text as quantity,
              (select max(position) from prescription_item s where s.prescription_id = i.prescription_id) as last_position
       from prescription_item i where i.id = any(?::uuid[])`,
      [pgArray([...linked.keys()])],
    )
    for (const row of rows) {
      const item = linked.get(row.id)
      if (item !== undefined)
        this.#groups.set(groupOf(item, batch.session.zone), { id: row.prescription_id, nextPosition: row.last_position + 1 })
    }
    return new Map(rows.map((row) => [row.id, row]))
  }
}

interface StoredItem {
  id: string
  prescription_id: string
  status: string
  medication_name: string
  code: string | null
  dose: string | null
  quantity: string | null
  last_position: number
}

function sameOrder(stored: StoredItem, row: OrderData['item']): boolean {
  const same = (a: string | null, b: string | null): boolean => (a === null || b === null ? a === b : Number(a) === Number(b))
  return (
    stored.medication_name === row.medicationName &&
    stored.code === row.code &&
    same(stored.dose, row.dose) &&
    same(stored.quantity, row.quantity)
  )
}
