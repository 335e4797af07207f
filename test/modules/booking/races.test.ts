import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { BOOK, BOOK_OWN, BookingClinic, CANCEL, CHANGE, HOLD, MOVE, noonIn, only, plus, SERIES, tally, type Ask } from './booking-clinic.js'

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

  it('a key that cannot be stored fails its own booking and none of those asked for at the same time', async () => {
    const all = await patients(8)
    const keys = all.map((_each, index) => (index === 3 ? 'a\u0000b' : `key ${index}`))
    const doctors = all.map(() => clinic.doctor())
    await clinic.save()
    const answers = await Promise.all(
      all.map((patient, index) =>
        clerk(2 * index)(BOOK, {
          input: { patientId: patient.id, doctorId: doctors[index]!.id, startsAt: noonIn(5), idempotencyKey: keys[index] },
        }),
      ),
    )
    expect(answers[3]?.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT')
    expect(tally(answers.filter((_each, index) => index !== 3))).toEqual({ Appointment: 7 })
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
    expect(
      refused.every(({ alternatives }) =>
        alternatives.every(({ startsAt }: any) => Math.abs(Date.parse(startsAt) - noonIn(5).getTime()) >= 20 * 60_000),
      ),
    ).toBe(true)
  })

  it('200 clients who book one patient with two doctors: one of them does (RULES A2)', async () => {
    const doctors = [clinic.doctor(), clinic.doctor()]
    const [patient] = await patients(1)
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        clerk(index)(BOOK, { input: { patientId: patient!.id, doctorId: doctors[(index >> 1) % 2]!.id, startsAt: noonIn(16) } }),
      ),
    )
    expect(tally(answers)).toEqual({ Appointment: 1, SlotTaken: 199 })
    const refused = answers.map(only).filter(({ __typename }) => __typename === 'SlotTaken')
    expect(refused.every(({ alternatives }) => alternatives.length === 3)).toBe(true)
    expect((await clinic.active(doctors[0]!)) + (await clinic.active(doctors[1]!))).toBe(1)
  })

  it('a patient who asks many times at once books as many as they may (RULES A6)', async () => {
    const doctors = Array.from({ length: 12 }, () => clinic.doctor())
    await clinic.save()
    const self = clinic.pair(Role.PATIENT)
    const patientId = clinic.accounts.PATIENT.patient!.id
    const answers = await Promise.all(
      doctors.map((doctor, index) =>
        self(index)(BOOK_OWN, { input: { patientId, doctorId: doctor.id, startsAt: plus(noonIn(17), index * 30) } }),
      ),
    )
    expect(tally(answers)).toEqual({ Appointment: 3, CONFLICT: 9 })
  })

  it('a time that two want to keep is kept for one of them', async () => {
    const doctor = clinic.doctor()
    const all = await patients(2)
    const desks = [clinic.as(Role.REGISTRATION_CLERK), clinic.as(Role.STAFF, 'second')]
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        desks[index % 2]!(HOLD, { input: { patientId: all[index % 2]!.id, doctorId: doctor.id, startsAt: noonIn(18) } }),
      ),
    )
    const kept = new Set(answers.map(only).flatMap(({ __typename }, index) => (__typename === 'AppointmentHold' ? [index % 2] : [])))
    expect(kept.size).toBe(1)
    const [winner] = [...kept]
    const book = (desk: number) => desks[desk]!(BOOK, { input: { patientId: all[desk]!.id, doctorId: doctor.id, startsAt: noonIn(18) } })
    expect(tally([await book(1 - winner!), await book(winner!)])).toEqual({ SlotTaken: 1, Appointment: 1 })
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

  it('200 appointments moved to one time: one is, the others stay where they were (RULES A7)', async () => {
    const [doctor, ...others] = Array.from({ length: 9 }, () => clinic.doctor())
    const all = await patients(200)
    const booked = await Promise.all(
      all.map(async (patient, index) => {
        const input = { patientId: patient.id, doctorId: others[index % 8]!.id, startsAt: plus(noonIn(6), (index >> 3) * 20 - 300) }
        return only(await clerk(index)(BOOK, { input }))
      }),
    )
    const answers = await Promise.all(
      booked.map(({ id, version }, index) => clerk(index)(MOVE, { input: { id, version, doctorId: doctor!.id, startsAt: noonIn(8) } })),
    )
    expect(tally(answers)).toEqual({ Appointment: 1, SlotTaken: 199 })
    const refused = answers.map(only).filter(({ __typename }) => __typename === 'SlotTaken')
    expect(refused.every(({ conflictsWith, alternatives }) => conflictsWith === 'DOCTOR' && alternatives.length === 3)).toBe(true)
    const rows = await clinic.server.sql(
      `select status, count(*)::int as count from appointment where id = any($1::uuid[]) or doctor_id = $2 group by 1 order by 1`,
      [booked.map(({ id }) => id), doctor!.id],
    )
    expect(rows).toEqual([
      { status: 'BOOKED', count: 200 },
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
    expect(new Set(answers.flatMap(({ errors }) => errors ?? []).map(({ extensions }) => extensions['code']))).toEqual(
      new Set(['STALE_VERSION']),
    )
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
    if ((await clinic.active(doctor)) === 0) await clerk(0)(BOOK, { input: { patientId: all[0]!.id, doctorId: doctor.id, startsAt } })
    const again = await clerk(1)(CHANGE, { input: { id: first.id, version: only(gone).version, status: 'BOOKED' } })
    expect(tally([again])).toEqual({ CONFLICT: 1 })
    expect(await clinic.active(doctor)).toBe(1)
  })
})
