import { fact, type DiagnosisFact } from './diagnosis-fact.js'

const GP = ['GENERAL_PRACTICE'] as const
const BOTH = ['GENERAL_PRACTICE', 'PEDIATRICS'] as const

/** The long-term illnesses that general practice and pediatrics treat. */
export const LONG_TERM_DIAGNOSES: readonly DiagnosisFact[] = [
  fact(
    'I10',
    'Essential (primary) hypertension',
    { specialties: ['GENERAL_PRACTICE', 'CARDIOLOGY'], ages: [30, 105], course: 'CHRONIC', weight: 28 },
    ['lisinopril', 'amlodipine', 'hydrochlorothiazide'],
    [
      'Blood pressure check',
      'Home readings mostly between 135 and 155 systolic. No chest pain, no dizziness.',
      'Heart sounds regular, no oedema. Blood pressure above target.',
      'Go on with the medication, less salt, readings at home for two weeks.',
    ],
  ),
  fact(
    'E11.9',
    'Type 2 diabetes mellitus without complications',
    { specialties: GP, ages: [35, 100], course: 'CHRONIC', weight: 10 },
    ['metformin'],
    [
      'Diabetes check',
      'Sugar diary shows fasting values between 120 and 150 mg/dL. No hypoglycaemia.',
      'Feet warm, pulses present, monofilament felt everywhere.',
      'HbA1c in three months, eye examination this year.',
    ],
  ),
  fact(
    'E11.65',
    'Type 2 diabetes mellitus with hyperglycemia',
    { specialties: GP, ages: [40, 95], course: 'CHRONIC', weight: 3 },
    ['insulin', 'metformin'],
    [
      'Sugar values too high',
      'Thirst and frequent urination for some weeks.',
      'Dry mucous membranes, no ketone smell, weight lower than at the last visit.',
      'Insulin scheme explained, diary, visit in two weeks.',
    ],
  ),
  fact(
    'E78.5',
    'Hyperlipidemia, unspecified',
    { specialties: ['GENERAL_PRACTICE', 'CARDIOLOGY'], ages: [30, 95], course: 'CHRONIC', weight: 18 },
    ['simvastatin', 'atorvastatin'],
    [
      'Cholesterol results',
      'No complaints. Father had a heart attack at 61.',
      'No xanthelasma, carotids without bruit.',
      'Statin, Mediterranean diet, lipid panel in eight weeks.',
    ],
  ),
  fact(
    'E03.9',
    'Hypothyroidism, unspecified',
    { specialties: GP, ages: [20, 95], course: 'CHRONIC', weight: 6 },
    ['levothyroxine'],
    [
      'Thyroid check',
      'Tired, feels cold more than others.',
      'Thyroid not enlarged, skin dry, pulse slow.',
      'Dose unchanged, TSH in six weeks.',
    ],
  ),
  fact(
    'E66.9',
    'Obesity, unspecified',
    { specialties: BOTH, ages: [8, 80], course: 'CHRONIC', weight: 9 },
    [],
    [
      'Advice on weight',
      'Would like to lose weight, has tried several diets.',
      'Abdominal fat, otherwise unremarkable.',
      'Nutrition counselling, half an hour of walking daily.',
    ],
  ),
  fact(
    'J45.909',
    'Unspecified asthma, uncomplicated',
    { specialties: BOTH, ages: [4, 80], course: 'CHRONIC', weight: 8 },
    ['albuterol', 'fluticasone'],
    [
      'Asthma check',
      'Cough at night twice a week, uses the spray on most of these days.',
      'Scattered wheeze at the end of breathing out.',
      'Inhaler technique shown, daily controller, peak flow diary.',
    ],
  ),
  fact(
    'J44.9',
    'Chronic obstructive pulmonary disease, unspecified',
    { specialties: GP, ages: [50, 95], course: 'CHRONIC', weight: 5 },
    ['fluticasoneSalmeterol', 'albuterol'],
    [
      'Short of breath',
      'Short of breath on the second flight of stairs. Smokes ten a day.',
      'Breath sounds quiet, prolonged expiration.',
      'Inhaler, help to stop smoking offered, vaccination status checked.',
    ],
  ),
  fact(
    'K21.9',
    'Gastro-esophageal reflux disease without esophagitis',
    { specialties: GP, ages: [18, 95], course: 'CHRONIC', weight: 9 },
    ['omeprazole'],
    [
      'Heartburn',
      'Heartburn after late meals, three times a week.',
      'Abdomen soft, slight tenderness over the stomach.',
      'Four weeks of acid blocker, no meals after eight in the evening.',
    ],
  ),
  fact(
    'N18.30',
    'Chronic kidney disease, stage 3 unspecified',
    { specialties: GP, ages: [55, 100], course: 'CHRONIC', weight: 5 },
    [],
    [
      'Kidney values',
      'No complaints.',
      'No oedema, kidneys not tender.',
      'Creatinine every three months, no anti-inflammatory painkillers.',
    ],
  ),
  fact(
    'F32.9',
    'Major depressive disorder, single episode, unspecified',
    { specialties: GP, ages: [18, 90], course: 'CHRONIC', weight: 6 },
    ['sertraline'],
    [
      'Low mood',
      'Low mood and poor sleep for two months. No thoughts of self-harm.',
      'Slowed, makes little eye contact, oriented.',
      'Medication started, referral to psychotherapy, visit in two weeks.',
    ],
  ),
  fact(
    'F41.9',
    'Anxiety disorder, unspecified',
    { specialties: GP, ages: [16, 80], course: 'CHRONIC', weight: 5 },
    ['sertraline'],
    [
      'Anxious',
      'Worries all day, heart races on the train.',
      'Restless, hands damp, heart regular.',
      'Breathing exercises, cognitive therapy, medication discussed.',
    ],
  ),
  fact(
    'G43.909',
    'Migraine, unspecified, not intractable, without status migrainosus',
    { specialties: GP, ages: [12, 65], course: 'CHRONIC', weight: 6 },
    ['naproxen', 'ibuprofen'],
    [
      'Migraine',
      'One-sided throbbing headache with nausea, twice a month.',
      'Neurological examination without findings.',
      'Headache diary, early painkiller, regular sleep.',
    ],
  ),
  fact(
    'D50.9',
    'Iron deficiency anemia, unspecified',
    { specialties: ['GENERAL_PRACTICE', 'GYNECOLOGY'], ages: [12, 90], course: 'CHRONIC', weight: 4 },
    ['iron'],
    [
      'Tired and pale',
      'Tired for months, short of breath on exertion.',
      'Conjunctivae pale, heart rate slightly raised.',
      'Iron for two months, then blood count; search for the cause.',
    ],
  ),
  fact(
    'J30.1',
    'Allergic rhinitis due to pollen',
    { specialties: BOTH, ages: [5, 70], course: 'CHRONIC', weight: 10 },
    ['loratadine', 'cetirizine'],
    [
      'Hay fever',
      'Sneezing and itching eyes every spring.',
      'Nasal mucosa pale and swollen, conjunctivae red.',
      'Antihistamine during the season, pollen calendar.',
    ],
  ),
]
