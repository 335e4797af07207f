import { Entity, Formula, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'
import { Field, ID, ObjectType } from 'type-graphql'
import { Role } from '../access/roles.js'
import { DateTimeScalar } from '../graphql/scalars.js'
import { AuditAction, AuditOutcome } from './event.js'

/** Stands for "nobody who was signed in" wherever an account is compared or ordered by. */
export const NOBODY = '00000000-0000-0000-0000-000000000000'

/**
 * One event of the audit trail (RULES S1). Rows are written by the function `audit_append` alone, each hashed together with the one
 * before it, and never change; nothing of the application may update or delete one (RULES S2).
 *
 * Ids of accounts and patients are no foreign keys: an event outlives what it speaks of.
 */
@ObjectType({ description: 'One event of the audit trail: who did what, when, from where, and how it ended.', simpleResolvers: true })
@Entity()
@Index({ properties: ['occurredAt', 'seq'] })
@Index({ properties: ['action', 'occurredAt', 'seq'] })
@Index({ properties: ['outcome', 'occurredAt', 'seq'] })
@Index({
  name: 'audit_event_by_user',
  expression: `create index "audit_event_by_user" on "audit_event" ((coalesce(user_id, '${NOBODY}'::uuid)), "occurred_at", "seq")`,
})
@Index({
  name: 'audit_event_by_subject',
  expression:
    'create index "audit_event_by_subject" on "audit_event" ("subject_user_id", "occurred_at", "seq") where subject_user_id is not null',
})
@Index({
  name: 'audit_event_by_patient',
  expression:
    'create index "audit_event_by_patient" on "audit_event" using gin ("patient_ids") with (fastupdate = on, gin_pending_list_limit = 256)',
})
export class AuditEvent {
  @Field(() => ID, { description: 'Identifier (UUIDv7).' })
  @PrimaryKey({ type: 'uuid' })
  id!: string

  /** Place in the chain, from 1 and without gaps. */
  @Property({ type: 'bigint', unique: true })
  seq!: string

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  @Property({ type: 'datetime', length: 3 })
  occurredAt!: Date

  @Field(() => ID, { nullable: true, description: 'The account that did it; empty when nobody was signed in.' })
  @Property({ type: 'uuid', nullable: true })
  userId?: string | null

  @Field(() => String, { nullable: true, description: 'The name of that account.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.userId})`, {
    type: 'text',
    lazy: true,
  })
  userName?: string | null

  @Field(() => [Role], { description: 'The roles it had at the time.' })
  @Property({ type: 'text[]' })
  roles!: Role[]

  @Field(() => AuditAction, { description: 'What kind of thing happened.' })
  @Property({ type: 'text' })
  action!: AuditAction

  @Field(() => AuditOutcome, { description: 'How it ended.' })
  @Property({ type: 'text' })
  outcome!: AuditOutcome

  @Field(() => [ID], { description: 'The patients concerned.' })
  @Property({ type: 'uuid[]' })
  patientIds!: string[]

  @Field(() => [String], { description: 'The parts of charts that were read, or the fields that were changed.' })
  @Property({ type: 'text[]' })
  sections!: string[]

  @Field(() => String, { nullable: true, description: 'The type of the row that was written.' })
  @Property({ type: 'text', nullable: true })
  entity?: string | null

  @Field(() => ID, { nullable: true, description: 'The row that was written.' })
  @Property({ type: 'uuid', nullable: true })
  entityId?: string | null

  @Field(() => ID, { nullable: true, description: 'The account concerned, when it is another than the one that did it.' })
  @Property({ type: 'uuid', nullable: true })
  subjectUserId?: string | null

  @Field(() => String, { nullable: true, description: 'The name of the account concerned.' })
  @Formula((columns) => `(select display_name from user_account where user_account.id = ${columns.subjectUserId})`, {
    type: 'text',
    lazy: true,
  })
  subjectUserName?: string | null

  @Field(() => [String], { nullable: true, description: 'What else is worth knowing, such as the roles that were given: `added: DOCTOR`.' })
  @Property({ type: 'json', nullable: true })
  facts?: Record<string, unknown> | null

  @Field(() => String, { nullable: true, description: 'The request it belongs to, as in the `x-request-id` header of its answer.' })
  @Property({ type: 'text', nullable: true })
  requestId?: string | null

  @Field(() => String, { nullable: true, description: 'The network address it came from.' })
  @Property({ type: 'text', nullable: true })
  remoteAddress?: string | null

  @Property({ type: 'blob' })
  previousHash!: Buffer

  @Property({ type: 'blob' })
  hash!: Buffer

  /** How the text was made that was hashed: by `audit_line` of the database, and again by `clinic audit verify`. */
  @Property({ type: 'smallint', default: 1 })
  format!: number
}
