import { PatientIdentifierType } from '../patients/patient-identifier.entity.js'
import { AllergyStatus, Sex } from '../patients/patient.entity.js'
import { formatMrn } from '../patients/mrn.js'
import type { CityFact } from './facts/sites.js'
import { personName, streetAddress, type PersonName } from './names.js'
import type { Practice, Site } from './practice.js'
import { present } from './present.js'
import type { Random } from './random.js'
import type { RowsByTable } from './rows.js'
import { DAY, HOUR, YEAR, dateOf, instant, startOfDate } from './time.js'
import { add, rowBase, type World } from './world.js'

/** A patient as the rest of the generator needs to know them. */
export interface Person {
  readonly id: string
  readonly name: PersonName
  readonly sex: Sex
  readonly birth: number
  readonly registered: number
  /** Nothing about them is later than this: now, or shortly before their death. */
  readonly until: number
  readonly deceased: boolean
  readonly site: Site
  readonly allergyStatus: AllergyStatus
  /** The one whose chart shows everything; has a demo account. */
  readonly showcase: boolean
}

/** Age in full years at an instant. */
export function ageAt(person: Pick<Person, 'birth'>, ms: number): number {
  return Math.floor((ms - person.birth) / YEAR)
}

/** Age groups with their share in percent. */
const AGES = [
  { from: 0, to: 2, share: 4 },
  { from: 2, to: 16, share: 14 },
  { from: 16, to: 40, share: 29 },
  { from: 40, to: 65, share: 31 },
  { from: 65, to: 85, share: 18 },
  { from: 85, to: 101, share: 4 },
] as const

/** Registers a patient at the practice: demographics, identifiers, contacts. `serial` counts from the first of this seeding. */
export function createPerson(world: World, practice: Practice, random: Random, serial: number, rows: RowsByTable): Person {
  const showcase = serial === 0
  const site = present(practice.sites[serial % practice.sites.length])
  const { city } = site
  const drawnSex = practice.decks.sex.draw()
  const sex = showcase ? Sex.FEMALE : drawnSex
  const age = present(random.weighted(AGES, ({ share }) => share))
  const years = showcase ? 61.4 : random.between(age.from, age.to)
  const birthDate = dateOf(world.now - 5 * DAY - years * YEAR)
  const birth = startOfDate(birthDate)
  const lifetime = deathOf(world, random, years, showcase)
  const latest = lifetime === undefined ? world.now - DAY : lifetime - 60 * DAY
  // Registered within the last five years, at the earliest on the day after birth.
  const registered = Math.floor(
    random.between(
      Math.max(birth + 30 * HOUR, world.now - 5 * YEAR),
      Math.max(birth + 31 * HOUR, showcase ? world.now - 4 * YEAR : latest),
    ),
  )
  const name = personName(random, city, sex === Sex.MALE || (sex !== Sex.FEMALE && random.chance(0.5)) ? 'MALE' : 'FEMALE')
  const drawnStatus = practice.decks.allergyStatus.draw()
  const allergyStatus = world.history === 'none' ? AllergyStatus.NOT_ASKED : showcase ? AllergyStatus.RECORDED : drawnStatus

  const row = add(rows, 'patient', {
    ...rowBase(random, registered, lifetime === undefined ? registered : Math.min(world.now, lifetime + DAY)),
    mrn: formatMrn(world.firstSerial + serial),
    first_name: name.first,
    last_name: name.last,
    birth_date: birthDate,
    sex,
    phone: showcase || random.chance(0.94) ? city.phone(random.integer(10_000, 999_999)) : null,
    email: showcase || (years >= 14 && random.chance(0.7)) ? mailOf(random, name) : null,
    ...streetAddress(random, city),
    language: random.chance(0.6) ? name.culture.language : random.chance(0.9) ? city.language : null,
    deceased_at: lifetime === undefined ? null : instant(lifetime),
    allergy_status: allergyStatus,
  })
  const person: Person = {
    id: row.id,
    name,
    sex,
    birth,
    registered,
    until: lifetime === undefined ? world.now : lifetime - DAY,
    deceased: lifetime !== undefined,
    site,
    allergyStatus,
    showcase,
  }
  addIdentifiers(practice, random, world.firstSerial + serial, person, rows)
  addContacts(random, years, person, rows)
  return person
}

