import { registerEnumType } from 'type-graphql'

/** What a person is in the clinic. A user may hold several; capabilities add up. */
export enum Role {
  OWNER = 'OWNER',
  ADMIN = 'ADMIN',
  DOCTOR = 'DOCTOR',
  STAFF = 'STAFF',
  REGISTRATION_CLERK = 'REGISTRATION_CLERK',
  PHARMACIST = 'PHARMACIST',
  CASHIER = 'CASHIER',
  ANALYST = 'ANALYST',
  PATIENT = 'PATIENT',
}

registerEnumType(Role, {
  name: 'Role',
  description: 'What a person is in the clinic; decides what they may see and do.',
  valuesConfig: {
    OWNER: { description: 'Owns the clinic: everything an administrator may, and appoints them.' },
    ADMIN: { description: 'Runs the clinic: staff, prices, money, reports.' },
    DOCTOR: { description: 'Treats patients, writes and signs records and prescriptions.' },
    STAFF: { description: 'Nurse or assistant: vitals, drafts, help with procedures.' },
    REGISTRATION_CLERK: { description: 'Front desk: registers patients, books appointments.' },
    PHARMACIST: { description: 'Dispenses prescriptions, keeps the stock.' },
    CASHIER: { description: 'Takes payments.' },
    ANALYST: { description: 'Counts and de-identified rows, never names.' },
    PATIENT: { description: 'Sees their own chart, books for themselves.' },
  },
})
