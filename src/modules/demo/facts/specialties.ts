/** The six specialties of the demo clinic, with the usual length of a visit in minutes. */
export const SPECIALTIES = {
  GENERAL_PRACTICE: { name: 'General practice', minutes: 20 },
  PEDIATRICS: { name: 'Pediatrics', minutes: 20 },
  GYNECOLOGY: { name: 'Gynecology', minutes: 30 },
  CARDIOLOGY: { name: 'Cardiology', minutes: 30 },
  DERMATOLOGY: { name: 'Dermatology', minutes: 15 },
  ORTHOPEDICS: { name: 'Orthopedics', minutes: 20 },
} as const

export type Specialty = keyof typeof SPECIALTIES
