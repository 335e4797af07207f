import { Entity, Formula, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'
import { Field, ID, ObjectType } from 'type-graphql'
import { Role } from '../access/roles.js'
import { DateTimeScalar } from '../graphql/scalars.js'
import { AuditAction } from './event.js'

/** A column of the event an entry belongs to. */
const ofEvent =
  (select: string, join = '') =>
  (columns: Record<string, unknown>): string =>
    `(select ${select} from audit_event entry_event ${join} where entry_event.seq = ${String(columns['seq'])})`

/**
 * That an event concerned a patient: one row for each of the event's patients, made together with it. It answers "who opened this
 * record" without looking through all events, and holds nothing that the event does not say; `clinic audit verify` compares the two.
 */
@ObjectType({ description: 'Who opened or changed a patient record, when, and which parts.', simpleResolvers: true })
@Entity({ tableName: 'audit_event_patient' })
@Index({ properties: ['patientId', 'occurredAt', 'id'] })
export class AccessLogEntry {
  @Field(() => ID, { description: 'Identifier (UUIDv7).' })
  @PrimaryKey({ type: 'uuid' })
  id!: string

  @Property({ type: 'bigint' })
  @Index()
  seq!: string

  @Field(() => ID, { description: 'Whose record.' })
  @Property({ type: 'uuid' })
  patientId!: string

  @Field(() => DateTimeScalar, { description: 'When.' })
  @Property({ type: 'datetime', length: 3 })
  occurredAt!: Date

  @Field(() => AuditAction, { nullable: true, description: 'What was done.' })
  @Formula(ofEvent('entry_event.action'), { type: 'text', lazy: true })
  action?: AuditAction

  @Field(() => String, { nullable: true, description: 'Who it was; empty for a task that no account ran.' })
  @Formula(ofEvent('entry_user.display_name', 'join user_account entry_user on entry_user.id = entry_event.user_id'), {
    type: 'text',
    lazy: true,
  })
  userName?: string | null

  @Field(() => [Role], { nullable: true, description: 'The roles they had at the time.' })
  @Formula(ofEvent('entry_event.roles'), { type: 'text[]', lazy: true })
  roles?: Role[]

  @Field(() => [String], { nullable: true, description: 'The parts of the record that were read or changed.' })
  @Formula(ofEvent('entry_event.sections'), { type: 'text[]', lazy: true })
  sections?: string[]
}
