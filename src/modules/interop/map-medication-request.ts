import type { CodeSystem } from '../../database/coding.js'
import { PrescriptionItemStatus } from '../prescriptions/prescription-item.entity.js'
import { concept, type Concept } from './fhir-codes.js'
import { child, children, number, text, type JsonObject } from './fhir-json.js'
import { referenceKey } from './fhir-reference.js'
import { parseTime } from './fhir-time.js'
import { Skip } from './import-problems.js'
import { impossibleTime, isAfterDeath, type MapContext, type PatientFacts, type Visit } from './map-context.js'
import { amount, days, mapDosage, saysDosage, type DosageData } from './map-dosage.js'

/** A MedicationRequest as one item of a prescription. */
export interface OrderData {
  readonly prescribedAt: Date
  readonly item: DosageData & {
    readonly medicationName: string
    readonly codeSystem: CodeSystem | null
    readonly code: string | null
    readonly status: PrescriptionItemStatus
    readonly statusReason: string | null
    readonly quantity: string | null
    readonly quantityUnit: string | null
    readonly refills: number
    readonly startsOn: string | null
  }
}

/** Medicines by the reference key under which a request names them. */
export type Medicines = ReadonlyMap<string, JsonObject>

const STATUS: Readonly<Record<string, PrescriptionItemStatus>> = {
  active: PrescriptionItemStatus.ACTIVE,
  'on-hold': PrescriptionItemStatus.ON_HOLD,
  cancelled: PrescriptionItemStatus.CANCELLED,
  completed: PrescriptionItemStatus.COMPLETED,
  stopped: PrescriptionItemStatus.STOPPED,
  draft: PrescriptionItemStatus.DRAFT,
}
const ORDER_INTENTS = new Set(['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order'])
const MOST_REFILLS = 99
/** An order that has been active for longer was forgotten more likely than meant. */
const OLDEST_ACTIVE_YEARS = 5

/** Maps a MedicationRequest. Nothing becomes an active item that could not be dispensed safely: see `statusOf`. */
export function mapMedicationRequest(
  resource: JsonObject,
  patient: PatientFacts,
  visit: Visit | undefined,
  medicines: Medicines,
  context: MapContext,
): OrderData | Skip {
  const given = text(resource, 'status') ?? ''
  if (given === 'entered-in-error') return new Skip('entered-in-error', 'status')
  if (!ORDER_INTENTS.has(text(resource, 'intent') ?? '')) return new Skip('not-an-order', 'intent')
  const medicine = medicineOf(resource, medicines)
  if (medicine === undefined) return new Skip('no-code', 'medication')
  if (medicine.unknownSystem) context.remark('unknown-code-system', 'medication')
  if (medicine.furtherCodes) context.remark('further-codes', 'medication')

  const authored = parseTime(text(resource, 'authoredOn'), context.zone)
  const prescribedAt = authored?.at ?? visit?.startsAt
  if (prescribedAt === undefined) return new Skip('no-date', 'authoredOn')
  if (authored === undefined) context.remark('date-from-visit', 'authoredOn')
  else {
    const impossible = impossibleTime(authored, patient, context.now)
    if (impossible !== undefined) return new Skip(impossible, 'authoredOn')
    if (authored.partial) context.remark('partial-date', 'authoredOn')
  }
  if (isAfterDeath(prescribedAt, patient)) context.remark('after-death', 'authoredOn')

  const dosage = mapDosage(resource, 'dosageInstruction', context)
  if (!saysDosage(dosage)) context.remark('no-dosage', 'dosageInstruction')
  const dispense = child(resource, 'dispenseRequest')
  const quantity = amount(child(dispense, 'quantity'), 'dispenseRequest.quantity', context)
  const start = parseTime(text(child(dispense, 'validityPeriod'), 'start'), context.zone)
  return {
    prescribedAt,
    item: {
      ...dosage,
      medicationName: medicine.display,
      codeSystem: medicine.codeSystem,
      code: medicine.code,
      ...statusOf(resource, given, prescribedAt, quantity !== undefined, context),
      quantity: quantity?.value ?? null,
      quantityUnit: quantity?.unit ?? null,
      refills: refills(dispense, context),
      durationDays: dosage.durationDays ?? days(child(dispense, 'expectedSupplyDuration')),
      startsOn: start?.day ?? null,
    },
  }
}

/** What a request or statement is about: named in place, by a contained resource, or by one of its own. */
export function medicineOf(resource: JsonObject, medicines: Medicines): Concept | undefined {
  const inPlace = concept(child(resource, 'medicationCodeableConcept'))
  if (inPlace !== undefined) return inPlace
  const reference = child(resource, 'medicationReference')
  const key = referenceKey(reference, 'Medication')
  const contained = children(resource, 'contained').find((each) => key !== undefined && key === `#${text(each, 'id')}`)
  const medication = contained ?? (key === undefined ? undefined : medicines.get(key))
  const display = text(reference, 'display')
  return concept(child(medication, 'code')) ?? concept(display === undefined ? undefined : { text: display })
}

/**
 * An active order becomes an active item only with a quantity (RULES R2) and when it is not older than some years; otherwise it is put on hold
 * with a reason, for a doctor to renew or to end.
 */
function statusOf(
  resource: JsonObject,
  given: string,
  prescribedAt: Date,
  hasQuantity: boolean,
  context: MapContext,
): { readonly status: PrescriptionItemStatus; readonly statusReason: string | null } {
  const status = STATUS[given]
  const reason = concept(child(resource, 'statusReason'))?.display ?? null
  if (status === undefined) {
    context.remark('status-unknown', 'status')
    return { status: PrescriptionItemStatus.ON_HOLD, statusReason: 'The source does not say where this order stands: review before use.' }
  }
  if (status === PrescriptionItemStatus.STOPPED) return { status, statusReason: reason ?? 'Stopped at the source; no reason given.' }
  if (status !== PrescriptionItemStatus.ACTIVE) return { status, statusReason: reason }
  const oldest = new Date(context.now)
  oldest.setUTCFullYear(oldest.getUTCFullYear() - OLDEST_ACTIVE_YEARS)
  if (prescribedAt < oldest) {
    context.remark('on-hold-old', 'authoredOn')
    const year = prescribedAt.getUTCFullYear()
    return { status: PrescriptionItemStatus.ON_HOLD, statusReason: `Active at the source since ${year}: review before use.` }
  }
  if (!hasQuantity) {
    context.remark('on-hold-no-quantity', 'dispenseRequest.quantity')
    return { status: PrescriptionItemStatus.ON_HOLD, statusReason: 'Active at the source, but without a quantity: review before use.' }
  }
  return { status, statusReason: null }
}

function refills(dispense: JsonObject | undefined, context: MapContext): number {
  const given = Math.max(0, Math.trunc(number(dispense, 'numberOfRepeatsAllowed') ?? 0))
  if (given > MOST_REFILLS) context.remark('refills-capped', 'dispenseRequest.numberOfRepeatsAllowed')
  return Math.min(given, MOST_REFILLS)
}
