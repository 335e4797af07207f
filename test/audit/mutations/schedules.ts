import { dayFromNow, noonIn, type Calls, type Fixture } from './fixture.js'

/** Words that stand in fields that people write in: they may be in no event. */
const WORDS = 'Zebedee is on leave'

/** Where, when and what is worked: hours, absences, closures, locations, services, and the calendars of doctors. No patient is concerned. */
export function scheduleCalls(f: Fixture): Calls {
  const hours = { weekday: 1, startsAt: '08:00', endsAt: '12:00' }
  const exceptionOf = async (day: number): Promise<{ id: string; doctorId: string; input: Record<string, unknown> }> => {
    const { doctor, location } = await f.practice()
    const input = { doctorId: doctor.id, locationId: location.id, date: dayFromNow(day), kind: 'NOT_WORKING', note: WORDS }
    return { id: (await f.made('setScheduleException', { input })).id, doctorId: doctor.id, input }
  }
  const absence = async (): Promise<{ doctorId: string; kind: string; reason: string; startsAt: string; endsAt: string }> => {
    const { doctor } = await f.practice()
    const span = { startsAt: noonIn(5).toISOString(), endsAt: noonIn(6).toISOString() }
    return { doctorId: doctor.id, kind: 'SICK_LEAVE', reason: WORDS, ...span }
  }
  const closure = (): { name: string; startsOn: string; endsOn: string } => ({
    name: WORDS,
    startsOn: dayFromNow(300),
    endsOn: dayFromNow(301),
  })
  const service = (code: string): Record<string, unknown> => ({
    code,
    name: 'Consultation',
    durationMinutes: 30,
    price: { amount: '80.00', currency: 'EUR' },
  })
  return {
    setDoctorSchedule: async () => {
      const { doctor, location } = await f.practice()
      const [validFrom, validTo] = [dayFromNow(20), dayFromNow(40)]
      const input = { doctorId: doctor.id, validFrom, validTo, hours: [{ ...hours, locationId: location.id }] }
      const facts = { from: validFrom, to: validTo, stretches: 1 }
      return {
        ask: () => f.call('setDoctorSchedule', { input }),
        leaves: [f.updated('Doctor', { id: doctor.id, sections: ['weeklySchedule'], facts })],
      }
    },
    setScheduleException: async () => {
      const { doctorId, input } = await exceptionOf(9)
      const facts = { doctorId, date: dayFromNow(9), kind: 'NOT_WORKING', replaced: true }
      return {
        ask: () => f.call('setScheduleException', { input }),
        leaves: ({ id }) => [f.created('ScheduleException', { id, facts })],
      }
    },
    removeScheduleException: async () => {
      const { id, doctorId } = await exceptionOf(9)
      const facts = { doctorId, date: dayFromNow(9), removed: true }
      return {
        ask: () => f.call('removeScheduleException', { id }),
        leaves: [f.updated('ScheduleException', { gone: id, facts })],
      }
    },
    // Why somebody is away may be their health: the kind is not in the trail.
    addTimeOff: async () => {
      const input = await absence()
      const facts = { doctorId: input.doctorId, from: input.startsAt, to: input.endsAt }
      return { ask: () => f.call('addTimeOff', { input }), leaves: ({ id }) => [f.created('TimeOff', { id, facts })] }
    },
    cancelTimeOff: async () => {
      const input = await absence()
      const { id } = await f.made('addTimeOff', { input })
      const facts = { doctorId: input.doctorId, cancelled: true }
      return {
        ask: () => f.call('cancelTimeOff', { id }),
        leaves: [f.updated('TimeOff', { id, sections: ['cancelledAt'], facts })],
      }
    },
    addClosure: async () => {
      const { name, ...facts } = closure()
      return {
        ask: () => f.call('addClosure', { input: { name, ...facts } }),
        leaves: ({ id }) => [f.created('ClinicClosure', { id, facts })],
      }
    },
    removeClosure: async () => {
      const { name, ...days } = closure()
      const { id } = await f.made('addClosure', { input: { name, ...days } })
      return {
        ask: () => f.call('removeClosure', { id }),
        leaves: [f.updated('ClinicClosure', { gone: id, facts: { ...days, removed: true } })],
      }
    },
    createLocation: async () => ({
      ask: () => f.call('createLocation', { input: { name: 'By the canal', timeZone: 'Europe/Berlin' } }),
      leaves: ({ id }) => [f.created('Location', { id })],
    }),
    updateLocation: async () => {
      const { location } = await f.practice()
      const input = { id: location.id, version: location.version, name: 'By the pond', phone: '+49 1', address: { city: 'Berlin' } }
      return {
        ask: () => f.call('updateLocation', { input }),
        leaves: [f.updated('Location', { id: location.id, sections: ['name', 'phone', 'address'] })],
      }
    },
    createRoom: async () => {
      const { location } = await f.practice()
      return {
        ask: () => f.call('createRoom', { input: { locationId: location.id, name: 'Blue' } }),
        leaves: ({ id }) => [f.created('Room', { id })],
      }
    },
    updateRoom: async () => {
      const { location } = await f.practice()
      const { id } = await f.made('createRoom', { input: { locationId: location.id, name: 'Blue' } })
      const input = { ...(await f.lockOf('room', id)), name: 'Green', active: false }
      return { ask: () => f.call('updateRoom', { input }), leaves: [f.updated('Room', { id, sections: ['name', 'active'] })] }
    },
    createService: async () => ({
      ask: () => f.call('createService', { input: service('EVENT-1') }),
      leaves: ({ id }) => [f.created('Service', { id })],
    }),
    updateService: async () => {
      const { id } = await f.made('createService', { input: service('EVENT-2') })
      const input = { ...(await f.lockOf('service', id)), name: 'Long consultation', durationMinutes: 45 }
      return {
        ask: () => f.call('updateService', { input }),
        leaves: [f.updated('Service', { id, sections: ['name', 'durationMinutes'] })],
      }
    },
    ...feedCalls(f),
  }
}

/** Who makes one of these opens a doctor's calendar to whoever has the address. */
function feedCalls(f: Fixture): Calls {
  const doctorWithFeed = async (): Promise<{ doctorId: string; id: string }> => {
    const { doctor } = await f.practice()
    await f.made('createCalendarFeed', { doctorId: doctor.id })
    const [feed] = await f.server.sql('select id from calendar_feed where doctor_id = $1', [doctor.id])
    return { doctorId: doctor.id, id: feed!['id'] as string }
  }
  return {
    createCalendarFeed: async () => {
      const { doctor } = await f.practice()
      const facts = { doctorId: doctor.id }
      return {
        ask: () => f.call('createCalendarFeed', facts),
        leaves: [f.created('CalendarFeed', { facts })],
      }
    },
    rotateCalendarFeed: async () => {
      const { doctorId, id } = await doctorWithFeed()
      return { ask: () => f.call('rotateCalendarFeed', { doctorId }), leaves: [f.updated('CalendarFeed', { id, facts: { doctorId } })] }
    },
    revokeCalendarFeed: async () => {
      const { doctorId, id } = await doctorWithFeed()
      const facts = { doctorId, revoked: true }
      return { ask: () => f.call('revokeCalendarFeed', { doctorId }), leaves: [f.updated('CalendarFeed', { id, facts })] }
    },
  }
}
