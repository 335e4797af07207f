import { ascending, edgesOf, list, one, rootConnection, rootOne, type FilterDeclaration } from '../../graphql/loaders/declaration.js'
import { equals, nameContains } from '../../graphql/loaders/filters.js'
import { argumentsReveal } from '../../graphql/loaders/order.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { Staff } from '../staff/staff.entity.js'
import { doctorScope } from './doctor.access.js'
import { Doctor } from './doctor.entity.js'
import { DoctorFilter, DoctorOrder } from './doctor.inputs.js'
import { WeeklySchedule } from './weekly-schedule.entity.js'

const doctorFilter: FilterDeclaration = {
  input: () => DoctorFilter,
  fields: {
    search: nameContains('fullName'),
    specialty: equals('specialty', 'text'),
    active: equals('active', 'boolean'),
  },
}

const byName = [ascending('fullName'), ascending('id')]

/** The directory of doctors. Specialty may be empty, and an empty key has no place in a keyset, so it is compared as empty text. */
export const doctors = rootConnection('doctors', () => Doctor, {
  filter: doctorFilter,
  orders: {
    input: DoctorOrder,
    choices: {
      [DoctorOrder.NAME]: { keys: byName, reveals: null },
      [DoctorOrder.SPECIALTY]: { keys: [ascending((row) => `coalesce(${row.column('specialty')}, '')`), ...byName], reveals: null },
    },
  },
  description: 'The doctors of the clinic, by name.',
})

export const doctorRoots = [rootOne('doctor', () => Doctor, 'One doctor.'), doctors]

/** Nothing in the directory is hidden; kept so that a filter added later is checked. */
export const doctorArguments = argumentsReveal(doctors, doctorScope)

export const doctorEdges = [
  ...edgesOf(() => Doctor, {
    staff: one(() => Staff, { from: 'staff', description: 'The staff member behind the doctor; empty for doctors of imported history.' }),
    weeklySchedule: list(() => WeeklySchedule, {
      key: 'doctor',
      order: [ascending('weekday'), ascending('startsAt'), ascending('validFrom'), ascending('id')],
      description: 'Working hours, Monday first.',
    }),
  }),
  ...edgesOf(() => WeeklySchedule, {
    location: one(() => Location, { from: 'location', description: 'Where the doctor works.' }),
    room: one(() => Room, { from: 'room', description: 'In which room.' }),
  }),
]
