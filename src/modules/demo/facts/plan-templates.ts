import type { ProcedureKey } from './procedures.js'
import type { Specialty } from './specialties.js'

/** A course of treatment as the clinic plans it: steps in words, some of which are procedures with a price. */
export interface PlanTemplate {
  readonly title: string
  readonly specialty: Specialty
  readonly fromAge: number
  readonly toAge: number
  /** A text is a step of talk or waiting; a key is a procedure. */
  readonly steps: readonly (ProcedureKey | { readonly text: string })[]
}

export const PLAN_TEMPLATES: readonly PlanTemplate[] = [
  {
    title: 'Blood pressure under control',
    specialty: 'GENERAL_PRACTICE',
    fromAge: 30,
    toAge: 110,
    steps: ['bloodPressureMonitoring', 'bloodSample', 'ecg', { text: 'Review of the medication after four weeks' }],
  },
  {
    title: 'Diabetes care year',
    specialty: 'GENERAL_PRACTICE',
    fromAge: 35,
    toAge: 110,
    steps: ['bloodSample', { text: 'Nutrition counselling' }, 'bloodSample', { text: 'Foot examination' }, 'influenzaVaccine'],
  },
  {
    title: 'Stop smoking',
    specialty: 'GENERAL_PRACTICE',
    fromAge: 18,
    toAge: 80,
    steps: ['spirometry', { text: 'Group session' }, { text: 'Call after two weeks' }],
  },
  {
    title: 'Vaccinations of the first years',
    specialty: 'PEDIATRICS',
    fromAge: 0,
    toAge: 5,
    steps: ['dtapVaccine', 'mmrVaccine', 'hearingTest'],
  },
  {
    title: 'Allergy work-up',
    specialty: 'PEDIATRICS',
    fromAge: 4,
    toAge: 17,
    steps: ['allergyTest', { text: 'Diet diary for four weeks' }, { text: 'Emergency set explained' }],
  },
  {
    title: 'Cycle complaints',
    specialty: 'GYNECOLOGY',
    fromAge: 14,
    toAge: 50,
    steps: ['pelvicUltrasound', { text: 'Hormone profile' }, { text: 'Discussion of the results' }],
  },
  { title: 'Screening', specialty: 'GYNECOLOGY', fromAge: 50, toAge: 75, steps: ['cervicalSmear', 'mammography'] },
  {
    title: 'Coronary heart disease programme',
    specialty: 'CARDIOLOGY',
    fromAge: 40,
    toAge: 110,
    steps: ['ecg', 'echocardiography', 'stressTest', { text: 'Cardiac exercise group' }],
  },
  {
    title: 'Rhythm work-up',
    specialty: 'CARDIOLOGY',
    fromAge: 16,
    toAge: 110,
    steps: ['ecg', 'bloodPressureMonitoring', 'echocardiography'],
  },
  {
    title: 'Light treatment',
    specialty: 'DERMATOLOGY',
    fromAge: 12,
    toAge: 110,
    steps: ['phototherapy', 'phototherapy', 'phototherapy', { text: 'Photograph before and after' }],
  },
  {
    title: 'Removal of skin changes',
    specialty: 'DERMATOLOGY',
    fromAge: 18,
    toAge: 110,
    steps: ['skinBiopsy', 'cryotherapy', { text: 'Skin check in six months' }],
  },
  {
    title: 'Knee programme',
    specialty: 'ORTHOPEDICS',
    fromAge: 30,
    toAge: 110,
    steps: ['kneeXray', 'physiotherapy', 'physiotherapy', 'jointInjection'],
  },
  {
    title: 'Back school',
    specialty: 'ORTHOPEDICS',
    fromAge: 8,
    toAge: 110,
    steps: ['physiotherapy', 'physiotherapy', 'physiotherapy', { text: 'Exercises at home' }],
  },
]
