import { MikroORM, type EntityClass, type EntityManager, type RequiredEntityData } from '@mikro-orm/postgresql'
import type { Role } from '../../src/access/roles.js'
import { MIGRATIONS_PATH } from '../../src/database/migrate.js'
import { ormOptions } from '../../src/database/orm-options.js'
import { Doctor } from '../../src/modules/doctors/doctor.entity.js'
import { User } from '../../src/modules/identity/user.entity.js'
import type { PasswordHasher } from '../../src/modules/identity/password.js'
import { Location } from '../../src/modules/locations/location.entity.js'
import { Room } from '../../src/modules/locations/room.entity.js'
import { Allergy } from '../../src/modules/patients/allergy.entity.js'
import { Condition } from '../../src/modules/patients/condition.entity.js'
import { PatientContact } from '../../src/modules/patients/patient-contact.entity.js'
import { PatientIdentifier, PatientIdentifierType } from '../../src/modules/patients/patient-identifier.entity.js'
import { Patient, Sex } from '../../src/modules/patients/patient.entity.js'
import { Procedure, ProcedureStatus } from '../../src/modules/plans/procedure.entity.js'
import { TreatmentPlan, TreatmentPlanStatus } from '../../src/modules/plans/treatment-plan.entity.js'
import { PrescriptionItem, PrescriptionItemStatus } from '../../src/modules/prescriptions/prescription-item.entity.js'
import { Prescription } from '../../src/modules/prescriptions/prescription.entity.js'
import { CodeSystem } from '../../src/database/coding.js'
import { CurrentMedication } from '../../src/modules/records/current-medication.entity.js'
import { Diagnosis } from '../../src/modules/records/diagnosis.entity.js'
import { MedicalRecord, RecordStatus } from '../../src/modules/records/medical-record.entity.js'
import { Vital } from '../../src/modules/records/vital.entity.js'
import { Appointment } from '../../src/modules/scheduling/appointment.entity.js'
import { AppointmentStatus } from '../../src/modules/scheduling/appointment-status.js'
import { Staff } from '../../src/modules/staff/staff.entity.js'

let serial = 0
const next = (): number => (serial += 1)

const HOUR = 3_600_000

/** Makes rows for tests. Every builder completes its own parents, so that a test names only what it is about. */
export class ClinicFactory {
  readonly em: EntityManager
  readonly #orm: MikroORM
  #location: Location | undefined

  private constructor(orm: MikroORM) {
    this.#orm = orm
    this.em = orm.em.fork()
  }

  static async open(url: string): Promise<ClinicFactory> {
    return new ClinicFactory(await MikroORM.init(ormOptions(url, MIGRATIONS_PATH)))
  }

