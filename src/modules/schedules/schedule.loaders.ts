import {
  ascending,
  connection,
  descending,
  edgesOf,
  list,
  one,
  rootConnection,
  type FilterDeclaration,
} from '../../graphql/loaders/declaration.js'
import { atLeast, lessThan, refersTo } from '../../graphql/loaders/filters.js'
import { BadUserInputError } from '../../graphql/errors.js'
import { isUuid } from '../../graphql/loaders/page.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { WeeklySchedule } from '../doctors/weekly-schedule.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { ClinicClosure } from './clinic-closure.entity.js'
import { ScheduleBreak } from './schedule-break.entity.js'
import { ScheduleExceptionHours } from './schedule-exception-hours.entity.js'
import { ScheduleException } from './schedule-exception.entity.js'
import { ClosureFilter, ClosureOrder, ScheduleExceptionFilter, TimeOffFilter } from './schedule.filters.js'
import { TimeOff } from './time-off.entity.js'

const timeOffFilter: FilterDeclaration = {
  input: () => TimeOffFilter,
  fields: {
    from: {
      values: { time_off_from: { type: 'timestamptz', of: (from: Date) => from.toISOString() } },
      where: (row) => `${row.column('endsAt')} > ${row.value('time_off_from')}`,
      reveals: null,
    },
    to: lessThan('startsAt', 'timestamptz'),
    cancelled: {
      values: { time_off_cancelled: { type: 'boolean', of: (cancelled: boolean) => cancelled } },
      where: (row) => `(${row.column('cancelledAt')} is not null) = ${row.value('time_off_cancelled')}`,
      reveals: null,
    },
  },
}

const exceptionFilter: FilterDeclaration = {
  input: () => ScheduleExceptionFilter,
  fields: {
    locationId: refersTo('location', 'locationId'),
    from: atLeast('date', 'date'),
    to: {
      values: { exception_to: { type: 'date', of: (to: string) => to } },
      where: (row) => `${row.column('date')} <= ${row.value('exception_to')}`,
      reveals: null,
    },
  },
}

const closureFilter: FilterDeclaration = {
  input: () => ClosureFilter,
  fields: {
    locationId: {
      values: {
        closure_location: {
          type: 'uuid',
          of: (id: string) => {
            if (!isUuid(id)) throw new BadUserInputError([{ field: 'filter.locationId', message: 'is not an id' }])
            return id
          },
        },
      },
      where: (row) => `(${row.column('location')} is null or ${row.column('location')} = ${row.value('closure_location')})`,
      reveals: null,
    },
    from: atLeast('endsOn', 'date'),
    to: {
      values: { closure_to: { type: 'date', of: (to: string) => to } },
      where: (row) => `${row.column('startsOn')} <= ${row.value('closure_to')}`,
      reveals: null,
    },
  },
}

export const scheduleRoots = [
  rootConnection('closures', () => ClinicClosure, {
    filter: closureFilter,
    orders: {
      input: ClosureOrder,
      choices: {
        [ClosureOrder.EARLIEST_FIRST]: { keys: [ascending('startsOn'), ascending('id')], reveals: null },
        [ClosureOrder.LATEST_FIRST]: { keys: [descending('startsOn'), descending('id')], reveals: null },
      },
    },
    description: 'Days on which the clinic, or one location, is closed; the earliest first unless another order is asked for.',
  }),
]

export const scheduleEdges = [
  ...edgesOf(() => WeeklySchedule, {
    breaks: list(() => ScheduleBreak, {
      key: 'weeklySchedule',
      order: [ascending('startsAt'), ascending('id')],
      description: 'Pauses inside these hours.',
    }),
  }),
  ...edgesOf(() => Doctor, {
    scheduleExceptions: connection(() => ScheduleException, {
      key: 'doctor',
      order: [descending('date'), descending('id')],
      filter: exceptionFilter,
      description: 'Days on which the hours differ from the working week, the latest first.',
    }),
    timeOff: connection(() => TimeOff, {
      key: 'doctor',
      order: [descending('startsAt'), descending('id')],
      filter: timeOffFilter,
      description: 'Absences, the latest first; also those that were called off.',
    }),
  }),
  ...edgesOf(() => ScheduleException, {
    location: one(() => Location, { from: 'location', description: 'Where.' }),
    hours: list(() => ScheduleExceptionHours, {
      key: 'scheduleException',
      order: [ascending('startsAt'), ascending('id')],
      description: 'The hours of that day, instead of or besides those of the week.',
    }),
  }),
  ...edgesOf(() => ScheduleExceptionHours, { room: one(() => Room, { from: 'room', description: 'In which room.' }) }),
  ...edgesOf(() => TimeOff, { doctor: one(() => Doctor, { from: 'doctor', description: 'Who is away.' }) }),
  ...edgesOf(() => ClinicClosure, {
    location: one(() => Location, { from: 'location', description: 'Which location; the whole clinic when empty.' }),
  }),
]