/** When somebody of that age died, if so: within the last two years, and never someone who has only just been born. */
function deathOf(world: World, random: Random, years: number, showcase: boolean): number | undefined {
  const probability = years > 85 ? 0.14 : years > 70 ? 0.05 : years > 45 ? 0.012 : years > 3 ? 0.001 : 0
  const when = Math.floor(random.between(world.now - 650 * DAY, world.now - 6 * DAY))
  return random.chance(probability) && !showcase ? when : undefined
}

function mailOf(random: Random, name: PersonName): string {
  return `${name.ascii}${random.integer(1, 999)}@mail.example`
}

const ISSUERS: Readonly<Record<PatientIdentifierType, (city: CityFact) => string>> = {
  [PatientIdentifierType.INSURANCE]: (city) => city.insurer,
  [PatientIdentifierType.NATIONAL_ID]: (city) => city.nationalRegister,
  [PatientIdentifierType.DRIVER_LICENSE]: (city) => city.licenceOffice,
  [PatientIdentifierType.PASSPORT]: (city) => `https://fhir.example/${city.country.toLowerCase()}/passport`,
  [PatientIdentifierType.FOREIGN_MRN]: () => 'https://fhir.example/general-hospital/mrn',
  [PatientIdentifierType.OTHER]: () => 'https://fhir.example/study/participant',
}

function addIdentifiers(practice: Practice, random: Random, serial: number, person: Person, rows: RowsByTable): void {
  const types = new Set<PatientIdentifierType>()
  const count = person.showcase ? 3 : random.chance(0.12) ? 0 : random.chance(0.73) ? 1 : 2
  while (types.size < count) types.add(practice.decks.identifier.draw())
  for (const type of types) {
    add(rows, 'patient_identifier', {
      ...rowBase(random, person.registered),
      patient_id: person.id,
      type,
      system: ISSUERS[type](person.site.city),
      value: identifierValue(serial, type),
    })
  }
}

/**
 * A number that looks drawn but cannot occur twice for one issuer: multiplying by a number without a common divisor with 10¹² is a
 * permutation of the serials below that.
 */
function identifierValue(serial: number, type: PatientIdentifierType): string {
  const scattered = (BigInt(serial) * 387_420_489_013n) % 1_000_000_000_000n
  return `${type.slice(0, 1)}${scattered.toString().padStart(12, '0')}`
}

function addContacts(random: Random, years: number, person: Person, rows: RowsByTable): void {
  const child = years < 18
  const relations = child
    ? (['mother', 'father'] as const).slice(0, random.integer(1, 2))
    : random.chance(0.55) || person.showcase
      ? [
          random.pick(
            years > 65
              ? (['daughter', 'son', 'wife', 'husband'] as const)
              : (['partner', 'sister', 'brother', 'friend', 'mother'] as const),
          ),
        ]
      : []
  for (const [index, relationship] of relations.entries()) {
    const male = ['father', 'son', 'husband', 'brother'].includes(relationship)
    const family = relationship === 'friend' || random.chance(0.25) ? undefined : person.name
    const name = personName(random, person.site.city, male ? 'MALE' : 'FEMALE', family)
    const byPhone = random.chance(0.9)
    add(rows, 'patient_contact', {
      ...rowBase(random, person.registered),
      patient_id: person.id,
      full_name: name.full,
      relationship,
      phone: byPhone ? person.site.city.phone(random.integer(10_000, 999_999)) : null,
      email: !byPhone || random.chance(0.4) ? mailOf(random, name) : null,
      emergency: index === 0,
      guardian: child,
    })
  }
}
