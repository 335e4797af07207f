import { Entity, Formula, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'
import { Field, ID, ObjectType } from 'type-graphql'
import { Role } from '../access/roles.js'
import { DateTimeScalar } from '../graphql/scalars.js'
import { AuditAction } from './event.js'

/**
 * That an event concerned a patient: one row for each of the event's patients, and for each that one of them was merged into, made of the
 * event when it is asked for. It answers "who opened this record" without looking through all events, by the index over their patients.
 */
@ObjectType({ description: 'Who opened or changed a patient record, when, and which parts.', simpleResolvers: true })
@Entity({
  tableName: 'access_log_entry',
  view: true,
  expression: `select e.id, e.seq, p.patient_id, e.patient_ids, e.occurred_at, e.action, e.user_id, e.roles, e.sections
  from audit_event e cross join lateral (
    select named.id as patient_id from unnest(e.patient_ids) as named(id)
    union
    select merged.merged_into_id from patient merged where merged.id = any(e.patient_ids) and merged.merged_into_id is not null
  ) p`,
})
export class AccessLogEntry {
  /** That of the event: the entries of one event in the logs of several patients share it. */
  @PrimaryKey({ type: 'uuid' })
  @Field(() => ID, { description: 'Identifier (UUIDv7).' })
  id!: string

  @Property({ type: 'bigint' })
  seq!: string

  @Field(() => ID, { description: 'Whose record.' })
  @Property({ type: 'uuid' })
  patientId!: string

  /** All patients of the event: what the index is over. */
  @Property({ type: 'uuid[]' })
  patientIds!: string[]

  @Field(() => DateTimeScalar, { description: 'When.' })
  @Property({ type: 'datetime', length: 3 })
  occurredAt!: Date

  @Field(() => AuditAction, { nullable: true, description: 'What was done.' })
  @Property({ type: 'text' })
  action?: AuditAction

  @Property({ type: 'uuid', nullable: true })
  userId?: string | null

  @Field(() => String, { nullable: true, description: 'Who it was; empty for a task that no account ran.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.userId})`, { type: 'text', lazy: true })
  userName?: string | null

  @Field(() => [Role], { nullable: true, description: 'The roles they had at the time.' })
  @Property({ type: 'text[]' })
  roles?: Role[]

  @Field(() => [String], { nullable: true, description: 'The parts of the record that were read or changed.' })
  @Property({ type: 'text[]' })
  sections?: string[]
}
