import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Enum, Formula, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { User } from '../identity/user.entity.js'
import { Location } from '../locations/location.entity.js'
import { Room } from '../locations/room.entity.js'
import { AppointmentHold } from '../scheduling/appointment-hold.entity.js'
import { Appointment } from '../scheduling/appointment.entity.js'
import { FreedTime } from '../scheduling/freed-time.entity.js'
import { WaitlistEntry } from './waitlist-entry.entity.js'
import { OfferStatus } from './waitlist-status.js'

/**
 * A time that is offered to somebody who waits, and kept for them until they answer (RULES A10). One at a time to each of them, and one at
 * a time of each time that has become free: two unique indexes, written by hand, have the last word on that.
 */
@ObjectType({
  description: 'A time that is offered to somebody on the waitlist, and kept for them until they answer.',
  simpleResolvers: true,
})
@Entity()
@Check({ name: 'waitlist_offer_times', expression: 'starts_at < ends_at' })
@Check({ name: 'waitlist_offer_answer', expression: "(state = 'OPEN') = (answered_at is null)" })
@Check({ name: 'waitlist_offer_booked', expression: "(state = 'ACCEPTED') = (appointment_id is not null)" })
@Index({
  name: 'waitlist_offer_one_of_entry',
  expression: 'create unique index "waitlist_offer_one_of_entry" on "waitlist_offer" ("entry_id") where state = \'OPEN\'',
})
@Index({
  name: 'waitlist_offer_one_of_time',
  expression: 'create unique index "waitlist_offer_one_of_time" on "waitlist_offer" ("freed_time_id") where state = \'OPEN\'',
})
@Index({
  name: 'waitlist_offer_open',
  expression: 'create index "waitlist_offer_open" on "waitlist_offer" ("expires_at") where state = \'OPEN\'',
})
@Index({
  name: 'waitlist_offer_letter_due',
  expression: 'create index "waitlist_offer_letter_due" on "waitlist_offer" ("letter_due_at") where letter_due_at is not null',
})
@Index({ properties: ['entry', 'createdAt', 'id'] })
export class WaitlistOffer extends BaseEntity {
  @ManyToOne(() => WaitlistEntry, { ref: true, deleteRule: 'restrict' })
  entry!: Ref<WaitlistEntry>

  @ManyToOne(() => Doctor, { ref: true, deleteRule: 'restrict' })
  @Index()
  doctor!: Ref<Doctor>

  @ManyToOne(() => Location, { ref: true, deleteRule: 'restrict' })
  @Index()
  location!: Ref<Location>

  @ManyToOne(() => Room, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  room?: Ref<Room> | null

  @Field(() => DateTimeScalar, { description: 'When the visit would begin.' })
  @Property({ type: 'datetime', length: 3 })
  startsAt!: Date

  @Field(() => DateTimeScalar, { description: 'When the visit would end.' })
  @Property({ type: 'datetime', length: 3 })
  endsAt!: Date

  @Field(() => DateTimeScalar, { description: 'Until when it can be accepted.' })
  @Property({ type: 'datetime', length: 3 })
  expiresAt!: Date

  /** As it is stored; an offer whose time is over may wait some seconds for whoever writes that down. */
  @Enum({ items: () => OfferStatus, default: OfferStatus.OPEN })
  state: OfferStatus = OfferStatus.OPEN

  @Field(() => OfferStatus, { nullable: true, description: 'What became of it.' })
  @Formula((columns) => `case when ${columns.state} = 'OPEN' and ${columns.expiresAt} <= now() then 'EXPIRED' else ${columns.state} end`, {
    type: 'text',
    lazy: true,
  })
  status?: OfferStatus

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was accepted, declined or ended.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  answeredAt?: Date | null

  /** When its letter is to be sent again, should it not have left by then; empty once it has, or when there is nobody to write to. */
  @Property({ type: 'datetime', length: 3, nullable: true })
  letterDueAt?: Date | null

  /** Keeps the time while it is open. */
  @ManyToOne(() => AppointmentHold, { ref: true, nullable: true, deleteRule: 'set null' })
  @Index()
  hold?: Ref<AppointmentHold> | null

  /** The time that became free; empty when the desk has offered one by hand. */
  @ManyToOne(() => FreedTime, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  freedTime?: Ref<FreedTime> | null

  @ManyToOne(() => Appointment, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  appointment?: Ref<Appointment> | null

  /** Who offered it; empty when the clinic did so by itself. */
  @ManyToOne(() => User, { ref: true, nullable: true, deleteRule: 'restrict' })
  @Index()
  offeredBy?: Ref<User> | null
}
