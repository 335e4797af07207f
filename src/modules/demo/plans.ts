import { ProcedureStatus } from '../plans/procedure.entity.js'
import { TreatmentPlanItemStatus } from '../plans/treatment-plan-item.entity.js'
import { TreatmentPlanStatus } from '../plans/treatment-plan.entity.js'
import { RecordStatus } from '../records/medical-record.entity.js'
import { AppointmentStatus } from '../scheduling/appointment-status.js'
import { PLAN_TEMPLATES } from './facts/plan-templates.js'
import { ALL_PROCEDURES, PROCEDURES, type ProcedureFact } from './facts/procedures.js'
import { ageAt } from './person.js'
import type { DutyDoctor } from './practice.js'
import { present } from './present.js'
import type { Chart, WrittenRecord } from './records.js'
import { DAY, MINUTE, dateOf, instant } from './time.js'
import type { Visit } from './visits.js'
import { add, rowBase } from './world.js'

/** A plan as prescriptions refer to it. */
export interface WrittenPlan {
  readonly id: string
  readonly doctorId: string
  readonly from: number
  readonly to: number
}

/** How the steps of a plan stand, by the state of the plan (RULES C6): done so far, as a share, and what the others are. */
const PROGRESS: Readonly<
  Record<TreatmentPlanStatus, { readonly done: number; readonly rest: TreatmentPlanItemStatus; readonly ends?: true }>
> = {
  DRAFT: { done: 0, rest: TreatmentPlanItemStatus.PLANNED },
  PROPOSED: { done: 0, rest: TreatmentPlanItemStatus.PLANNED },
  ACCEPTED: { done: 0, rest: TreatmentPlanItemStatus.SCHEDULED },
  IN_PROGRESS: { done: 0.5, rest: TreatmentPlanItemStatus.SCHEDULED },
  COMPLETED: { done: 1, rest: TreatmentPlanItemStatus.DONE, ends: true },
  REJECTED: { done: 0, rest: TreatmentPlanItemStatus.SKIPPED },
  ON_HOLD: { done: 0.3, rest: TreatmentPlanItemStatus.PLANNED },
  CANCELLED: { done: 0.3, rest: TreatmentPlanItemStatus.SKIPPED, ends: true },
}
const NOT_STARTED: readonly TreatmentPlanStatus[] = [TreatmentPlanStatus.DRAFT, TreatmentPlanStatus.PROPOSED, TreatmentPlanStatus.REJECTED]

/** Makes treatment plans for some patients, each from a signed visit, with steps and priced procedures. */
export function addPlans(chart: Chart, visits: readonly Visit[], records: readonly WrittenRecord[]): WrittenPlan[] {
  const { random, person } = chart
  const origins = records.filter(({ status }) => status === RecordStatus.SIGNED)
  if (origins.length === 0 || !(person.showcase || random.chance(0.27))) return []
  const count = person.showcase ? 3 : random.chance(0.2) ? 2 : 1
  const plans = new Map<string, WrittenPlan>()
  for (let index = 0; index < count; index++) {
    const plan = addPlan(chart, visits, present(origins[Math.floor(random.unit() * origins.length * 0.75)]), plans)
    if (plan !== undefined) plans.set(plan.title, plan)
  }
  return [...plans.values()]
}

