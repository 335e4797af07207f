import { LockMode, ref, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import { after, DAY, dayIn, type Clock } from '../../clock.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError, ForbiddenError, NotFoundError } from '../../graphql/errors.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { Location } from '../locations/location.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { accountOf, capacityFor, type Capacity } from '../scheduling/booking/capacity.js'
import { timeOf } from '../scheduling/slots/wall-clock.js'
import { Service } from '../services/service.entity.js'
import { WaitlistEntry } from './waitlist-entry.entity.js'
import { WaitlistOffer } from './waitlist-offer.entity.js'
import { OfferStatus, WaitlistPriority, WaitlistStatus } from './waitlist-status.js'
import { endOffer, moveEntry, noteStep } from './waitlist-step.js'
import type { JoinWaitlistInput, LeaveWaitlistInput, UpdateWaitlistEntryInput } from './waitlist.inputs.js'

/** More than this nobody waits for at once. */
const MOST_OPEN = 10
const LONGEST_DAYS = 366
const OPEN = [WaitlistStatus.WAITING, WaitlistStatus.OFFERED]

interface Wishes {
  readonly earliest: string
  readonly latest: string
  readonly fromTime?: string | null | undefined
  readonly toTime?: string | null | undefined
  readonly minutes?: number | null | undefined
}

/** Who waits for a time that is not free yet (RULES A10). */
export class WaitlistService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#clock = clock
  }

  /**
   * Puts a patient on the waitlist. Patients and their proxies may do so themselves; how urgent it is, and how long the visit is, is for
   * the clinic to say.
   *
   * @returns the id of the entry
   * @throws ClinicError `CONFLICT` when they wait for the same already, or for very many things
   */
  async join(context: WriteContext, input: JoinWaitlistInput): Promise<string> {
    const checks = new InputChecks()
    const specialty = checks.optionalText('specialty', input.specialty, { most: 200 }) ?? null
    checks.require(input.doctorId != null || input.serviceId != null || specialty !== null, 'doctorId', 'serviceId or specialty is needed')
    // Of all zones; which day it is where the visit takes place is looked at when a time is offered.
    const today = dayIn(this.#clock(), 'UTC')
    const earliest = input.earliest ?? today
    const { latest, fromTime, toTime, minutes, weekdays, priority } = input
    this.#check(checks, { earliest, latest, fromTime, toTime, minutes })
    checks.done()
    return this.#work.run(context, async (transaction) => {
      const { em, audit, emit } = transaction
      const [row] = await this.#reach.rows(em, context.actor, Patient, [input.patientId])
      if (!row) throw new NotFoundError()
      requireRights(capacityFor(context.actor, row.id, row), input)
      // Of two requests at once for one patient, the second sees what the first has written.
      const patient = await em.findOneOrFail(Patient, { id: row.id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      if (patient.deceasedAt != null) throw new ClinicError('CONFLICT', 'The patient has died.')
      const entry = new WaitlistEntry()
      const at = this.#clock()
      entry.patient = ref(patient)
      entry.doctor = await this.#refOf(em, context, Doctor, 'doctorId', input.doctorId)
      entry.service = await this.#refOf(em, context, Service, 'serviceId', input.serviceId)
      entry.location = await this.#refOf(em, context, Location, 'locationId', input.locationId)
      Object.assign(entry, { specialty, earliest, latest, weekdays: [...new Set(weekdays ?? [])], waitingSince: at })
      Object.assign(entry, { fromTime: fromTime ?? null, toTime: toTime ?? null, minutes: minutes ?? null })
      entry.priority = priority ?? WaitlistPriority.NORMAL
      await requireRoom(em, entry)
      em.persist(entry)
      noteStep(transaction, entry, null, { at, userId: accountOf(context.actor) })
      audit({ action: AuditAction.CREATE, entity: 'WaitlistEntry', entityId: entry.id, patientIds: [patient.id] })
      emit({ kind: 'waitlist', id: entry.id })
      await em.flush()
      await this.#reach.require(em, context.actor, WaitlistEntry, entry.id)
      return entry.id
    })
  }

  /** Changes what suits somebody who waits. While they have an offer, it is for them to answer that first. */
  async update(context: WriteContext, input: UpdateWaitlistEntryInput): Promise<void> {
    await this.#onEntry(context, input, async ({ em, audit, emit }, entry, capacity) => {
      requireRights(capacity, input)
      if (entry.status !== WaitlistStatus.WAITING)
        throw new ClinicError('INVALID_TRANSITION', 'Only what somebody waits for can be changed.')
      const checks = new InputChecks()
      for (const field of ['earliest', 'latest', 'priority'] as const) checks.require(input[field] !== null, field, 'must not be empty')
      const given = {
        earliest: input.earliest ?? undefined,
        latest: input.latest ?? undefined,
        weekdays: input.weekdays === undefined ? undefined : [...new Set(input.weekdays ?? [])],
        fromTime: input.fromTime,
        toTime: input.toTime,
        minutes: input.minutes,
        priority: input.priority ?? undefined,
      }
      const sections = assignGiven(entry, given)
      this.#check(checks, entry)
      checks.done()
      emit({ kind: 'waitlist', id: entry.id })
      if (input.locationId !== undefined) {
        entry.location = await this.#refOf(em, context, Location, 'locationId', input.locationId)
        sections.push('location')
      }
      audit({ action: AuditAction.UPDATE, entity: 'WaitlistEntry', entityId: entry.id, patientIds: [entry.patient.id], sections })
    })
  }

  /** Somebody waits no more. A time that is kept for them is free for the next. */
  async leave(context: WriteContext, input: LeaveWaitlistInput): Promise<void> {
    const checks = new InputChecks()
    const reason = checks.optionalText('reason', input.reason, { most: 500 }) ?? null
    checks.done()
    await this.#onEntry(context, input, async (transaction, entry) => {
      const at = this.#clock()
      moveEntry(transaction, entry, WaitlistStatus.CANCELLED, { at, userId: accountOf(context.actor), reason })
      const offer = await transaction.em.findOne(WaitlistOffer, { entry, state: OfferStatus.OPEN })
      if (offer) await endOffer(transaction, { offer, entry }, OfferStatus.WITHDRAWN, at)
    })
  }

  /**
   * Locks an entry that the actor may change. An offer is locked before its entry, everywhere: who answers it and who leaves wait for each
   * other.
   */
  #onEntry(
    context: WriteContext,
    { id, version }: { readonly id: string; readonly version: number },
    change: (transaction: Parameters<Parameters<UnitOfWork['run']>[1]>[0], entry: WaitlistEntry, capacity: Capacity) => Promise<void>,
  ): Promise<void> {
    return this.#work.run(context, async (transaction) => {
      const { em } = transaction
      const [row] = await this.#reach.rows(em, context.actor, WaitlistEntry, [id])
      if (!row) throw new NotFoundError()
      const capacity = capacityFor(context.actor, row['patient'] as string, row)
      await em.execute("select id from waitlist_offer where entry_id = ? and state = 'OPEN' for update", [row.id])
      const entry = await em.findOneOrFail(WaitlistEntry, { id: row.id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      requireVersion(entry, version)
      await change(transaction, entry, capacity)
      await em.flush()
      await this.#reach.require(em, context.actor, WaitlistEntry, entry.id)
    })
  }

  /** A row that is in use and that the actor may see: patients do not learn of services that are not meant for them. */
  async #refOf<Row extends Doctor | Service | Location>(
    em: EntityManager,
    { actor }: WriteContext,
    entity: new () => Row,
    field: string,
    id: string | null | undefined,
  ) {
    if (id == null) return null
    const [row] = await this.#reach.rows(em, actor, entity, [id])
    if (row?.['active'] !== true) throw new BadUserInputError([{ field: `input.${field}`, message: 'is not there, or no longer in use' }])
    return ref(em.getReference(entity as new () => object, row.id) as Row)
  }

  #check(checks: InputChecks, { earliest, latest, fromTime, toTime, minutes }: Wishes): void {
    const now = this.#clock()
    checks.require(earliest <= latest, 'latest', 'must not be before the first day')
    // The day that is yesterday here is today elsewhere.
    checks.require(latest >= dayIn(after(now, -DAY), 'UTC'), 'latest', 'must not be in the past')
    checks.require(latest <= dayIn(after(now, LONGEST_DAYS * DAY), 'UTC'), 'latest', 'must be at most a year ahead')
    checks.require(fromTime == null || timeOf(fromTime) < DAY, 'fromTime', 'must be on that day')
    checks.require(fromTime == null || toTime == null || timeOf(fromTime) < timeOf(toTime), 'toTime', 'must be after the beginning')
    checks.require(minutes == null || (minutes >= 5 && minutes <= 480), 'minutes', 'must be between 5 and 480')
  }
}

function requireRights(capacity: Capacity, { minutes, priority }: { minutes?: number | null; priority?: WaitlistPriority | null }): void {
  if (capacity === 'PATIENT' && (minutes != null || priority != null)) throw new ForbiddenError()
}

/** @throws ClinicError `CONFLICT` */
async function requireRoom(em: EntityManager, entry: WaitlistEntry): Promise<void> {
  const open = await em.find(WaitlistEntry, { patient: entry.patient.id, status: { $in: OPEN } }, { limit: MOST_OPEN })
  const same = open.some(
    (other) =>
      other.doctor?.id === entry.doctor?.id &&
      other.service?.id === entry.service?.id &&
      other.location?.id === entry.location?.id &&
      (other.specialty ?? null) === (entry.specialty ?? null),
  )
  if (same) throw new ClinicError('CONFLICT', 'They wait for this already.')
  if (open.length >= MOST_OPEN) throw new ClinicError('CONFLICT', 'They wait for very many things already: let go of one.')
}
