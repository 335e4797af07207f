import { addPatientAccount, addTeam, type AccountHashes } from './accounts.js'
import { acuteIllness, addAllergies, addCondition, drawIllnesses, type Illness } from './illness.js'
import { createPerson } from './person.js'
import { addAbsences, addOffers } from './offers.js'
import { addPlans, addSingleProcedures } from './plans.js'
import { openPractice, PATIENTS_PER_PRACTICE, type Practice } from './practice.js'
import { addPrescriptions } from './prescribing.js'
import { writeRecord, type Chart, type WrittenRecord } from './records.js'
import { noRows } from './columns.js'
import type { RowsByTable } from './rows.js'
import { VisitPlanner } from './visits.js'
import { drawBody } from './vitals.js'
import { randomFor, type World } from './world.js'

/** What a clinic is generated from: the same values give the same rows, ids included. */
export interface ClinicOptions extends World {
  readonly patients: number
  readonly hashes: AccountHashes
  /** Names of locations, and user names, that the database has already. */
  readonly siteNames: Iterable<string>
  readonly usernames: Iterable<string>
  /** Whether to make the price list and the day on which the clinic is closed: the first seeding of a database does. */
  readonly priceList: boolean
}

/** Acute illnesses that stand on the problem list afterwards. */
const LISTED_SHARE = 0.4

/**
 * The rows of a clinic, one patient at a time (the first ones of a practice come with its sites, doctors and staff). Rows refer only to rows
 * of the same or an earlier step. Only the calendars of one practice are kept, so that memory does not grow with the number of patients.
 */
export function* generateClinic(options: ClinicOptions): Generator<RowsByTable, void, void> {
  const siteNames = new Set(options.siteNames)
  const usernames = new Set(options.usernames)
  const staffed = options.history !== 'none' || options.hashes.demo !== undefined
  for (let place = 0, serial = 0; serial < options.patients; place++) {
    const rows = noRows()
    const practice = openPractice(options, place, siteNames, rows)
    addTeam(options, practice, place, options.hashes, usernames, rows)
    addAbsences(options, practice, place, rows)
    if (place === 0 && options.priceList) addOffers(options, rows)
    if (staffed) yield rows

    const patients = Math.min(PATIENTS_PER_PRACTICE, options.patients - serial)
    const planner = new VisitPlanner(options, practice, patients)
    for (const last = serial + patients; serial < last; serial++) yield generatePatient(options, practice, planner, serial)
  }
}

function generatePatient(options: ClinicOptions, practice: Practice, planner: VisitPlanner, serial: number): RowsByTable {
  const rows = noRows()
  const person = createPerson(options, practice, randomFor(options, 'person', serial), serial, rows)
  if (person.showcase && options.hashes.demo !== undefined) addPatientAccount(options, person, options.hashes.demo, rows)
  if (options.history === 'none') return rows

  const random = randomFor(options, 'history', serial)
  const illnesses = drawIllnesses(practice, random, person)
  const allergies = addAllergies(practice, random, person, rows)
  const visits = planner.plan(random, person, illnesses, rows)
  if (options.history === 'light') {
    for (const illness of illnesses) addCondition(random, person, illness, undefined, rows)
    return rows
  }

  const chart: Chart = { world: options, practice, random, person, illnesses, allergies, body: drawBody(random, person, illnesses), rows }
  const records = visits.map((visit) => writeRecord(chart, visit)).filter((record) => record !== undefined)
  addConditions(chart, records)
  addPrescriptions(chart, records, addPlans(chart, visits, records))
  addSingleProcedures(chart, records)
  return rows
}

/** The problem list: long-term illnesses, noted at the first visit for them, and some acute ones that are over by now. */
function addConditions({ random, person, illnesses, rows }: Chart, records: readonly WrittenRecord[]): void {
  for (const illness of illnesses) addCondition(random, person, illness, firstNote(records, illness), rows)
  for (const record of records) {
    const [fact] = record.diagnoses
    if (fact === undefined || fact.course !== 'ACUTE' || !random.chance(LISTED_SHARE)) continue
    const illness = acuteIllness(random, person, fact, record.at)
    addCondition(random, person, illness, { id: record.id, at: record.at }, rows)
  }
}

function firstNote(records: readonly WrittenRecord[], { fact, onset }: Illness): { id: string; at: number } | undefined {
  const record = records.find((one) => one.at >= onset && one.diagnoses.includes(fact))
  return record === undefined ? undefined : { id: record.id, at: record.at }
}
