import { fact, type DiagnosisFact } from './diagnosis-fact.js'

const GP = ['GENERAL_PRACTICE'] as const
const CHILD = ['PEDIATRICS'] as const
const BOTH = ['GENERAL_PRACTICE', 'PEDIATRICS'] as const

/** What general practice and pediatrics see at single visits. */
export const DAILY_DIAGNOSES: readonly DiagnosisFact[] = [
  fact(
    'J06.9',
    'Acute upper respiratory infection, unspecified',
    { specialties: BOTH, ages: [0, 100], course: 'ACUTE', weight: 24, fever: true },
    ['acetaminophen', 'ibuprofenChild'],
    [
      'Cold',
      'Runny nose, cough and sore throat for three days.',
      'Throat slightly red, lungs clear, ear drums pale.',
      'Rest and fluids, come back if fever lasts beyond three days.',
    ],
  ),
  fact(
    'J20.9',
    'Acute bronchitis, unspecified',
    { specialties: BOTH, ages: [1, 100], course: 'ACUTE', weight: 9, fever: true },
    ['acetaminophen', 'albuterol'],
    [
      'Cough',
      'Cough with sputum for a week.',
      'Coarse rattles over both lungs, no consolidation.',
      'Symptomatic treatment, no antibiotic needed.',
    ],
  ),
  fact(
    'J01.90',
    'Acute sinusitis, unspecified',
    { specialties: GP, ages: [8, 90], course: 'ACUTE', weight: 5 },
    ['ibuprofen'],
    [
      'Pain in the face',
      'Pressure over the forehead, worse on bending down.',
      'Pain on tapping over the right maxillary sinus.',
      'Nasal rinsing, painkiller for a few days.',
    ],
  ),
  fact(
    'J02.9',
    'Acute pharyngitis, unspecified',
    { specialties: BOTH, ages: [3, 60], course: 'ACUTE', weight: 8, fever: true },
    ['penicillinV', 'ibuprofenChild'],
    [
      'Sore throat',
      'Sore throat, hurts to swallow.',
      'Tonsils red with some exudate, neck nodes swollen.',
      'Rapid test done; antibiotic when positive.',
    ],
  ),
  fact(
    'N39.0',
    'Urinary tract infection, site not specified',
    { specialties: GP, ages: [15, 95], course: 'ACUTE', weight: 7 },
    ['nitrofurantoin', 'trimethoprim'],
    [
      'Burning when passing water',
      'Burning and frequent urge since yesterday.',
      'Flanks not tender; dipstick positive for leucocytes and nitrite.',
      'Short antibiotic course, drink two litres a day.',
    ],
  ),
  fact(
    'K52.9',
    'Noninfective gastroenteritis and colitis, unspecified',
    { specialties: BOTH, ages: [0, 95], course: 'ACUTE', weight: 6 },
    [],
    [
      'Diarrhoea',
      'Loose stools since two days, keeps fluids down.',
      'Abdomen soft, lively bowel sounds, no signs of dehydration.',
      'Oral rehydration, light food.',
    ],
  ),
  fact(
    'R51.9',
    'Headache, unspecified',
    { specialties: GP, ages: [10, 90], course: 'ACUTE', weight: 5 },
    ['acetaminophen', 'ibuprofen'],
    [
      'Headache',
      'Pressing headache in the evening, no warning signs.',
      'Neck muscles tense, neurologically normal.',
      'Breaks at the screen, painkiller on few days only.',
    ],
  ),
  fact(
    'R53.83',
    'Other fatigue',
    { specialties: GP, ages: [14, 95], course: 'ACUTE', weight: 5 },
    [],
    [
      'Tired all the time',
      'Sleeps seven hours and wakes up tired.',
      'Unremarkable examination.',
      'Blood count, TSH, ferritin; talk about the results next week.',
    ],
  ),
  fact(
    'R10.9',
    'Unspecified abdominal pain',
    { specialties: BOTH, ages: [4, 90], course: 'ACUTE', weight: 5 },
    [],
    [
      'Stomach ache',
      'Dull pain around the navel, on and off.',
      'Soft abdomen without guarding.',
      'Watch and wait, come at once if the pain moves or gets worse.',
    ],
  ),
  fact(
    'U07.1',
    'COVID-19',
    { specialties: BOTH, ages: [0, 100], course: 'ACUTE', weight: 4, fever: true },
    ['acetaminophen'],
    [
      'Positive rapid test',
      'Fever and cough since yesterday, test at home positive.',
      'Lungs clear, oxygen saturation normal.',
      'Stay at home, call if breathing gets worse.',
    ],
  ),
  fact(
    'Z00.00',
    'Encounter for general adult medical examination without abnormal findings',
    { specialties: GP, ages: [18, 100], course: 'CHECKUP', weight: 14 },
    [],
    [
      'Check-up',
      'No complaints, comes for the yearly examination.',
      'Heart, lungs, abdomen and skin without findings.',
      'Laboratory panel, vaccination pass completed, next check-up in a year.',
    ],
  ),
  fact(
    'Z23',
    'Encounter for immunization',
    { specialties: BOTH, ages: [0, 100], course: 'CHECKUP', weight: 7 },
    [],
    [
      'Vaccination',
      'Feels well, no fever, tolerated earlier vaccinations.',
      'Fit for vaccination.',
      'Vaccinated after information; stay for fifteen minutes.',
    ],
  ),
  fact(
    'Z00.129',
    'Encounter for routine child health examination without abnormal findings',
    { specialties: CHILD, ages: [0, 17], course: 'CHECKUP', weight: 20 },
    [],
    [
      'Child check-up',
      'Eats and sleeps well, parents have no worries.',
      'Growth along the percentile, development right for the age.',
      'Next check-up as in the booklet.',
    ],
  ),
  fact(
    'H66.90',
    'Otitis media, unspecified, unspecified ear',
    { specialties: CHILD, ages: [0, 12], course: 'ACUTE', weight: 10, fever: true },
    ['amoxicillinChild', 'ibuprofenChild'],
    [
      'Earache',
      'Pulls at the ear, cried during the night.',
      'Ear drum red and bulging on one side.',
      'Painkiller, antibiotic if no better in two days.',
    ],
  ),
  fact(
    'J05.0',
    'Acute obstructive laryngitis [croup]',
    { specialties: CHILD, ages: [0, 6], course: 'ACUTE', weight: 4 },
    [],
    [
      'Barking cough',
      'Barking cough at night, better in cold air.',
      'Slight stridor when crying, none at rest.',
      'Cool air, calm; emergency signs explained.',
    ],
  ),
  fact(
    'B08.4',
    'Enteroviral vesicular stomatitis with exanthem',
    { specialties: CHILD, ages: [0, 8], course: 'ACUTE', weight: 4, fever: true },
    ['ibuprofenChild'],
    [
      'Blisters on hands and mouth',
      'Does not want to eat, spots on hands and feet.',
      'Small blisters on palms, soles and in the mouth.',
      'Cool drinks; nursery again when the blisters are dry.',
    ],
  ),
  fact(
    'L22',
    'Diaper dermatitis',
    { specialties: CHILD, ages: [0, 2], course: 'ACUTE', weight: 4 },
    ['clotrimazole'],
    [
      'Sore bottom',
      'Red skin under the diaper for days.',
      'Bright red rash with small satellites.',
      'Let air at it often, cream at each change.',
    ],
  ),
]
