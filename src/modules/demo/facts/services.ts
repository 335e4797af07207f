import type { Specialty } from './specialties.js'

/** One line of the demo clinic's price list. */
export interface ServiceFact {
  readonly code: string
  readonly name: string
  /** Which specialty offers it; `null`: all do. */
  readonly specialty: Specialty | null
  readonly minutes: number
  readonly before?: number
  readonly after?: number
  readonly price: string
  /** Patients may book it themselves. */
  readonly online: boolean
}

/** The price list. */
export const SERVICES: readonly ServiceFact[] = [
  { code: 'CONS', name: 'Consultation', specialty: null, minutes: 20, price: '45.00', online: true },
  { code: 'CONS-LONG', name: 'Long consultation', specialty: null, minutes: 40, price: '80.00', online: false },
  { code: 'PHONE', name: 'Telephone consultation', specialty: null, minutes: 10, price: '20.00', online: true },
  { code: 'GP-CHECK', name: 'Health check-up', specialty: 'GENERAL_PRACTICE', minutes: 40, price: '85.00', online: true },
  { code: 'GP-VACC', name: 'Vaccination', specialty: 'GENERAL_PRACTICE', minutes: 10, price: '18.00', online: true },
  { code: 'GP-HOME', name: 'Home visit', specialty: 'GENERAL_PRACTICE', minutes: 40, before: 20, after: 20, price: '95.00', online: false },
  { code: 'PED-WELL', name: 'Well-child visit', specialty: 'PEDIATRICS', minutes: 30, price: '60.00', online: true },
  { code: 'GYN-SCREEN', name: 'Cancer screening', specialty: 'GYNECOLOGY', minutes: 30, price: '70.00', online: true },
  { code: 'GYN-US', name: 'Ultrasound in pregnancy', specialty: 'GYNECOLOGY', minutes: 30, after: 10, price: '110.00', online: false },
  { code: 'CAR-ECG', name: 'Electrocardiogram', specialty: 'CARDIOLOGY', minutes: 20, after: 5, price: '55.00', online: true },
  { code: 'CAR-ECHO', name: 'Echocardiography', specialty: 'CARDIOLOGY', minutes: 40, after: 10, price: '160.00', online: false },
  { code: 'DER-SKIN', name: 'Skin cancer screening', specialty: 'DERMATOLOGY', minutes: 15, price: '50.00', online: true },
  { code: 'DER-EXC', name: 'Small excision', specialty: 'DERMATOLOGY', minutes: 30, before: 10, after: 15, price: '140.00', online: false },
  { code: 'ORT-FIRST', name: 'First orthopedic visit', specialty: 'ORTHOPEDICS', minutes: 30, price: '75.00', online: true },
]
