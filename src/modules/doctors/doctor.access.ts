import { can, open, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { connectionAccess } from '../../graphql/module.js'
import { Doctor } from './doctor.entity.js'
import { WeeklySchedule } from './weekly-schedule.entity.js'

/** The directory of doctors, for everybody signed in. */
export const readsDoctors = can('doctors.read')
/** May hold working hours: all of them, or their own. */
export const readsSchedules = can('schedules.read', 'schedules.read-own')

export const doctorScope = rowScope(() => Doctor, { all: ['doctors.read'] })

/** Working hours: management and front desk all, a doctor their own. */
export const weeklyScheduleScope = rowScope(() => WeeklySchedule, {
  all: ['schedules.read'],
  restricted: [{ capability: 'schedules.read-own', where: (row) => `${row.column('doctor')} = ${row.actor('doctorId')}` }],
})

export const doctorAccess: AccessMap = {
  Doctor: {
    id: open,
    version: open,
    createdAt: open,
    fullName: open,
    specialty: open,
    licenseNumber: can('staff.read', 'prescriptions.dispense'),
    defaultAppointmentMinutes: open,
    active: open,
    staff: can('staff.read'),
    weeklySchedule: readsSchedules,
  },
  ...connectionAccess('Doctor', readsDoctors),
  WeeklySchedule: {
    id: open,
    createdAt: open,
    weekday: open,
    startsAt: open,
    endsAt: open,
    validFrom: open,
    validTo: open,
    location: open,
    room: open,
  },
  Query: { doctor: readsDoctors },
  Mutation: { createDoctor: can('doctors.write'), updateDoctor: can('doctors.write') },
}
