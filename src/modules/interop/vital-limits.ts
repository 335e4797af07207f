/** What a measurement may be at all, in one unit (RULES C3: impossible values are refused). */
export interface VitalLimit {
  readonly unit: string
  readonly min: number
  readonly max: number
}

/**
 * By LOINC code. The bounds are those of any living person from a premature newborn on, taken wide: they are to catch a slipped decimal
 * point or a wrong unit, not a rare patient.
 */
export const VITAL_LIMITS: Readonly<Record<string, VitalLimit>> = {
  '8302-2': { unit: 'cm', min: 15, max: 280 },
  '29463-7': { unit: 'kg', min: 0.2, max: 700 },
  '39156-5': { unit: 'kg/m2', min: 3, max: 250 },
  '9843-4': { unit: 'cm', min: 10, max: 100 },
  '8310-5': { unit: 'Cel', min: 10, max: 47 },
  '8331-1': { unit: 'Cel', min: 10, max: 47 },
  '8867-4': { unit: '/min', min: 0, max: 400 },
  '9279-1': { unit: '/min', min: 0, max: 150 },
  '8480-6': { unit: 'mm[Hg]', min: 0, max: 370 },
  '8462-4': { unit: 'mm[Hg]', min: 0, max: 360 },
  '2708-6': { unit: '%', min: 0, max: 100 },
  '59408-5': { unit: '%', min: 0, max: 100 },
  '72514-3': { unit: '{score}', min: 0, max: 10 },
}
