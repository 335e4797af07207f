import { AppointmentStatus } from '../scheduling/appointment-status.js'
import { RecordStatus } from '../records/medical-record.entity.js'
import { concept } from './fhir-codes.js'
import { child, children, text, type JsonObject } from './fhir-json.js'
import { parseTime, type SourceTime } from './fhir-time.js'
import { Skip, type ProblemCode } from './import-problems.js'
import { impossibleTime, isAfterDeath, type MapContext, type PatientFacts } from './map-context.js'

/** An Encounter as the clinic keeps it: a record of what took place and, for a sound ambulatory visit, an appointment. */
export interface EncounterData {
  /** Missing for a visit that never took place. */
  readonly record: {
    readonly status: RecordStatus
    readonly occurredAt: Date
    readonly encounterType: string | null
    readonly subjective: string | null
    readonly signedAt: Date | null
  } | null
  readonly appointment: {
    readonly startsAt: Date
    readonly endsAt: Date
    readonly status: AppointmentStatus
    readonly reason: string | null
  } | null
  readonly startsAt: Date
  readonly endsAt: Date
}

/** Visits of these classes were booked with a doctor (HL7 v3 ActCode). */
const AMBULATORY = new Set(['AMB'])
/** HL7 encounter-status, of those that are over. */
const FINISHED = new Set(['finished'])
const LONGEST_VISIT_MS = 24 * 60 * 60 * 1000

/**
 * Maps an Encounter of a patient seen by `doctorId`.
 *
 * A finished visit is a signed record: it was completed where it took place, and patients see signed records only. One without a known
 * practitioner stays a draft, because a signature needs somebody who signed. A visit whose times cannot be true has no appointment, and one
 * before birth or in the future nothing at all (RULES C4).
 */
export function mapEncounter(
  resource: JsonObject,
  patient: PatientFacts,
  doctorId: string | null,
  context: MapContext,
): EncounterData | Skip {
  const status = text(resource, 'status')
  if (status === 'entered-in-error') return new Skip('entered-in-error', 'status')
  if (status === 'planned') return new Skip('planned-visit', 'status')
  const period = child(resource, 'period')
  const start = parseTime(text(period, 'start'), context.zone)
  if (start === undefined) return new Skip('no-date', 'period.start')
  const impossible = impossibleTime(start, patient, context.now)
  if (impossible !== undefined) return new Skip(impossible, 'period.start')
  if (isAfterDeath(start.at, patient)) context.remark('after-death', 'period.start')

  const end = soundEnd(start, parseTime(text(period, 'end'), context.zone), context)
  const finished = FINISHED.has(status ?? '')
  const appointment = appointmentOf(resource, { start, end, status, doctorId, patient }, context)
  const reason = reasonOf(resource)
  const cancelled = status === 'cancelled'
  if (cancelled && appointment === null) return new Skip('no-appointment-status', 'status')
  const signed = finished && doctorId !== null
  if (!signed && !cancelled) context.remark('record-unsigned', finished ? 'participant' : 'status')
  const endsAt = end?.at ?? start.at
  return {
    record: cancelled
      ? null
      : {
          status: signed ? RecordStatus.SIGNED : RecordStatus.DRAFT,
          occurredAt: start.at,
          encounterType:
            children(resource, 'type')
              .map((type) => concept(type)?.display)
              .find((each) => each !== undefined) ?? null,
          subjective: reason === null ? null : `Reason for the visit: ${reason}`,
          signedAt: signed ? endsAt : null,
        },
    appointment,
    startsAt: start.at,
    endsAt,
  }
}

/** The end, unless it cannot be one: then the record counts as of its beginning. */
function soundEnd(start: SourceTime, end: SourceTime | undefined, context: MapContext): SourceTime | undefined {
  if (end === undefined) return undefined
  if (end.at >= start.at && end.at <= context.now) return end
  context.remark('end-left-out', 'period.end')
  return undefined
}

function appointmentOf(
  resource: JsonObject,
  visit: { start: SourceTime; end: SourceTime | undefined; status: string | undefined; doctorId: string | null; patient: PatientFacts },
  context: MapContext,
): EncounterData['appointment'] {
  const refuse = (code: ProblemCode, field: string): null => {
    context.remark(code, field)
    return null
  }
  const { start, end, status, doctorId, patient } = visit
  if (!AMBULATORY.has(classOf(resource))) return refuse('no-appointment-class', 'class')
  if (status !== 'cancelled' && !FINISHED.has(status ?? '')) return refuse('no-appointment-status', 'status')
  if (isAfterDeath(start.at, patient)) return refuse('no-appointment-death', 'period.start')
  if (end === undefined || end.at <= start.at) return refuse('no-appointment-times', 'period')
  if (end.at.getTime() - start.at.getTime() > LONGEST_VISIT_MS) return refuse('no-appointment-length', 'period')
  if (doctorId === null) return refuse('no-appointment-doctor', 'participant')
  return {
    startsAt: start.at,
    endsAt: end.at,
    status: status === 'cancelled' ? AppointmentStatus.CANCELLED : AppointmentStatus.COMPLETED,
    reason: reasonOf(resource),
  }
}

/** The class is one Coding in R4 and a list of concepts in R5 and some exports. */
function classOf(resource: JsonObject): string {
  const kind = child(resource, 'class') ?? children(resource, 'class')[0]
  return text(kind, 'code') ?? text(children(kind, 'coding')[0], 'code') ?? ''
}

function reasonOf(resource: JsonObject): string | null {
  const reasons = children(resource, 'reasonCode')
    .map((reason) => concept(reason)?.display)
    .filter((reason) => reason !== undefined)
  return reasons.length === 0 ? null : [...new Set(reasons)].join('; ')
}

/** References to those who took part, the one chiefly responsible first (HL7 v3 ParticipationType: primary performer, attender). */
export function practitionersOf(resource: JsonObject): readonly JsonObject[] {
  const rank = (participant: JsonObject): number => {
    const codes = children(participant, 'type').flatMap((type) => children(type, 'coding').map((coding) => text(coding, 'code')))
    return codes.includes('PPRF') ? 0 : codes.includes('ATND') ? 1 : 2
  }
  return children(resource, 'participant')
    .toSorted((a, b) => rank(a) - rank(b))
    .map((participant) => child(participant, 'individual'))
    .filter((reference) => reference !== undefined)
}
