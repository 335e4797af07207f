import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { BOOK, BookingClinic, CANCEL, CHANGE, MOVE, noonIn, only, plus, SERIES, tally, type Ask } from './booking-clinic.js'

describe('bookings at the same time, on two servers', () => {
  let clinic: BookingClinic
  let clerk: (index: number) => Ask

  beforeAll(async () => {
    clinic = await BookingClinic.open()
    clerk = clinic.pair(Role.REGISTRATION_CLERK)
  })
  afterAll(() => clinic.close())

  const patients = async (count: number) => {
    const made = Array.from({ length: count }, () => clinic.patient())
    await clinic.save()
    return made
  }

  it('200 clients at one time: one gets it, the others are told, with times that can be had (RULES A1, SECURITY C1)', async () => {
    const doctor = clinic.doctor()
    const all = await patients(200)
    const startsAt = noonIn(3)
    const answers = await Promise.all(
      all.map((patient, index) => clerk(index)(BOOK, { input: { patientId: patient.id, doctorId: doctor.id, startsAt } })),
    )
    expect(tally(answers)).toEqual({ Appointment: 1, SlotTaken: 199 })
    expect(await clinic.active(doctor)).toBe(1)
    const refused = answers.map(only).filter(({ __typename }) => __typename === 'SlotTaken')
    expect(refused.every(({ conflictsWith, alternatives }) => conflictsWith === 'DOCTOR' && alternatives.length === 3)).toBe(true)
    const [{ alternatives }] = refused
    const [other] = await patients(1)
    for (const { startsAt: free } of alternatives) {
      const input = { patientId: other!.id, doctorId: doctor.id, startsAt: free }
      expect(tally([await clerk(0)(BOOK, { input })])).toEqual({ Appointment: 1 })
    }
  })

  it('64 clients at one time, ten times over (SECURITY C1)', async () => {
    const all = await patients(64)
    for (let round = 0; round < 10; round += 1) {
      const doctor = clinic.doctor()
      await clinic.save()
      const startsAt = plus(noonIn(20), round * 40)
      const answers = await Promise.all(
        all.map((patient, index) => clerk(index)(BOOK, { input: { patientId: patient.id, doctorId: doctor.id, startsAt } })),
      )
      expect(tally(answers)).toEqual({ Appointment: 1, SlotTaken: 63 })
    }
  })

  it('64 clients at four starts that overlap: one gets it; eight back to back all do (SECURITY C2)', async () => {
    const [doctor, other] = [clinic.doctor(), clinic.doctor()]
    const all = await patients(72)
    const answers = await Promise.all(
      all
        .slice(0, 64)
        .map((patient, index) =>
          clerk(index)(BOOK, { input: { patientId: patient.id, doctorId: doctor.id, startsAt: plus(noonIn(4), (index % 4) * 5) } }),
        ),
    )
    expect(tally(answers)).toEqual({ Appointment: 1, SlotTaken: 63 })
    const apart = await Promise.all(
      all
        .slice(64)
        .map((patient, index) =>
          clerk(index)(BOOK, { input: { patientId: patient.id, doctorId: other.id, startsAt: plus(noonIn(4), index * 20) } }),
        ),
    )
    expect(tally(apart)).toEqual({ Appointment: 8 })
  })

  it('one patient at many doctors at once comes to one of them (RULES A2)', async () => {
    const doctors = Array.from({ length: 32 }, () => clinic.doctor())
    const [patient] = await patients(1)
    const answers = await Promise.all(
      doctors.map((doctor, index) => clerk(index)(BOOK, { input: { patientId: patient!.id, doctorId: doctor.id, startsAt: noonIn(5) } })),
    )
    expect(tally(answers)).toEqual({ Appointment: 1, SlotTaken: 31 })
    const refused = answers.map(only).filter(({ __typename }) => __typename === 'SlotTaken')
    expect(refused.every(({ conflictsWith }) => conflictsWith === 'PATIENT')).toBe(true)
    // What is offered instead is free for the patient too.
    expect(refused.every(({ alternatives }) => alternatives.every(({ startsAt }: any) => Math.abs(Date.parse(startsAt) - noonIn(5).getTime()) >= 20 * 60_000))).toBe(true)
  })

  it('one room for many doctors at once takes one of them (RULES A2)', async () => {
    const room = clinic.server.make.room(clinic.location)
    const doctors = Array.from({ length: 16 }, () => clinic.doctor())
    const all = await patients(16)
    const answers = await Promise.all(
      doctors.map((doctor, index) =>
        clerk(index)(BOOK, { input: { patientId: all[index]!.id, doctorId: doctor.id, roomId: room.id, startsAt: noonIn(5) } }),
      ),
    )
    expect(tally(answers)).toEqual({ Appointment: 1, SlotTaken: 15 })
    expect(answers.map(only).find(({ __typename }) => __typename === 'SlotTaken').conflictsWith).toBe('ROOM')
  })

  it('many appointments moved to one time: one is, the others stay where they were (RULES A7)', async () => {
    const doctor = clinic.doctor()
    const all = await patients(32)
    const booked = await Promise.all(
      all.map(async (patient, index) =>
        only(await clerk(index)(BOOK, { input: { patientId: patient.id, doctorId: doctor.id, startsAt: plus(noonIn(6), index * 20 - 300) } })),
      ),
    )
    const answers = await Promise.all(
      booked.map(({ id, version }, index) => clerk(index)(MOVE, { input: { id, version, startsAt: noonIn(8) } })),
    )
    expect(tally(answers)).toEqual({ Appointment: 1, SlotTaken: 31 })
    const rows = await clinic.server.sql('select status, count(*)::int as count from appointment where doctor_id = $1 group by 1 order by 1', [
      doctor.id,
    ])
    expect(rows).toEqual([
      { status: 'BOOKED', count: 32 },
      { status: 'CANCELLED', count: 1 },
    ])
  })

  it('two that change places with each other at once do not wait for each other for ever', async () => {
    const [doctor, other] = [clinic.doctor(), clinic.doctor()]
    const all = await patients(20)
    const times = [noonIn(9), plus(noonIn(9), 60)]
    const answers = await Promise.all(
      all.flatMap((patient, index) =>
        [doctor, other].map((each, at) =>
          clerk(index)(BOOK, { input: { patientId: patient.id, doctorId: each.id, startsAt: times[(index + at) % 2] } }),
        ),
      ),
    )
    expect(tally(answers)).toEqual({ Appointment: 4, SlotTaken: 36 })
  })

  it('32 requests with one idempotency key make one row and give one answer; with another input they are refused (SECURITY C4)', async () => {
    const doctor = clinic.doctor()
    const [patient] = await patients(1)
    const input = { patientId: patient!.id, doctorId: doctor.id, startsAt: noonIn(10), idempotencyKey: 'desk-7' }
    const answers = await Promise.all(Array.from({ length: 32 }, (_, index) => clerk(index)(BOOK, { input })))
    expect(new Set(answers.map((answer) => only(answer).id)).size).toBe(1)
    expect(await clinic.active(doctor)).toBe(1)
    const other = await clerk(0)(BOOK, { input: { ...input, startsAt: noonIn(11) } })
    expect(tally([other])).toEqual({ CONFLICT: 1 })
    // Keys are the account's own.
    const owner = await clinic.as(Role.OWNER)(BOOK, { input: { ...input, startsAt: noonIn(11) } })
    expect(tally([owner])).toEqual({ Appointment: 1 })
    // A key that is used with other input at the same time is used by one of them.
    const mixed = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        clerk(index)(BOOK, { input: { ...input, idempotencyKey: 'mixed', startsAt: plus(noonIn(12), (index % 4) * 30) } }),
      ),
    )
    expect(tally(mixed)).toEqual({ Appointment: 4, CONFLICT: 12 })
  })

  it('32 changes from one version: one is accepted, the others are stale (SECURITY C5)', async () => {
    const doctor = clinic.doctor()
    const [patient] = await patients(1)
    const { id, version } = only(await clerk(0)(BOOK, { input: { patientId: patient!.id, doctorId: doctor.id, startsAt: noonIn(13) } }))
    const answers = await Promise.all(
      Array.from({ length: 32 }, (_, index) =>
        index % 2 === 0
          ? clerk(index)(CHANGE, { input: { id, version, status: 'CONFIRMED' } })
          : clerk(index)(CANCEL, { input: { id, version, reason: 'ill' } }),
      ),
    )
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
    expect(new Set(answers.flatMap(({ errors }) => errors ?? []).map(({ extensions }) => extensions['code']))).toEqual(new Set(['STALE_VERSION']))
    const history = await clinic.server.sql('select count(*)::int as count from appointment_status_change where appointment_id = $1', [id])
    expect(history).toEqual([{ count: 2 }])
  })

  it('series that cross each other: all of one, nothing of the other (SECURITY C3)', async () => {
    const doctor = clinic.doctor()
    const all = await patients(12)
    const answers = await Promise.all(
      all.map((patient, index) =>
        clerk(index)(SERIES, {
          input: { patientId: patient.id, doctorId: doctor.id, startsAt: plus(noonIn(14), (index % 3) * 5), frequency: 'WEEKLY', count: 6 },
        }),
      ),
    )
    const booked = answers.map(only).filter(({ series }) => series !== null)
    expect(booked).toHaveLength(1)
    expect(await clinic.active(doctor)).toBe(6)
  })

  it('a slot that is freed while others want it is taken once, and reopening it fails (RULES A1)', async () => {
    const doctor = clinic.doctor()
    const all = await patients(17)
    const startsAt = noonIn(15)
    const first = only(await clerk(0)(BOOK, { input: { patientId: all[16]!.id, doctorId: doctor.id, startsAt } }))
    const [gone] = await Promise.all([
      clerk(0)(CANCEL, { input: { id: first.id, version: first.version, reason: 'ill' } }),
      ...all.slice(0, 16).map((patient, index) => clerk(index)(BOOK, { input: { patientId: patient.id, doctorId: doctor.id, startsAt } })),
    ])
    if ((await clinic.active(doctor)) === 0)
      await clerk(0)(BOOK, { input: { patientId: all[0]!.id, doctorId: doctor.id, startsAt } })
    const again = await clerk(1)(CHANGE, { input: { id: first.id, version: only(gone!).version, status: 'BOOKED' } })
    expect(tally([again])).toEqual({ CONFLICT: 1 })
    expect(await clinic.active(doctor)).toBe(1)
  })
})
