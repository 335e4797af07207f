import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Doctor } from '../../src/modules/doctors/doctor.entity.js'
import type { Location } from '../../src/modules/locations/location.entity.js'
import type { Room } from '../../src/modules/locations/room.entity.js'
import type { Patient } from '../../src/modules/patients/patient.entity.js'
import { ACTIVE_APPOINTMENT_STATUSES, AppointmentStatus } from '../../src/modules/scheduling/appointment-status.js'
import { ClinicFactory } from '../factories/clinic.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'

const INSERT = `insert into appointment (id, patient_id, doctor_id, location_id, room_id, starts_at, ends_at, status, overbook_reason, patient_overlap_reason)
  values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9)`

describe('the database', () => {
  let database: TestDatabase
  let make: ClinicFactory
  let pool: pg.Pool
  let location: Location

  beforeAll(async () => {
    database = await createTestDatabase()
    make = await ClinicFactory.open(database.url)
    pool = new pg.Pool({ connectionString: database.url, max: 64 })
    location = make.location()
    await make.save()
  })
  afterAll(async () => {
    await pool.end()
    await make.close()
    await database.drop()
  })

  interface Booking {
    patient: Patient
    doctor: Doctor
    room?: Room | undefined
    from: string
    to: string
    status?: AppointmentStatus
    overbookReason?: string
    patientOverlapReason?: string
  }

  /** `null` when it is booked, else the name of the constraint that refused it. */
  const book = async (booking: Booking): Promise<string | null> => {
    const {
      patient,
      doctor,
      room,
      from,
      to,
      status = AppointmentStatus.BOOKED,
      overbookReason = null,
      patientOverlapReason = null,
    } = booking
    const at = (time: string): string => `2027-01-01T${time}:00Z`
    try {
      await pool.query(INSERT, [
        patient.id,
        doctor.id,
        location.id,
        room?.id ?? null,
        at(from),
        at(to),
        status,
        overbookReason,
        patientOverlapReason,
      ])
      return null
    } catch (error) {
      return (error as { constraint?: string }).constraint ?? String(error)
    }
  }

  const people = async (): Promise<{ doctor: Doctor; patient: Patient; others: Patient[] }> => {
    const made = { doctor: make.doctor(), patient: make.patient(), others: [make.patient(), make.patient()] }
    await make.save()
    return made
  }

  it('refuses two active appointments of one doctor that overlap (RULES A1)', async () => {
    const { doctor, patient, others } = await people()
    expect(await book({ doctor, patient, from: '09:00', to: '09:30' })).toBeNull()
    expect(await book({ doctor, patient: others[0]!, from: '09:15', to: '09:45' })).toBe('appointment_doctor_no_overlap')
    expect(await book({ doctor, patient: others[0]!, from: '08:00', to: '12:00' })).toBe('appointment_doctor_no_overlap')
  })

  it('takes back-to-back appointments, for the end does not belong to the time (RULES A1)', async () => {
    const { doctor, patient, others } = await people()
    expect(await book({ doctor, patient, from: '09:00', to: '09:30' })).toBeNull()
    expect(await book({ doctor, patient: others[0]!, from: '09:30', to: '10:00' })).toBeNull()
    expect(await book({ doctor, patient: others[1]!, from: '08:30', to: '09:00' })).toBeNull()
  })

  it.each(Object.values(AppointmentStatus))(
    'holds the time of a %s appointment exactly when its status is an active one (RULES A1)',
    async (status) => {
      const { doctor, patient, others } = await people()
      expect(await book({ doctor, patient, from: '09:00', to: '09:30', status })).toBeNull()
      const holds = (ACTIVE_APPOINTMENT_STATUSES as readonly AppointmentStatus[]).includes(status)
      expect(await book({ doctor, patient: others[0]!, from: '09:00', to: '09:30' })).toBe(holds ? 'appointment_doctor_no_overlap' : null)
    },
  )

  it('frees the time of a cancelled booking, and refuses to bring it back into a taken time (RULES A1)', async () => {
    const { doctor, patient, others } = await people()
    await book({ doctor, patient, from: '09:00', to: '09:30' })
    await pool.query("update appointment set status = 'CANCELLED' where patient_id = $1", [patient.id])
    expect(await book({ doctor, patient: others[0]!, from: '09:00', to: '09:30' })).toBeNull()
    await expect(pool.query("update appointment set status = 'BOOKED' where patient_id = $1", [patient.id])).rejects.toMatchObject({
      constraint: 'appointment_doctor_no_overlap',
    })
  })

  it('refuses overlapping appointments of one patient and of one room, unless there is a reason (RULES A2, A3)', async () => {
    const { doctor, patient, others } = await people()
    const second = make.doctor()
    const third = make.doctor()
    const room = make.room(location)
    await make.save()
    expect(await book({ doctor, patient, room, from: '09:00', to: '09:30' })).toBeNull()
    expect(await book({ doctor: second, patient, from: '09:15', to: '09:45' })).toBe('appointment_patient_no_overlap')
    expect(await book({ doctor: second, patient, from: '09:15', to: '09:45', patientOverlapReason: 'two specialists together' })).toBeNull()
    expect(await book({ doctor: third, patient: others[0]!, room, from: '09:20', to: '09:40' })).toBe('appointment_room_no_overlap')
    expect(await book({ doctor, patient: others[1]!, from: '09:00', to: '09:30', overbookReason: 'emergency' })).toBeNull()
  })

  it('lets exactly one of 64 concurrent bookings of one time win (SECURITY C1)', async () => {
    const { doctor } = await people()
    const patients = Array.from({ length: 64 }, () => make.patient())
    await make.save()
    for (const hour of ['09', '10', '11']) {
      const answers = await Promise.all(patients.map((patient) => book({ doctor, patient, from: `${hour}:00`, to: `${hour}:30` })))
      expect(answers.filter((answer) => answer === null)).toHaveLength(1)
      // Waiting for each other's rows, some may be chosen as the victim of a deadlock: refused all the same.
      expect(
        answers.filter((answer) => answer !== null && answer !== 'appointment_doctor_no_overlap' && !answer.includes('deadlock')),
      ).toEqual([])
    }
  })

  it.each([
    ['an appointment that ends before it begins', 'appointment', "starts_at = ends_at + interval '1 minute'", 'appointment_times'],
    ['an appointment of more than a day', 'appointment', "ends_at = starts_at + interval '25 hours'", 'appointment_length'],
    ['a record number that is none', 'patient', "mrn = 'abc'", 'patient_mrn_format'],
    ['a birth in the Middle Ages', 'patient', "birth_date = '1200-01-01'", 'patient_birth_date'],
    ['an unknown sex', 'patient', "sex = 'X'", 'patient_sex_check'],
  ])('refuses %s', async (_name, table, change, constraint) => {
    const { doctor, patient } = await people()
    await book({ doctor, patient, from: '09:00', to: '09:30', status: AppointmentStatus.COMPLETED })
    await expect(pool.query(`update ${table} set ${change}`)).rejects.toMatchObject({ constraint })
  })

  it('refuses a signed record without a signature (RULES C2)', async () => {
    const { patient } = await people()
    await expect(
      pool.query("insert into medical_record (id, patient_id, status, occurred_at) values (gen_random_uuid(), $1, 'SIGNED', now())", [
        patient.id,
      ]),
    ).rejects.toMatchObject({ constraint: 'medical_record_signature' })
  })

  it('refuses an active prescription item without a quantity, and any without a unit (RULES R2)', async () => {
    const { patient } = await people()
    const id = (
      await pool.query('insert into prescription (id, patient_id, prescribed_at) values (gen_random_uuid(), $1, now()) returning id', [
        patient.id,
      ])
    ).rows[0].id
    const item = (columns: string, values: string): Promise<unknown> =>
      pool.query(
        `insert into prescription_item (id, prescription_id, position, medication_name, ${columns}) values (gen_random_uuid(), $1, 1, 'Aspirin', ${values})`,
        [id],
      )
    await expect(item('status', "'ACTIVE'")).rejects.toMatchObject({ constraint: 'prescription_item_active_quantity' })
    await expect(item('status, quantity', "'ACTIVE', 10")).rejects.toMatchObject({ constraint: 'prescription_item_quantity' })
    await item('status, quantity, quantity_unit', "'ACTIVE', 10, 'tablet'")
    const { rows } = await pool.query('select refills from prescription_item where prescription_id = $1', [id])
    expect(rows[0].refills).toBe(0)
  })

  it('refuses overlapping working hours of one doctor while both are valid (RULES A4)', async () => {
    const { doctor } = await people()
    const hours = (weekday: number, from: string, to: string, validFrom: string, validTo: string | null): Promise<unknown> =>
      pool.query(
        'insert into weekly_schedule (id, doctor_id, location_id, weekday, starts_at, ends_at, valid_from, valid_to) values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7)',
        [doctor.id, location.id, weekday, from, to, validFrom, validTo],
      )
    await hours(1, '08:00', '12:00', '2026-01-01', '2026-12-31')
    await hours(1, '12:00', '16:00', '2026-01-01', null)
    await hours(2, '08:00', '12:00', '2026-01-01', null)
    await hours(1, '08:00', '12:00', '2027-01-01', null)
    await expect(hours(1, '11:00', '13:00', '2026-06-01', null)).rejects.toMatchObject({ constraint: 'weekly_schedule_no_overlap' })
  })
})
