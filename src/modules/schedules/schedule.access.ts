import { can, open, type AccessMap } from '../../access/rules.js'
import { rowScope, scopeThrough, type ScopedRow } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { readsSchedules, weeklyScheduleScope } from '../doctors/doctor.access.js'
import { readsDirectory } from '../locations/location.access.js'
import { ClinicClosure } from './clinic-closure.entity.js'
import { ScheduleBreak } from './schedule-break.entity.js'
import { ScheduleExceptionHours } from './schedule-exception-hours.entity.js'
import { ScheduleException } from './schedule-exception.entity.js'
import { TimeOff } from './time-off.entity.js'

const ownDoctor = (row: ScopedRow): string => `${row.column('doctor')} = ${row.actor('doctorId')}`

/** As working hours: management and the front desk all, a doctor their own, nobody else any: least of all why somebody is away. */
const exceptionScope = rowScope(() => ScheduleException, {
  all: ['schedules.read'],
  restricted: [{ capability: 'schedules.read-own', where: ownDoctor }],
})

const timeOffScope = rowScope(() => TimeOff, {
  all: ['schedules.read'],
  restricted: [{ capability: 'schedules.read-own', where: ownDoctor }],
})

export const scheduleScopes = [
  exceptionScope,
  timeOffScope,
  scopeThrough(() => ScheduleBreak, 'weeklySchedule', weeklyScheduleScope),
  scopeThrough(() => ScheduleExceptionHours, 'scheduleException', exceptionScope),
  // On the door for everybody.
  rowScope(() => ClinicClosure, { all: ['doctors.read'] }),
]

const writesSchedules = can('schedules.write', 'schedules.write-own')
const writesClosures = can('schedules.write')

export const scheduleAccess: AccessMap = {
  ScheduleBreak: { id: open, createdAt: open, startsAt: open, endsAt: open, label: open },
  ScheduleException: { id: open, createdAt: open, date: open, kind: open, note: open, location: readsDirectory, hours: readsSchedules },
  ScheduleExceptionHours: { id: open, createdAt: open, startsAt: open, endsAt: open, room: readsDirectory },
  TimeOff: {
    id: open,
    createdAt: open,
    kind: open,
    startsAt: open,
    endsAt: open,
    startsOn: open,
    endsOn: open,
    reason: open,
    cancelledAt: open,
    enteredByName: open,
    doctor: readsDirectory,
    affectedAppointments: readsSchedules,
  },
  ClinicClosure: { id: open, createdAt: open, name: open, startsOn: open, endsOn: open, location: readsDirectory },
  ...connectionAccess('ScheduleException', readsSchedules),
  ...connectionAccess('TimeOff', readsSchedules),
  ...connectionAccess('ClinicClosure', readsDirectory),
  WeeklySchedule: { breaks: readsSchedules },
  Doctor: { timeOff: readsSchedules, scheduleExceptions: readsSchedules, appointmentsOutsideHours: readsSchedules },
  Query: { closures: readsDirectory },
  Mutation: {
    setDoctorSchedule: writesSchedules,
    setScheduleException: writesSchedules,
    removeScheduleException: writesSchedules,
    addTimeOff: writesSchedules,
    cancelTimeOff: writesSchedules,
    addClosure: writesClosures,
    removeClosure: writesClosures,
  },
}
