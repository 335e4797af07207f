import type { Ref } from '@mikro-orm/core'
import { Entity, OneToOne, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { BaseEntity } from '../../database/base.entity.js'
import { DateTimeScalar } from '../../graphql/scalars.js'
import { Doctor } from '../doctors/doctor.entity.js'

/** A doctor's appointments for the calendar on their phone (RULES A13). Of its secret address only a digest is kept. */
@ObjectType({
  description: "A doctor's appointments for the calendar on their phone: times and places, no patients.",
  simpleResolvers: true,
})
@Entity()
export class CalendarFeed extends BaseEntity {
  @OneToOne(() => Doctor, { ref: true, unique: true, deleteRule: 'cascade' })
  doctor!: Ref<Doctor>

  @Property({ type: 'text', unique: true, hidden: true, lazy: true })
  tokenHash!: string

  @Field(() => DateTimeScalar, { description: 'When its address was made; an earlier one does not work any more.' })
  @Property({ type: 'datetime', length: 3 })
  issuedAt!: Date

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was closed; empty while its address works.' })
  @Property({ type: 'datetime', length: 3, nullable: true })
  revokedAt?: Date | null
}
