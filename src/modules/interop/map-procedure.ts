import type { CodeSystem } from '../../database/coding.js'
import { ProcedureStatus } from '../plans/procedure.entity.js'
import { concept } from './fhir-codes.js'
import { child, text, type JsonObject } from './fhir-json.js'
import { parseTime } from './fhir-time.js'
import { Skip } from './import-problems.js'
import { impossibleTime, isAfterDeath, isWithinVisit, type MapContext, type PatientFacts, type Visit } from './map-context.js'

/** A Procedure as the clinic keeps it. */
export interface ProcedureData {
  readonly name: string
  readonly codeSystem: CodeSystem | null
  readonly code: string | null
  readonly status: ProcedureStatus
  readonly statusReason: string | null
  readonly performedAt: Date | null
  /** Whether it was done at the visit it names, so that it can be linked to the appointment. */
  readonly atVisit: boolean
}

/** HL7 event-status. What is on hold has begun and is not over. */
const STATUS: Readonly<Record<string, ProcedureStatus>> = {
  preparation: ProcedureStatus.PREPARATION,
  'in-progress': ProcedureStatus.IN_PROGRESS,
  'on-hold': ProcedureStatus.IN_PROGRESS,
  'not-done': ProcedureStatus.NOT_DONE,
  stopped: ProcedureStatus.NOT_DONE,
  completed: ProcedureStatus.COMPLETED,
}

/** Maps a Procedure; one whose status is not known counts as done when it has a time, for that is what the source says of it. */
export function mapProcedure(
  resource: JsonObject,
  patient: PatientFacts,
  visit: Visit | undefined,
  context: MapContext,
): ProcedureData | Skip {
  const given = text(resource, 'status') ?? ''
  if (given === 'entered-in-error') return new Skip('entered-in-error', 'status')
  const kind = concept(child(resource, 'code'))
  if (kind === undefined) return new Skip('no-code', 'code')
  const time = parseTime(text(resource, 'performedDateTime') ?? text(child(resource, 'performedPeriod'), 'start'), context.zone)
  if (time !== undefined) {
    const impossible = impossibleTime(time, patient, context.now)
    if (impossible !== undefined) return new Skip(impossible, 'performed')
  }
  let status = STATUS[given]
  if (status === undefined) {
    context.remark('status-unknown', 'status')
    status = time === undefined ? ProcedureStatus.PREPARATION : ProcedureStatus.COMPLETED
  }
  const performedAt = time?.at ?? (status === ProcedureStatus.COMPLETED ? visit?.startsAt : undefined)
  if (status === ProcedureStatus.COMPLETED && performedAt === undefined) return new Skip('no-date', 'performed')
  if (time === undefined && performedAt !== undefined) context.remark('date-from-visit', 'performed')
  if (time?.partial === true) context.remark('partial-date', 'performed')
  if (performedAt !== undefined && isAfterDeath(performedAt, patient)) context.remark('after-death', 'performed')
  const atVisit = visit !== undefined && (performedAt === undefined || isWithinVisit(performedAt, visit))
  if (visit !== undefined && !atVisit) context.remark('off-visit', 'performed')
  if (kind.unknownSystem) context.remark('unknown-code-system', 'code')
  if (kind.furtherCodes) context.remark('further-codes', 'code')
  return {
    name: kind.display,
    codeSystem: kind.codeSystem,
    code: kind.code,
    status,
    statusReason: status === ProcedureStatus.NOT_DONE ? reason(resource, given) : null,
    performedAt: performedAt ?? null,
    atVisit,
  }
}

function reason(resource: JsonObject, status: string): string {
  const given = concept(child(resource, 'statusReason'))?.display
  return given ?? (status === 'stopped' ? 'Stopped at the source; no reason given.' : 'No reason given by the source.')
}
