import { ref, UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, NotFoundError } from '../../graphql/errors.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import { isUuid } from '../../graphql/loaders/page.js'
import { Staff } from '../staff/staff.entity.js'
import { Doctor } from './doctor.entity.js'
import type { CreateDoctorInput, UpdateDoctorInput } from './doctor.inputs.js'

const TEXT = { most: 200 }

/** The directory of doctors. */
export class DoctorService {
  readonly #work: UnitOfWork
  readonly #forgetAll: () => void

  /** @param forgetAll makes this process read accounts anew: who is which doctor is part of what an account reaches */
  constructor(work: UnitOfWork, forgetAll: () => void) {
    this.#work = work
    this.#forgetAll = forgetAll
  }

  /** Enters a doctor. Returns the id. */
  async create(context: WriteContext, input: CreateDoctorInput): Promise<string> {
    const checks = new InputChecks()
    checks.require(input.staffId != null || input.fullName != null, 'fullName', 'is needed when there is no staff member')
    const data = { ...textsOf(input, checks), ...minutesOf(input, checks) }
    const fullName = checks.optionalText('fullName', input.fullName, TEXT)
    checks.done()
    const id = await this.#write(context, async (em, audit) => {
      const staff = input.staffId == null ? null : await staffOf(em, input.staffId)
      const doctor = new Doctor()
      assignGiven(doctor, { ...data, fullName: fullName ?? staff?.fullName })
      if (staff) doctor.staff = ref(staff)
      em.persist(doctor)
      audit(AuditAction.CREATE, doctor.id, [])
      return doctor.id
    })
    this.#forgetAll()
    return id
  }

  /** Changes a doctor's entry. */
  async update(context: WriteContext, input: UpdateDoctorInput): Promise<void> {
    const checks = new InputChecks()
    for (const field of ['fullName', 'defaultAppointmentMinutes', 'active'] as const)
      checks.require(input[field] !== null, field, 'must not be empty')
    const fullName = checks.optionalText('fullName', input.fullName, TEXT) ?? undefined
    const data = { ...textsOf(input, checks), ...minutesOf(input, checks), fullName, active: input.active ?? undefined }
    checks.done()
    await this.#write(context, async (em, audit) => {
      const doctor = isUuid(input.id) ? await em.findOne(Doctor, { id: input.id }) : null
      if (!doctor) throw new NotFoundError()
      requireVersion(doctor, input.version)
      const sections = assignGiven(doctor, data)
      if (input.staffId !== undefined && input.staffId !== (doctor.staff?.id ?? null)) {
        doctor.staff = input.staffId === null ? null : ref(await staffOf(em, input.staffId))
        sections.push('staff')
      }
      audit(AuditAction.UPDATE, doctor.id, sections)
    })
    this.#forgetAll()
  }

  #write<Result>(
    context: WriteContext,
    write: (em: EntityManager, audit: (action: AuditAction, entityId: string, sections: readonly string[]) => void) => Promise<Result>,
  ): Promise<Result> {
    return this.#work.run(context, async (transaction) => {
      const result = await write(transaction.em, (action, entityId, sections) =>
        transaction.audit({ action, entity: 'Doctor', entityId, sections }),
      )
      try {
        await transaction.em.flush()
      } catch (error) {
        if (error instanceof UniqueConstraintViolationException) throw new BadUserInputError([takenField(error)])
        throw error
      }
      return result
    })
  }
}

function takenField(error: UniqueConstraintViolationException): { field: string; message: string } {
  const { constraint } = error as { constraint?: unknown }
  return constraint === 'doctor_staff_id_unique'
    ? { field: 'input.staffId', message: 'is another doctor already' }
    : { field: 'input.licenseNumber', message: "is another doctor's" }
}

async function staffOf(em: EntityManager, id: string): Promise<Staff> {
  const staff = isUuid(id) ? await em.findOne(Staff, { id, active: true }) : null
  if (!staff) throw new BadUserInputError([{ field: 'input.staffId', message: 'is not a staff member who works here' }])
  return staff
}

function textsOf(input: { specialty?: string | null; licenseNumber?: string | null }, checks: InputChecks) {
  return {
    specialty: checks.optionalText('specialty', input.specialty, TEXT),
    licenseNumber: checks.optionalText('licenseNumber', input.licenseNumber, TEXT),
  }
}

function minutesOf({ defaultAppointmentMinutes: minutes }: { defaultAppointmentMinutes?: number | null }, checks: InputChecks) {
  checks.require(minutes == null || (minutes >= 5 && minutes <= 480), 'defaultAppointmentMinutes', 'must be between 5 and 480')
  return { defaultAppointmentMinutes: minutes ?? undefined }
}