  /** Columns with a default may be left out, which the ORM's types cannot tell from the decorators. */
  #create<Entity extends object>(entity: EntityClass<Entity>, data: Partial<RequiredEntityData<Entity>>): Entity {
    return this.em.create(entity, data as RequiredEntityData<Entity>)
  }

  /** Writes what was built. */
  async save(): Promise<void> {
    await this.em.flush()
  }

  async close(): Promise<void> {
    await this.#orm.close()
  }

  location(data: Partial<RequiredEntityData<Location>> = {}): Location {
    return this.#create(Location, { name: `Location ${next()}`, timeZone: 'Europe/Berlin', ...data })
  }

  room(location: Location, data: Partial<RequiredEntityData<Room>> = {}): Room {
    return this.#create(Room, { location, name: `Room ${next()}`, ...data })
  }

  staff(data: Partial<RequiredEntityData<Staff>> = {}): Staff {
    return this.#create(Staff, { fullName: `Staff ${next()}`, ...data })
  }

  doctor(data: Partial<RequiredEntityData<Doctor>> = {}): Doctor {
    return this.#create(Doctor, { fullName: `Dr. Number ${next()}`, specialty: 'General practice', ...data })
  }

  patient(data: Partial<RequiredEntityData<Patient>> = {}): Patient {
    const number = next()
    return this.#create(Patient, {
      mrn: String(90_000_000 + number),
      firstName: `First${number}`,
      lastName: `Last${number}`,
      birthDate: '1980-05-17',
      sex: Sex.FEMALE,
      ...data,
    })
  }

  appointment(data: Partial<RequiredEntityData<Appointment>> = {}): Appointment {
    const startsAt = (data.startsAt as Date | undefined) ?? new Date(Date.UTC(2024, 0, 1) + next() * HOUR)
    return this.#create(Appointment, {
      patient: data.patient ?? this.patient(),
      doctor: data.doctor ?? this.doctor(),
      location: data.location ?? (this.#location ??= this.location()),
      startsAt,
      endsAt: new Date(startsAt.getTime() + HOUR / 3),
      status: AppointmentStatus.COMPLETED,
      reason: 'Check-up',
      ...data,
    })
  }

  allergy(patient: Patient, data: Partial<RequiredEntityData<Allergy>> = {}): Allergy {
    return this.#create(Allergy, { patient, substance: `Substance ${next()}`, recordedAt: new Date(), ...data })
  }

  condition(patient: Patient, data: Partial<RequiredEntityData<Condition>> = {}): Condition {
    return this.#create(Condition, {
      patient,
      code: 'J45.9',
      codeSystem: CodeSystem.ICD_10_CM,
      display: 'Asthma',
      recordedAt: new Date(),
      ...data,
    })
  }

  contact(patient: Patient): PatientContact {
    return this.#create(PatientContact, { patient, fullName: 'Some Body', phone: '+49 30 1234567' })
  }

  identifier(patient: Patient): PatientIdentifier {
    return this.#create(PatientIdentifier, { patient, type: PatientIdentifierType.NATIONAL_ID, system: 'national', value: `N${next()}` })
  }

  /** A record with a diagnosis, a vital sign and a medicine; signed unless said otherwise. */
  record(data: Partial<RequiredEntityData<MedicalRecord>> & { patient: Patient }): MedicalRecord {
    const status = (data.status as RecordStatus | undefined) ?? RecordStatus.SIGNED
    const signed = status === RecordStatus.SIGNED || status === RecordStatus.AMENDED
    const record = this.#create(MedicalRecord, {
      occurredAt: new Date(Date.UTC(2024, 0, 1) + next() * HOUR),
      findings: 'Chest clear.',
      subjective: 'Coughs at night.',
      ...(signed && { signedAt: new Date(), contentHash: 'f'.repeat(64) }),
      ...data,
      status,
    })
    this.#create(Diagnosis, { medicalRecord: record, rank: 1, codeSystem: CodeSystem.ICD_10_CM, code: 'J45.9', display: 'Asthma' })
    this.#create(Vital, {
      medicalRecord: record,
      code: '8867-4',
      display: 'Heart rate',
      value: '72',
      unit: '/min',
      measuredAt: record.occurredAt,
    })
    this.#create(CurrentMedication, { medicalRecord: record, name: 'Salbutamol 100 µg' })
    return record
  }

  plan(patient: Patient, data: Partial<RequiredEntityData<TreatmentPlan>> = {}): TreatmentPlan {
    return this.#create(TreatmentPlan, {
      patient,
      title: `Plan ${next()}`,
      diagnosisSummary: 'Asthma',
      status: TreatmentPlanStatus.ACCEPTED,
      ...data,
    })
  }

  procedure(patient: Patient, data: Partial<RequiredEntityData<Procedure>> = {}): Procedure {
    return this.#create(Procedure, {
      patient,
      name: `Procedure ${next()}`,
      status: ProcedureStatus.COMPLETED,
      performedAt: new Date(),
      price: { amount: '12.50', currency: 'EUR' },
      ...data,
    })
  }

  prescription(patient: Patient, data: Partial<RequiredEntityData<Prescription>> = {}): Prescription {
    const prescription = this.#create(Prescription, { patient, prescribedAt: new Date(Date.UTC(2024, 0, 1) + next() * HOUR), ...data })
    this.#create(PrescriptionItem, {
      prescription,
      position: 1,
      medicationName: 'Salbutamol 100 µg',
      status: PrescriptionItemStatus.ACTIVE,
      quantity: '1',
      quantityUnit: 'inhaler',
    })
    return prescription
  }

  async user(hasher: PasswordHasher, roles: readonly Role[], data: Partial<RequiredEntityData<User>> = {}): Promise<User> {
    const username = data.username ?? `user-${next()}`
    return this.#create(User, {
      username,
      displayName: username,
      roles: [...roles],
      passwordHash: await hasher.hash(TEST_PASSWORD),
      ...data,
    })
  }
}

/** The password of every account that tests make. */
export const TEST_PASSWORD = 'correct horse battery'
