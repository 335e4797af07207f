import { CodeSystem } from '../../database/coding.js'
import { PrescriptionItemStatus } from '../prescriptions/prescription-item.entity.js'
import { RecordStatus } from '../records/medical-record.entity.js'
import type { MedicationFact } from './facts/medication-fact.js'
import { medication, type MedicationKey } from './facts/medications.js'
import { isTolerated } from './illness.js'
import { ageAt } from './person.js'
import type { Chart, WrittenRecord } from './records.js'
import type { ClinicRows } from './rows.js'
import { DAY, MINUTE, dateOf, instant } from './time.js'
import { add, rowBase } from './world.js'

type Item = ClinicRows['prescription_item']
/** A plan that a prescription can belong to. */
interface RunningPlan {
  readonly id: string
  readonly doctorId: string
  readonly from: number
  readonly to: number
}

const STOPPED = ['Side effects: nausea', 'No longer needed', 'Changed to another medicine', 'Patient does not want to take it'] as const
const HELD = ['Waiting for laboratory results', 'Paused before an operation'] as const

/**
 * Writes the prescriptions that follow from the records, oldest first. No patient gets what they are allergic to, and a medicine that is
 * prescribed anew ends the earlier order of it, so that nothing is active twice (RULES R3).
 */
export function addPrescriptions(chart: Chart, records: readonly WrittenRecord[], plans: readonly RunningPlan[]): void {
  const { random, person, rows } = chart
  const active = new Map<MedicationKey, Item>()
  for (const record of records) {
    if (record.status === RecordStatus.ENTERED_IN_ERROR || (!person.showcase && random.chance(0.45))) continue
    const age = ageAt(person, record.at)
    const keys = new Set(record.diagnoses.flatMap((fact) => fact.medications.filter((key) => isTolerated(key, chart.allergies, age))))
    if (keys.size === 0) continue
    const prescribed = record.at + 8 * MINUTE
    const at = Math.min(prescribed, chart.world.now)
    const plan = plans.find(({ doctorId, from, to }) => doctorId === record.visit.doctor.id && from <= at && at <= to)
    const row = add(rows, 'prescription', {
      ...rowBase(random, at),
      patient_id: person.id,
      prescriber_id: record.visit.doctor.id,
      appointment_id: record.visit.id,
      treatment_plan_id: plan?.id ?? null,
      prescribed_at: instant(at),
      note: random.chance(0.1) ? random.pick(['Generic is fine.', 'Please explain how to use it.', 'Patient collects it tomorrow.']) : null,
    })
    for (const [index, key] of [...keys].slice(0, random.integer(1, 3)).entries()) {
      const item = addItem(chart, record, medication(key), row.id, index + 1, at)
      const earlier = active.get(key)
      if (item.status !== PrescriptionItemStatus.ACTIVE) continue
      if (earlier !== undefined) earlier.status = PrescriptionItemStatus.COMPLETED
      active.set(key, item)
    }
  }
  if (!person.deceased) return
  for (const item of active.values()) {
    item.status = PrescriptionItemStatus.STOPPED
    item.status_reason = 'Patient has died'
  }
}

function addItem(chart: Chart, record: WrittenRecord, fact: MedicationFact, prescriptionId: string, position: number, at: number): Item {
  const { random, world, rows } = chart
  const [status, reason] = statusOf(chart, record, at + fact.days * (fact.refills + 1) * DAY > world.now)
  return add(rows, 'prescription_item', {
    ...rowBase(random, at),
    prescription_id: prescriptionId,
    position,
    medication_name: fact.name,
    code_system: CodeSystem.RXNORM,
    code: fact.code,
    status,
    status_reason: reason,
    dose: fact.dose,
    dose_unit: fact.doseUnit,
    frequency: fact.frequency,
    route: fact.route,
    instructions: fact.instructions,
    as_needed: fact.asNeeded ?? false,
    quantity: fact.quantity,
    quantity_unit: fact.quantityUnit,
    duration_days: fact.days,
    refills: fact.refills,
    starts_on: dateOf(at),
  })
}

function statusOf({ practice, random }: Chart, record: WrittenRecord, running: boolean): [PrescriptionItemStatus, string | null] {
  const fate = practice.decks.medicine.draw()
  if (record.status === RecordStatus.DRAFT) return [PrescriptionItemStatus.DRAFT, null]
  switch (fate) {
    case 'COURSE':
      return [running ? PrescriptionItemStatus.ACTIVE : PrescriptionItemStatus.COMPLETED, null]
    case 'STOPPED':
      return [PrescriptionItemStatus.STOPPED, random.pick(STOPPED)]
    case 'ON_HOLD':
      return [PrescriptionItemStatus.ON_HOLD, random.pick(HELD)]
    case 'CANCELLED':
      return [PrescriptionItemStatus.CANCELLED, 'Withdrawn before it was dispensed']
    default:
      return [PrescriptionItemStatus[fate], null]
  }
}
