import { fact, type DiagnosisFact } from './diagnosis-fact.js'

const HEART = ['CARDIOLOGY'] as const
const SKIN = ['DERMATOLOGY'] as const

/** What cardiology and dermatology see. */
export const HEART_AND_SKIN_DIAGNOSES: readonly DiagnosisFact[] = [
  fact(
    'I25.10',
    'Atherosclerotic heart disease of native coronary artery without angina pectoris',
    { specialties: HEART, ages: [45, 100], course: 'CHRONIC', weight: 7 },
    ['aspirin', 'atorvastatin', 'metoprolol'],
    [
      'Heart check',
      'No chest pain since the stent, walks daily.',
      'Regular heart sounds, no murmur, lungs clear.',
      'Go on with the medication, stress test once a year.',
    ],
  ),
  fact(
    'I48.91',
    'Unspecified atrial fibrillation',
    { specialties: HEART, ages: [55, 100], course: 'CHRONIC', weight: 5 },
    ['warfarin', 'metoprolol', 'digoxin'],
    [
      'Irregular pulse',
      'Feels the heart stumble in the evening.',
      'Pulse irregular, no signs of heart failure.',
      'Anticoagulation, rate control, INR in a week.',
    ],
  ),
  fact(
    'I50.9',
    'Heart failure, unspecified',
    { specialties: HEART, ages: [60, 102], course: 'CHRONIC', weight: 4 },
    ['lisinopril', 'metoprolol'],
    [
      'Swollen legs',
      'Swollen ankles, sleeps on two pillows.',
      'Oedema of both ankles, fine crackles at the bases.',
      'Daily weight, fluids at most 1.5 litres, echocardiography.',
    ],
  ),
  fact(
    'I20.9',
    'Angina pectoris, unspecified',
    { specialties: HEART, ages: [45, 95], course: 'CHRONIC', weight: 3 },
    ['nitroglycerin', 'aspirin'],
    [
      'Tight chest on exertion',
      'Tightness behind the breastbone when climbing stairs, gone within two minutes of rest.',
      'No findings at rest.',
      'Spray for attacks, stress test soon.',
    ],
  ),
  fact(
    'I34.0',
    'Nonrheumatic mitral (valve) insufficiency',
    { specialties: HEART, ages: [40, 95], course: 'CHRONIC', weight: 2 },
    [],
    ['Heart valve', 'Feels well, no shortness of breath.', 'Systolic murmur at the apex, 2/6.', 'Echocardiography every year.'],
  ),
  fact(
    'R00.2',
    'Palpitations',
    { specialties: HEART, ages: [16, 85], course: 'ACUTE', weight: 10 },
    [],
    [
      'Heart racing',
      'Heart races for a few minutes, mostly at rest.',
      'Regular pulse, electrocardiogram without findings.',
      'Long-term electrocardiogram, less coffee.',
    ],
  ),
  fact(
    'R07.89',
    'Other chest pain',
    { specialties: HEART, ages: [18, 90], course: 'ACUTE', weight: 8 },
    ['ibuprofen'],
    [
      'Chest pain',
      'Stabbing pain on the left, depends on movement.',
      'Pain on pressure beside the breastbone, heart normal.',
      'Reassured, painkiller, come back if it changes.',
    ],
  ),
  fact(
    'L20.9',
    'Atopic dermatitis, unspecified',
    { specialties: ['DERMATOLOGY', 'PEDIATRICS'], ages: [0, 60], course: 'CHRONIC', weight: 8 },
    ['hydrocortisone'],
    [
      'Eczema',
      'Itching in the bends of elbows and knees, worse in winter.',
      'Dry, scratched patches in both elbow bends.',
      'Cream base twice a day, cortisone cream in flares.',
    ],
  ),
  fact(
    'L40.0',
    'Psoriasis vulgaris',
    { specialties: SKIN, ages: [15, 90], course: 'CHRONIC', weight: 4 },
    ['betamethasone'],
    [
      'Scaly patches',
      'Patches on elbows and scalp, come and go.',
      'Sharp-edged red plaques with silvery scales.',
      'Cream once a day, phototherapy planned.',
    ],
  ),
  fact(
    'L70.0',
    'Acne vulgaris',
    { specialties: SKIN, ages: [12, 35], course: 'CHRONIC', weight: 12 },
    ['tretinoin', 'doxycycline'],
    [
      'Acne',
      'Pimples on face and back, hurtful.',
      'Comedones and papules on forehead and cheeks.',
      'Cream in the evening, patience for eight weeks.',
    ],
  ),
  fact(
    'L57.0',
    'Actinic keratosis',
    { specialties: SKIN, ages: [50, 100], course: 'ACUTE', weight: 8 },
    [],
    [
      'Rough spot on the forehead',
      'Rough spot that does not heal.',
      'Scaly lesion of 6 mm on the forehead.',
      'Cryotherapy, sun protection, skin check in six months.',
    ],
  ),
  fact(
    'L82.1',
    'Other seborrheic keratosis',
    { specialties: SKIN, ages: [40, 100], course: 'ACUTE', weight: 7 },
    [],
    [
      'Mole has changed',
      'Brown spot has grown over the last year.',
      'Stuck-on brown plaque, harmless under the dermatoscope.',
      'No treatment needed.',
    ],
  ),
  fact(
    'B35.1',
    'Tinea unguium',
    { specialties: SKIN, ages: [20, 95], course: 'ACUTE', weight: 6 },
    ['clotrimazole'],
    [
      'Nail fungus',
      'Big toe nail thick and yellow.',
      'Thickened, crumbling nail of the right big toe.',
      'Scraping sent in, local treatment for months.',
    ],
  ),
  fact(
    'L23.9',
    'Allergic contact dermatitis, unspecified cause',
    { specialties: SKIN, ages: [6, 90], course: 'ACUTE', weight: 7 },
    ['hydrocortisone', 'cetirizine'],
    [
      'Itching rash',
      'Itching rash after a new bracelet.',
      'Sharp-edged red rash with small blisters at the wrist.',
      'Avoid the cause, patch test when the skin is calm.',
    ],
  ),
]
