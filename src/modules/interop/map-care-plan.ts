import type { CodeSystem } from '../../database/coding.js'
import { TreatmentPlanItemStatus } from '../plans/treatment-plan-item.entity.js'
import { TreatmentPlanStatus } from '../plans/treatment-plan.entity.js'
import { concept } from './fhir-codes.js'
import { child, children, text, type JsonObject } from './fhir-json.js'
import { parseTime } from './fhir-time.js'
import { Skip } from './import-problems.js'
import { impossibleTime, type MapContext, type PatientFacts } from './map-context.js'

/** A CarePlan as the clinic keeps it. */
export interface CarePlanData {
  readonly title: string
  readonly status: TreatmentPlanStatus
  readonly startsOn: string | null
  readonly endsOn: string | null
  readonly items: readonly CarePlanItem[]
}

interface CarePlanItem {
  readonly codeSystem: CodeSystem | null
  readonly code: string | null
  readonly display: string
  readonly status: TreatmentPlanItemStatus
}

/** HL7 request-status; an active plan is one whose treatment has begun. */
const STATUS: Readonly<Record<string, TreatmentPlanStatus>> = {
  draft: TreatmentPlanStatus.DRAFT,
  active: TreatmentPlanStatus.IN_PROGRESS,
  'on-hold': TreatmentPlanStatus.ON_HOLD,
  revoked: TreatmentPlanStatus.CANCELLED,
  completed: TreatmentPlanStatus.COMPLETED,
}

/** HL7 care-plan-activity-status. A step under way (a diet, an exercise) is not done, and `SCHEDULED` would promise an appointment. */
const ITEM_STATUS: Readonly<Record<string, TreatmentPlanItemStatus>> = {
  'not-started': TreatmentPlanItemStatus.PLANNED,
  scheduled: TreatmentPlanItemStatus.SCHEDULED,
  'in-progress': TreatmentPlanItemStatus.PLANNED,
  'on-hold': TreatmentPlanItemStatus.PLANNED,
  completed: TreatmentPlanItemStatus.DONE,
  cancelled: TreatmentPlanItemStatus.SKIPPED,
  stopped: TreatmentPlanItemStatus.SKIPPED,
}

/** The category every US Core plan has; it does not say what the plan is about. */
const GENERAL_CATEGORY = 'assess-plan'

/** Maps a CarePlan with those of its activities that are described in place. */
export function mapCarePlan(resource: JsonObject, patient: PatientFacts, context: MapContext): CarePlanData | Skip {
  const given = text(resource, 'status') ?? ''
  if (given === 'entered-in-error') return new Skip('entered-in-error', 'status')
  const title = text(resource, 'title') ?? category(resource) ?? text(resource, 'description')
  if (title === undefined) return new Skip('no-code', 'category')
  const period = child(resource, 'period')
  const start = parseTime(text(period, 'start'), context.zone)
  const soundStart = start !== undefined && impossibleTime(start, patient, context.now) !== 'before-birth' ? start : undefined
  if (start !== undefined && soundStart === undefined) context.remark('onset-left-out', 'period.start')
  const end = parseTime(text(period, 'end'), context.zone)
  const soundEnd = end !== undefined && (soundStart === undefined || soundStart.day <= end.day) ? end : undefined
  if (end !== undefined && soundEnd === undefined) context.remark('end-left-out', 'period.end')
  if (STATUS[given] === undefined) context.remark('status-unknown', 'status')
  return {
    title,
    status: STATUS[given] ?? TreatmentPlanStatus.DRAFT,
    startsOn: soundStart?.day ?? null,
    endsOn: soundEnd?.day ?? null,
    items: items(resource, context),
  }
}

function category(resource: JsonObject): string | undefined {
  return children(resource, 'category')
    .filter((each) => !children(each, 'coding').some((coding) => text(coding, 'code') === GENERAL_CATEGORY))
    .map((each) => concept(each)?.display)
    .find((each) => each !== undefined)
}

function items(resource: JsonObject, context: MapContext): readonly CarePlanItem[] {
  return children(resource, 'activity').flatMap((activity) => {
    const detail = child(activity, 'detail')
    if (detail === undefined || text(detail, 'status') === 'entered-in-error') return []
    const kind = concept(child(detail, 'code'))
    const display = kind?.display ?? text(detail, 'description')
    if (display === undefined) return []
    if (kind?.unknownSystem === true) context.remark('unknown-code-system', 'activity.detail.code')
    return [
      {
        codeSystem: kind?.codeSystem ?? null,
        code: kind?.code ?? null,
        display,
        status: ITEM_STATUS[text(detail, 'status') ?? ''] ?? TreatmentPlanItemStatus.PLANNED,
      },
    ]
  })
}

/** References from the plan's activities to the requests and procedures that carry them out. */
export function activityReferences(resource: JsonObject): readonly JsonObject[] {
  return children(resource, 'activity').flatMap((activity) => [
    ...[child(activity, 'reference')].filter((each) => each !== undefined),
    ...children(activity, 'outcomeReference'),
  ])
}
