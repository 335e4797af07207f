import { randomUUID } from 'node:crypto'
import { LockMode } from '@mikro-orm/postgresql'
import { STRANGER } from '../../access/actor.js'
import { after, dayIn, HOUR, type Clock } from '../../clock.js'
import type { Transaction, UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { BookingConflict } from '../scheduling/booking/conflicts.js'
import { retried } from '../scheduling/booking/retried.js'
import { FreedTime } from '../scheduling/freed-time.entity.js'
import { makeOffer } from './make-offer.js'
import { draftOffer, type DraftParts } from './offer-draft.js'
import type { OfferLetters } from './offer-letters.js'
import { LEAST_NOTICE_MS, offerEndsAt } from './offer-time.js'
import { candidatesFor, timeOf, type Candidate } from './waitlist-candidates.js'
import { WaitlistEntry } from './waitlist-entry.entity.js'
import { WaitlistOffer } from './waitlist-offer.entity.js'
import { OfferStatus, WaitlistStatus } from './waitlist-status.js'
import { endOffer, moveEntry } from './waitlist-step.js'

/** What offering stands on. */
export interface OfferingParts extends DraftParts {
  readonly work: UnitOfWork
  readonly clock: Clock
  readonly letters: OfferLetters
}

/** Times that nobody wants, and what fails, are looked at again in the next round, so one round must have an end. */
const MOST_PER_ROUND = 500
/** Looked up at a time. */
const BATCH = 50

/** What is over, and how it is ended. */
interface DueWork {
  /** Ids, the longest overdue first; parameters: the value of `until`, and the ids that were looked at already. */
  readonly due: string
  readonly until: (now: Date) => Date | string
  readonly work: (transaction: Transaction, id: string, now: Date) => Promise<void>
}

/** A day is over everywhere when it is over here: twelve hours west of Greenwich. */
const LAST_ZONE_MS = 12 * HOUR

/** A free time's place in the order in which they are looked at. */
interface Place {
  readonly startsAt: Date
  readonly id: string
}

/** What a round has looked at, and what went wrong. */
interface Looked {
  readonly ids: string[]
  readonly failures: unknown[]
}

/** The clinic's own part of the waitlist: nobody asks for it, so any number of instances may do it at the same time (RULES A10). */
export class OfferingService {
  readonly #parts: OfferingParts
  #running: Promise<void> | undefined
  #again = false
  #stopped = false
  /** Where the round before had to end. */
  #reached: Place | null = null

  constructor(parts: OfferingParts) {
    this.#parts = parts
  }

  /** One round: ends what is over, and offers what is free to who waits. Called while one is under way, another follows it. */
  round(): Promise<void> {
    if (this.#running) this.#again = true
    this.#running ??= this.#rounds().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** Begins nothing more, and waits for what is begun. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running?.catch(() => undefined)
  }

  async #rounds(): Promise<void> {
    const failures: unknown[] = []
    do {
      this.#again = false
      const steps = [
        () => this.#expireOffers(),
        () => this.#expireEntries(),
        () => this.#closePassed(),
        () => this.#offerFreed(),
        () => this.#parts.letters.postDue(),
      ]
      // What fails in one of them keeps nobody from the others.
      for (const step of steps) await step().catch((error: unknown) => failures.push(error))
    } while (this.#again && !this.#stopped)
    if (failures.length > 0) throw failures[0]
  }

  /** Ends the offers that nobody has answered in time; who was offered waits on, and keeps their place. */
  #expireOffers(): Promise<void> {
    return this.#oneByOne({
      due: `select id from waitlist_offer where state = 'OPEN' and expires_at <= ? and id <> all(?::uuid[]) order by expires_at, id`,
      until: (now) => now,
      work: async (transaction, id, now) => {
        const { em } = transaction
        const [due] = await em.execute<{ entry: string }[]>(
          `select entry_id as entry from waitlist_offer where id = ? and state = 'OPEN' and expires_at <= ? for update skip locked`,
          [id, now],
        )
        if (!due) return
        const entry = await em.findOneOrFail(WaitlistEntry, { id: due.entry }, { lockMode: LockMode.PESSIMISTIC_WRITE })
        const offer = await em.findOneOrFail(WaitlistOffer, { id })
        await endOffer(transaction, { offer, entry }, OfferStatus.EXPIRED, now)
        moveEntry(transaction, entry, WaitlistStatus.WAITING, { at: now, userId: null })
      },
    })
  }

  /** Ends the waiting of those whose last day has passed. */
  #expireEntries(): Promise<void> {
    const today = (now: Date): string => dayIn(after(now, -LAST_ZONE_MS), 'UTC')
    return this.#oneByOne({
      due: `select id from waitlist_entry where status = 'WAITING' and latest < ? and id <> all(?::uuid[]) order by latest, id`,
      until: today,
      work: async (transaction, id, now) => {
        const { em } = transaction
        const [due] = await em.execute<unknown[]>(
          `select from waitlist_entry where id = ? and status = 'WAITING' and latest < ? for update skip locked`,
          [id, today(now)],
        )
        if (!due) return
        const entry = await em.findOneOrFail(WaitlistEntry, { id })
        moveEntry(transaction, entry, WaitlistStatus.EXPIRED, { at: now, userId: null })
      },
    })
  }

  /** Times that can be offered no more: they begin too soon. */
  async #closePassed(): Promise<void> {
    await this.#transaction(({ em }, now) =>
      em.execute(
        `update freed_time f set closed_at = ? where f.closed_at is null and f.starts_at <= ?
           and not exists (select from waitlist_offer o where o.freed_time_id = f.id and o.state = 'OPEN')`,
        [now, after(now, LEAST_NOTICE_MS)],
      ),
    )
  }

  /**
   * Offers the times that are free, each to one at a time. One that nobody wants stays open for whoever joins; one that cannot be looked at
   * does not keep the others from it. Half of a round is for the earliest; the other half goes on where the round before had to end, so that
   * many times which nobody wants hide no other one behind them.
   */
  async #offerFreed(): Promise<void> {
    const looked: Looked = { ids: [], failures: [] }
    const reached = await this.#offerFrom(null, MOST_PER_ROUND / 2, looked)
    this.#reached = reached && (await this.#offerFrom(this.#reached ?? reached, MOST_PER_ROUND / 2, looked))
    if (looked.failures.length > 0) throw looked.failures[0]
  }

  /**
   * Offers free times from a place in their order on.
   * @returns the last one that was looked at, when there may be more behind it
   */
  async #offerFrom(from: Place | null, most: number, { ids, failures }: Looked): Promise<Place | null> {
    let place = from
    for (let count = 0; !this.#stopped && count < most; count += 1) {
      let current: Place | undefined
      try {
        const offerId = await this.#transaction(async (transaction, now) => {
          const freed = await nextFreed(transaction, now, place, ids)
          current = freed ? { id: freed.id, startsAt: freed.startsAt } : undefined
          const offer = freed && (await this.#offer(transaction, freed, now))
          if (freed && offer === 'gone') freed.closedAt = now
          return offer === null || typeof offer === 'string' ? null : offer.id
        })
        if (offerId !== null) this.#parts.letters.post(offerId)
      } catch (error) {
        failures.push(error)
      }
      if (current === undefined) return null
      ids.push(current.id)
      place = current
    }
    return place
  }

  /** Offers a time to the best match who can have it; or says that nobody wants it, or that it cannot be had any more. */
  async #offer(transaction: Transaction, freed: FreedTime, now: Date): Promise<WaitlistOffer | 'nobody' | 'gone'> {
    const { em } = transaction
    const expiresAt = offerEndsAt(now, freed.startsAt)
    if (expiresAt === null) return 'gone'
    const doctor = await em.findOneOrFail(Doctor, { id: freed.doctor.id })
    const time = timeOf(freed, doctor.specialty ?? null, (await freed.location.loadOrFail()).timeZone)
    for await (const candidate of candidatesFor(em, freed, time)) {
      const draft = await this.#draft(candidate, freed)
      if (draft === 'not for them') continue
      if (draft === 'not at all') return 'gone'
      const [locked] = await em.execute<{ id: string }[]>(
        "select id from waitlist_entry where id = ? and status = 'WAITING' for update skip locked",
        [candidate.id],
      )
      if (!locked) continue
      const entry = await em.findOneOrFail(WaitlistEntry, { id: candidate.id }, { refresh: true })
      const offer = await makeOffer(transaction, entry, draft, { at: now, userId: null, expiresAt, freedTime: freed })
      if (typeof offer !== 'string') return offer
      // Their own time is taken then, or their service needs time around it, which says nothing about the next in line.
      if (offer !== BookingConflict.PATIENT && candidate.serviceId === null) return 'gone'
    }
    return 'nobody'
  }

  async #draft(candidate: Candidate, freed: FreedTime) {
    const { patientId, serviceId, minutes } = candidate
    const place = { doctorId: freed.doctor.id, locationId: freed.location.id, roomId: freed.room?.id ?? null }
    try {
      const draft = await draftOffer(this.#parts, { patientId, serviceId, minutes, startsAt: freed.startsAt, ...place })
      // The doctor does not work then any more, for nobody.
      return typeof draft === 'string' ? 'not at all' : draft
    } catch (error) {
      // A patient who has died, a service that is no longer offered: the next in line may have the time.
      if (error instanceof ClinicError && error.code !== 'UNAVAILABLE') return 'not for them'
      throw error
    }
  }

  /**
   * Looks up what is due, some at a time, and works on each of them in a short transaction of its own, which locks it and looks again:
   * another instance may have been quicker. One that fails does not keep the others from it, and is tried again in the next round.
   *
   * @throws the first failure, when all others are done
   */
  async #oneByOne({ due, until, work }: DueWork): Promise<void> {
    const seen: string[] = []
    const failures: unknown[] = []
    while (!this.#stopped && seen.length < MOST_PER_ROUND) {
      const batch = await this.#transaction(({ em }, now) =>
        em.execute<{ id: string }[]>(`${due} limit ${BATCH}`, [until(now), `{${seen.join(',')}}`]),
      )
      for (const { id } of batch) {
        if (this.#stopped) break
        seen.push(id)
        await this.#transaction((transaction, now) => work(transaction, id, now)).catch((error: unknown) => failures.push(error))
      }
      if (batch.length < BATCH) break
    }
    if (failures.length > 0) throw failures[0]
  }

  #transaction<Result>(work: (transaction: Transaction, now: Date) => Promise<Result>): Promise<Result> {
    const { work: unit, clock } = this.#parts
    return retried(() => unit.run(clinicItself(), (transaction) => work(transaction, clock())))
  }
}

