import { BERLINERS, NEW_YORKERS, type Population } from './names.js'
import type { Specialty } from './specialties.js'

/** A city the clinic has sites in, with what differs between the two: zone, money, manners of writing addresses and numbers. */
export interface CityFact {
  readonly city: string
  readonly region: string
  readonly country: string
  readonly timeZone: string
  readonly currency: string
  readonly population: Population
  /** The usual language, for those whose culture says nothing else. */
  readonly language: string
  /** Where the sites are, in the order in which the clinic grows. */
  readonly districts: readonly string[]
  readonly streets: readonly string[]
  readonly postalCodes: readonly [from: number, to: number]
  readonly doctors: readonly Specialty[]
  readonly doctorName: (name: string) => string
  readonly address: (street: string, number: number) => string
  /** A phone number from a number between 0 and 999,999; of ranges that are kept free for fiction. */
  readonly phone: (number: number) => string
  /** Issuers of identifiers, by kind. */
  readonly insurer: string
  readonly nationalRegister: string
  readonly licenceOffice: string
}

const six = (number: number): string => String(number).padStart(6, '0')

/** Both cities; each step of growth opens one site in each. */
export const CITIES: readonly CityFact[] = [
  {
    city: 'Berlin',
    region: 'Berlin',
    country: 'DE',
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    population: BERLINERS,
    language: 'de',
    districts: [
      'Mitte',
      'Kreuzberg',
      'Pankow',
      'Neukölln',
      'Spandau',
      'Köpenick',
      'Steglitz',
      'Lichtenberg',
      'Reinickendorf',
      'Marzahn',
      'Wedding',
      'Schöneberg',
    ],
    streets: [
      'Lindenstraße',
      'Bergmannstraße',
      'Am Weißen See',
      'Schönhauser Allee',
      'Kastanienallee',
      'Müllerstraße',
      'Großbeerenstraße',
      'Uferweg',
      'Fröbelplatz',
      'An der Mühle',
    ],
    postalCodes: [10115, 14199],
    doctors: ['GENERAL_PRACTICE', 'GENERAL_PRACTICE', 'PEDIATRICS', 'GYNECOLOGY', 'DERMATOLOGY', 'CARDIOLOGY'],
    doctorName: (name) => `Dr. med. ${name}`,
    address: (street, number) => `${street} ${number % 180}`,
    // 030 23125 000–999 is the block that the German regulator keeps free for film and television; the digits behind it are an extension.
    phone: (number) => `+49 30 23125 ${six(number)}`,
    insurer: 'https://fhir.example/de/health-insurance',
    nationalRegister: 'https://fhir.example/de/identity-card',
    licenceOffice: 'https://fhir.example/de/driving-licence',
  },
  {
    city: 'New York',
    region: 'NY',
    country: 'US',
    timeZone: 'America/New_York',
    currency: 'USD',
    population: NEW_YORKERS,
    language: 'en',
    districts: [
      'Brooklyn Heights',
      'Harlem',
      'Astoria',
      'Chelsea',
      'Riverdale',
      'Flushing',
      'Park Slope',
      'Inwood',
      'Bay Ridge',
      'Tribeca',
      'Jackson Heights',
      'Sunnyside',
    ],
    streets: [
      'Maple Avenue',
      'Grand Street',
      "St. Mark's Place",
      'Ocean Parkway',
      'Amsterdam Avenue',
      'Bleecker Street',
      "King's Highway",
      'Prospect Place',
      'Hudson Street',
      'Willow Lane',
    ],
    postalCodes: [10001, 11697],
    doctors: ['GENERAL_PRACTICE', 'GENERAL_PRACTICE', 'PEDIATRICS', 'GYNECOLOGY', 'ORTHOPEDICS', 'CARDIOLOGY'],
    doctorName: (name) => `${name}, MD`,
    address: (street, number) => `${number} ${street}`,
    // 555-0100 to 555-0199 is the block kept free for fiction in North America; the digits behind it are an extension.
    phone: (number) => `+1 212 555 01${six(number).slice(0, 2)} ext. ${six(number).slice(2)}`,
    insurer: 'https://fhir.example/us/health-plan-member',
    nationalRegister: 'https://fhir.example/us/social-security',
    licenceOffice: 'https://fhir.example/us/driver-license',
  },
]
