import { fact, type DiagnosisFact } from './diagnosis-fact.js'

const BONES = ['ORTHOPEDICS'] as const
const WOMEN = ['GYNECOLOGY'] as const

/** What orthopedics and gynecology see. */
export const BONES_AND_WOMEN_DIAGNOSES: readonly DiagnosisFact[] = [
  fact(
    'M17.11',
    'Unilateral primary osteoarthritis, right knee',
    { specialties: BONES, ages: [45, 95], course: 'CHRONIC', weight: 9 },
    ['ibuprofen', 'naproxen'],
    [
      'Knee pain',
      'Pain when walking down stairs, stiff in the morning.',
      'Crepitus, slight effusion, flexion to 110°.',
      'Physical therapy, cycling, painkiller when needed.',
    ],
  ),
  fact(
    'M81.0',
    'Age-related osteoporosis without current pathological fracture',
    { specialties: BONES, ages: [55, 100], course: 'CHRONIC', weight: 7 },
    ['alendronate'],
    [
      'Bone density result',
      'No falls this year.',
      'Back slightly rounded, no pain on tapping.',
      'Medication, calcium and vitamin D, fall prevention.',
    ],
  ),
  fact(
    'M54.16',
    'Radiculopathy, lumbar region',
    { specialties: BONES, ages: [25, 85], course: 'CHRONIC', weight: 4 },
    ['naproxen'],
    [
      'Back pain into the leg',
      'Pain from the back into the calf, tingling toes.',
      'Straight leg raise positive at 50°, strength full.',
      'Stay active, physical therapy, imaging if weakness appears.',
    ],
  ),
  fact(
    'M54.2',
    'Cervicalgia',
    { specialties: ['ORTHOPEDICS', 'GENERAL_PRACTICE'], ages: [16, 85], course: 'ACUTE', weight: 7 },
    ['ibuprofen'],
    [
      'Stiff neck',
      'Stiff neck since waking up.',
      'Rotation to the left limited, muscles tense.',
      'Heat, exercises, painkiller for a few days.',
    ],
  ),
  fact(
    'M77.11',
    'Lateral epicondylitis, right elbow',
    { specialties: BONES, ages: [25, 65], course: 'ACUTE', weight: 5 },
    ['naproxen'],
    ['Tennis elbow', 'Pain at the outer elbow when lifting a cup.', 'Pressure pain at the outer epicondyle.', 'Relief, stretching, brace.'],
  ),
  fact(
    'S93.401A',
    'Sprain of unspecified ligament of right ankle, initial encounter',
    { specialties: BONES, ages: [8, 80], course: 'ACUTE', weight: 8 },
    ['ibuprofen'],
    [
      'Twisted ankle',
      'Twisted the foot at sports yesterday.',
      'Swelling at the outer ankle, can bear weight.',
      'Rest, ice, compression, elevation; brace for two weeks.',
    ],
  ),
  fact(
    'M25.561',
    'Pain in right knee',
    { specialties: BONES, ages: [10, 85], course: 'ACUTE', weight: 7 },
    ['ibuprofen'],
    ['Knee hurts', 'Knee hurts after running.', 'Stable ligaments, no effusion.', 'Pause from running, strengthening exercises.'],
  ),
  fact(
    'G56.01',
    'Carpal tunnel syndrome, right upper limb',
    { specialties: BONES, ages: [30, 80], course: 'ACUTE', weight: 4 },
    [],
    [
      'Hand falls asleep',
      'Thumb and two fingers numb at night.',
      'Phalen test positive, no wasting.',
      'Night splint, nerve conduction if no better.',
    ],
  ),
  fact(
    'Z01.419',
    'Encounter for gynecological examination (general) (routine) without abnormal findings',
    { specialties: WOMEN, ages: [18, 90], sex: 'FEMALE', course: 'CHECKUP', weight: 20 },
    [],
    ['Yearly examination', 'No complaints.', 'Findings normal, smear taken.', 'Next examination in a year.'],
  ),
  fact(
    'Z30.011',
    'Encounter for initial prescription of contraceptive pills',
    { specialties: WOMEN, ages: [16, 42], sex: 'FEMALE', course: 'CHECKUP', weight: 8 },
    ['contraceptive'],
    [
      'Contraception',
      'Wants to begin with the pill. No thrombosis in the family, does not smoke.',
      'Blood pressure normal.',
      'Pill explained, what to do when one is forgotten.',
    ],
  ),
  fact(
    'N94.6',
    'Dysmenorrhea, unspecified',
    { specialties: WOMEN, ages: [13, 48], sex: 'FEMALE', course: 'CHRONIC', weight: 7 },
    ['naproxen'],
    [
      'Period pain',
      'Cramps on the first two days, misses work.',
      'Uterus normal in size, not tender.',
      'Painkiller early, hormonal treatment offered.',
    ],
  ),
  fact(
    'N92.0',
    'Excessive and frequent menstruation with regular cycle',
    { specialties: WOMEN, ages: [15, 52], sex: 'FEMALE', course: 'CHRONIC', weight: 4 },
    ['hormonalIud', 'iron'],
    [
      'Heavy periods',
      'Changes every hour on the second day.',
      'Ultrasound without fibroids.',
      'Hormonal intrauterine system discussed, blood count.',
    ],
  ),
  fact(
    'N95.1',
    'Menopausal and female climacteric states',
    { specialties: WOMEN, ages: [45, 60], sex: 'FEMALE', course: 'CHRONIC', weight: 9 },
    [],
    [
      'Hot flushes',
      'Hot flushes at night, sleeps badly.',
      'Examination right for the age.',
      'Options with and without hormones explained.',
    ],
  ),
  fact(
    'E28.2',
    'Polycystic ovarian syndrome',
    { specialties: WOMEN, ages: [16, 45], sex: 'FEMALE', course: 'CHRONIC', weight: 4 },
    ['contraceptive'],
    [
      'Irregular periods',
      'Periods every two to three months.',
      'Ultrasound with many small follicles.',
      'Hormone profile, advice on weight and exercise.',
    ],
  ),
  fact(
    'N76.0',
    'Acute vaginitis',
    { specialties: WOMEN, ages: [16, 70], sex: 'FEMALE', course: 'ACUTE', weight: 7 },
    ['metronidazole'],
    ['Discharge', 'Discharge with itching for a few days.', 'Typical microscopy.', 'Treated; no check needed when free of complaints.'],
  ),
]
