import { toDecimal } from './decimals.js'
import { concept } from './fhir-codes.js'
import { child, children, flag, number, text, type JsonObject } from './fhir-json.js'
import type { MapContext } from './map-context.js'

/** How a medicine is to be taken. */
export interface DosageData {
  readonly dose: string | null
  readonly doseUnit: string | null
  readonly frequency: string | null
  readonly route: string | null
  readonly instructions: string | null
  readonly asNeeded: boolean
  readonly durationDays: number | null
}

/** An amount with its unit, fit for a `numeric(10,3)` column. */
export interface Amount {
  readonly value: string
  readonly unit: string
}

/** Days of each UCUM unit of time. */
const DAYS: Readonly<Record<string, number>> = { s: 1 / 86_400, min: 1 / 1440, h: 1 / 24, d: 1, wk: 7, mo: 30, a: 365 }
const UNIT_WORDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  s: ['second', 'seconds'],
  min: ['minute', 'minutes'],
  h: ['hour', 'hours'],
  d: ['day', 'days'],
  wk: ['week', 'weeks'],
  mo: ['month', 'months'],
  a: ['year', 'years'],
}
const TIMES: readonly string[] = ['never', 'once', 'twice', 'three times', 'four times', 'five times', 'six times']

/** Reads dosage instructions. Several of them (a tapering dose) cannot be one dose and frequency, so they are kept in words. */
export function mapDosage(holder: JsonObject, element: 'dosageInstruction' | 'dosage', context: MapContext): DosageData {
  const all = children(holder, element).toSorted((a, b) => (number(a, 'sequence') ?? 0) - (number(b, 'sequence') ?? 0))
  const [only] = all.length === 1 ? all : []
  const dose = only === undefined ? undefined : doseOf(only, context)
  const words = all.flatMap((each) => inWords(each, all.length > 1 || dose === undefined))
  return {
    dose: dose?.value ?? null,
    doseUnit: dose?.unit ?? null,
    frequency: only === undefined ? null : (frequency(only) ?? null),
    route: all.map((each) => concept(child(each, 'route'))?.display).find((each) => each !== undefined) ?? null,
    instructions: words.length === 0 ? null : [...new Set(words)].join(' '),
    asNeeded: all.some((each) => flag(each, 'asNeededBoolean') === true || child(each, 'asNeededCodeableConcept') !== undefined),
    durationDays: only === undefined ? null : duration(child(child(only, 'timing'), 'repeat')),
  }
}

/** Whether dosage instructions say anything of how much or how often. */
export function saysDosage(dosage: DosageData): boolean {
  return dosage.dose !== null || dosage.frequency !== null || dosage.instructions !== null
}

/** Reads a Quantity. What is not positive, too large or without unit cannot be acted upon, and is reported. */
export function amount(quantity: JsonObject | undefined, field: string, context: MapContext): Amount | undefined {
  const value = number(quantity, 'value')
  if (value === undefined) return undefined
  const unit = text(quantity, 'unit') ?? text(quantity, 'code')
  const decimal = toDecimal(value, 7, 3)
  if (unit === undefined || decimal === undefined || Number(decimal.value) <= 0) {
    context.remark('amount-left-out', field)
    return undefined
  }
  if (decimal.rounded) context.remark('rounded', field)
  return { value: decimal.value, unit }
}

/** Days of a Duration, rounded up. */
export function days(value: JsonObject | undefined): number | null {
  const length = number(value, 'value')
  const unit = DAYS[text(value, 'code') ?? text(value, 'unit') ?? '']
  const result = length === undefined || unit === undefined ? 0 : Math.ceil(length * unit)
  return result > 0 && result <= 36_500 ? result : null
}

function doseOf(dosage: JsonObject, context: MapContext): Amount | undefined {
  const quantity = child(children(dosage, 'doseAndRate')[0], 'doseQuantity')
  if (number(quantity, 'value') !== undefined && text(quantity, 'unit') === undefined && text(quantity, 'code') === undefined) {
    context.remark('dose-without-unit', 'dosageInstruction.doseAndRate')
    return undefined
  }
  return amount(quantity, 'dosageInstruction.doseAndRate', context)
}

/** `twice a day`, `every 6 hours`, `three times in 2 weeks`. */
function frequency(dosage: JsonObject): string | undefined {
  const timing = child(dosage, 'timing')
  const repeat = child(timing, 'repeat')
  const [count, period] = [number(repeat, 'frequency') ?? 1, number(repeat, 'period')]
  const unit = UNIT_WORDS[text(repeat, 'periodUnit') ?? '']
  if (period === undefined || unit === undefined) return concept(child(timing, 'code'))?.display
  const times = TIMES[count] ?? `${count} times`
  if (period === 1) return `${times} ${unit[0] === 'hour' ? 'an' : 'a'} ${unit[0]}`
  return count === 1 ? `every ${period} ${unit[1]}` : `${times} in ${period} ${unit[1]}`
}

function inWords(dosage: JsonObject, whole: boolean): readonly string[] {
  const quantity = child(children(dosage, 'doseAndRate')[0], 'doseQuantity')
  const value = number(quantity, 'value')
  const given = [text(dosage, 'text'), text(dosage, 'patientInstruction')].filter((each) => each !== undefined)
  const additional = children(dosage, 'additionalInstruction')
    .map((each) => concept(each)?.display)
    .filter((each) => each !== undefined)
  if (!whole || value === undefined || given.length > 0) return [...given, ...additional]
  return [['Take', value, text(quantity, 'unit'), frequency(dosage)].filter((each) => each !== undefined).join(' ') + '.', ...additional]
}

function duration(repeat: JsonObject | undefined): number | null {
  const bounds = child(repeat, 'boundsDuration')
  if (bounds !== undefined) return days(bounds)
  const period = child(repeat, 'boundsPeriod')
  const [start, end] = [Date.parse(text(period, 'start') ?? ''), Date.parse(text(period, 'end') ?? '')]
  const length = Math.ceil((end - start) / 86_400_000)
  return Number.isFinite(length) && length > 0 && length <= 36_500 ? length : null
}