function addPlan(chart: Chart, visits: readonly Visit[], origin: WrittenRecord, existing: ReadonlyMap<string, WrittenPlan>) {
  const { random, person, rows, practice } = chart
  const { doctor } = origin.visit
  const age = ageAt(person, origin.at)
  const templates = PLAN_TEMPLATES.filter(
    (one) => one.specialty === doctor.specialty && age >= one.fromAge && age <= one.toAge && !existing.has(one.title),
  )
  if (templates.length === 0) return undefined
  const template = random.pick(templates)
  const drawn = practice.decks.plan.draw()
  const begun = origin.visit.end
  const status = person.deceased && drawn !== TreatmentPlanStatus.COMPLETED ? TreatmentPlanStatus.CANCELLED : drawn
  const { done, rest, ends } = PROGRESS[status]
  const coming = visits.filter(
    (visit) => visit.doctor === doctor && visit.start > chart.world.now && visit.status !== AppointmentStatus.CANCELLED,
  )
  const doneCount = Math.ceil(template.steps.length * done)
  // What was done lies evenly between the visit that began the plan and its end.
  const last = Math.min(person.until, begun + template.steps.length * 21 * DAY)
  const end = ends ? last : undefined
  const past = visits.filter(
    (visit) => visit.doctor === doctor && visit.status === AppointmentStatus.COMPLETED && visit.start > begun && visit.end < last,
  )
  const row = add(rows, 'treatment_plan', {
    ...rowBase(random, Math.min(begun, person.until), Math.min(person.until, end ?? begun)),
    patient_id: person.id,
    doctor_id: doctor.id,
    title: template.title,
    diagnosis_summary: origin.diagnoses.map(({ display }) => display).join('; '),
    status,
    starts_on: NOT_STARTED.includes(status) ? null : dateOf(begun),
    ends_on: end === undefined ? null : dateOf(Math.max(begun, end)),
  })
  for (const [index, step] of template.steps.entries()) {
    const isDone = index < doneCount
    const skipped = isDone && status === TreatmentPlanStatus.COMPLETED && random.chance(0.08)
    const itemStatus = skipped ? TreatmentPlanItemStatus.SKIPPED : isDone ? TreatmentPlanItemStatus.DONE : rest
    const fact = typeof step === 'string' ? PROCEDURES[step] : undefined
    add(rows, 'treatment_plan_item', {
      ...rowBase(random, Math.min(begun, person.until)),
      treatment_plan_id: row.id,
      position: index + 1,
      code_system: fact?.codeSystem ?? null,
      code: fact?.code ?? null,
      display: typeof step === 'string' ? PROCEDURES[step].name : step.text,
      status: itemStatus,
    })
    if (fact === undefined) continue
    const visit = isDone ? past[index] : rest === TreatmentPlanItemStatus.SCHEDULED ? coming[index - doneCount] : undefined
    const at = visit?.start ?? begun + ((last - begun) * (index + 1)) / (template.steps.length + 1)
    addProcedure(chart, fact, {
      status:
        itemStatus === TreatmentPlanItemStatus.DONE
          ? ProcedureStatus.COMPLETED
          : itemStatus === TreatmentPlanItemStatus.SKIPPED
            ? ProcedureStatus.NOT_DONE
            : ProcedureStatus.PREPARATION,
      created: Math.min(begun, person.until),
      at,
      doctor,
      appointmentId: visit?.id ?? null,
      planId: row.id,
      reason: status === TreatmentPlanStatus.REJECTED ? 'Plan was declined' : person.deceased ? 'Patient has died' : 'Not needed any more',
    })
  }
  return { id: row.id, title: template.title, doctorId: doctor.id, from: begun, to: end ?? chart.world.now }
}

/** Things done at single visits, outside any plan. */
export function addSingleProcedures(chart: Chart, records: readonly WrittenRecord[]): void {
  const { random, person, practice } = chart
  for (const { visit, at } of records) {
    if (!random.chance(visit.status === AppointmentStatus.IN_PROGRESS ? 0.9 : 0.22)) continue
    const age = ageAt(person, at)
    const possible = ALL_PROCEDURES.filter(
      (fact) => fact.specialties.includes(visit.doctor.specialty) && age >= fact.fromAge && age <= fact.toAge,
    )
    if (possible.length === 0) continue
    const outcome = practice.decks.singleProcedure.draw()
    const status =
      visit.status === AppointmentStatus.IN_PROGRESS
        ? ProcedureStatus.IN_PROGRESS
        : outcome === 'DONE'
          ? ProcedureStatus.COMPLETED
          : ProcedureStatus[outcome]
    const fact = random.pick(possible)
    addProcedure(chart, fact, {
      status,
      created: at,
      at: Math.min(at + 6 * MINUTE, chart.world.now),
      doctor: visit.doctor,
      appointmentId: visit.id,
      planId: null,
      reason: 'Patient asked to wait',
    })
  }
}

interface ProcedureDetails {
  readonly status: ProcedureStatus
  readonly created: number
  readonly at: number
  readonly doctor: DutyDoctor
  readonly appointmentId: string | null
  readonly planId: string | null
  readonly reason: string
}

function addProcedure({ random, person, rows }: Chart, fact: ProcedureFact, details: ProcedureDetails): void {
  const { status, created, at, doctor } = details
  const done = status === ProcedureStatus.COMPLETED
  add(rows, 'procedure', {
    ...rowBase(random, created, done ? Math.max(created, at) : created),
    patient_id: person.id,
    treatment_plan_id: details.planId,
    appointment_id: details.appointmentId,
    performer_id: doctor.id,
    code_system: fact.codeSystem,
    code: fact.code,
    name: fact.name,
    status,
    status_reason: status === ProcedureStatus.NOT_DONE ? details.reason : null,
    price_amount: fact.price,
    price_currency: doctor.currency,
    performed_at: done ? instant(at) : null,
  })
}
