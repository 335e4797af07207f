import { CodeSystem } from '../../database/coding.js'
import { toDecimal } from './decimals.js'
import { concept } from './fhir-codes.js'
import { child, children, number, text, type JsonObject } from './fhir-json.js'
import { parseTime } from './fhir-time.js'
import { Skip } from './import-problems.js'
import { impossibleTime, isAfterDeath, isWithinVisit, type MapContext, type PatientFacts, type Visit } from './map-context.js'
import { VITAL_LIMITS } from './vital-limits.js'

/** One measurement as the clinic keeps it. */
export interface VitalData {
  readonly codeSystem: CodeSystem
  readonly code: string
  readonly display: string
  readonly value: string
  readonly unit: string
  readonly measuredAt: Date
}

const UCUM = 'http://unitsofmeasure.org'
/** Of `numeric(14,4)`. */
const [DIGITS, SCALE] = [10, 4]

/** Maps a vital sign of a visit. A panel, such as blood pressure, becomes one measurement for each of its components. */
export function mapObservation(
  resource: JsonObject,
  patient: PatientFacts,
  visit: Visit,
  context: MapContext,
): readonly VitalData[] | Skip {
  if (['entered-in-error', 'cancelled'].includes(text(resource, 'status') ?? '')) return new Skip('entered-in-error', 'status')
  const time = parseTime(
    text(resource, 'effectiveDateTime') ?? text(child(resource, 'effectivePeriod'), 'start') ?? text(resource, 'effectiveInstant'),
    context.zone,
  )
  if (time === undefined) context.remark('date-from-visit', 'effective')
  const measuredAt = time?.at ?? visit.startsAt
  if (time !== undefined) {
    const impossible = impossibleTime(time, patient, context.now)
    if (impossible !== undefined) return new Skip(impossible, 'effective')
    if (!isWithinVisit(measuredAt, visit)) return new Skip('outside-visit', 'effective')
  }
  if (isAfterDeath(measuredAt, patient)) context.remark('after-death', 'effective')

  const own = child(resource, 'valueQuantity') === undefined ? undefined : measurement(resource, measuredAt, context)
  const components = children(resource, 'component').map((component) => measurement(component, measuredAt, context))
  const all = own === undefined ? components : [own, ...components]
  const sound = all.filter((each): each is VitalData => !(each instanceof Skip))
  const refused = all.filter((each): each is Skip => each instanceof Skip)
  if (sound.length === 0) return refused[0] ?? new Skip('no-value', 'value')
  for (const each of refused) context.remark(each.code, 'component')
  return sound
}

function measurement(holder: JsonObject, measuredAt: Date, context: MapContext): VitalData | Skip {
  const kind = concept(child(holder, 'code'))
  if (kind?.code == null || kind.codeSystem === null) return new Skip('no-code', 'code')
  const quantity = child(holder, 'valueQuantity')
  const source = number(quantity, 'value')
  if (source === undefined) return new Skip('no-value', 'valueQuantity')
  const unit = (text(quantity, 'system') === UCUM ? text(quantity, 'code') : undefined) ?? text(quantity, 'unit') ?? text(quantity, 'code')
  if (unit === undefined) return new Skip('no-unit', 'valueQuantity')
  const limit = kind.codeSystem === CodeSystem.LOINC ? VITAL_LIMITS[kind.code] : undefined
  if (limit !== undefined && limit.unit === unit && (source < limit.min || source > limit.max))
    return new Skip('impossible-value', 'valueQuantity')
  const decimal = toDecimal(source, DIGITS, SCALE)
  if (decimal === undefined) return new Skip('impossible-value', 'valueQuantity')
  if (decimal.rounded) context.remark('rounded', 'valueQuantity')
  return { codeSystem: kind.codeSystem, code: kind.code, display: kind.display, value: decimal.value, unit, measuredAt }
}