/** A time that is free, to come, offered to nobody and perhaps wanted; locked, so that no other instance offers it as well. */
async function nextFreed({ em }: Transaction, now: Date, from: Place | null, without: readonly string[]): Promise<FreedTime | null> {
  const passed = [...without]
  for (;;) {
    const [row] = await em.execute<{ id: string }[]>(
      `select f.id from freed_time f where f.closed_at is null and f.starts_at > ? and f.id <> all(?::uuid[])
         and (?::uuid is null or (f.starts_at, f.id) > (?::timestamptz, ?::uuid))
         and not exists (select from waitlist_offer o where o.freed_time_id = f.id and o.state = 'OPEN')
         and exists (select from waitlist_entry e where e.status = 'WAITING' and (e.doctor_id is null or e.doctor_id = f.doctor_id)
           and (e.location_id is null or e.location_id = f.location_id))
       order by f.starts_at, f.id limit 1 for update of f skip locked`,
      [after(now, LEAST_NOTICE_MS), `{${passed.join(',')}}`, from?.id ?? null, from?.startsAt ?? null, from?.id ?? null],
    )
    if (!row) return null
    // Now that it is locked: an instance that has just offered it may have let go of it after the statement above began.
    const [offered] = await em.execute<unknown[]>("select from waitlist_offer where freed_time_id = ? and state = 'OPEN'", [row.id])
    if (!offered) return em.findOneOrFail(FreedTime, { id: row.id })
    passed.push(row.id)
  }
}

/** Nobody has asked: the clinic does this by itself. */
const clinicItself = (): WriteContext => ({ actor: STRANGER, request: { requestId: randomUUID(), remoteAddress: '' } })
