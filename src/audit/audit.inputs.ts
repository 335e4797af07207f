import { Field, ID, InputType, registerEnumType } from 'type-graphql'
import { DateTimeScalar } from '../graphql/scalars.js'
import { AuditAction, AuditOutcome } from './event.js'

/** Which events to list. */
@InputType({ description: 'Which events to list: those that match all given fields.' })
export class AuditEventFilter {
  @Field(() => ID, { nullable: true, description: 'Only what this account did.' })
  userId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only what was done to this account: sign-ins that failed, rights that were changed.' })
  subjectUserId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only events that concern this patient.' })
  patientId?: string | null

  @Field(() => AuditAction, { nullable: true, description: 'Only events of this kind.' })
  action?: AuditAction | null

  @Field(() => AuditOutcome, { nullable: true, description: 'Only events that ended this way.' })
  outcome?: AuditOutcome | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only from this instant on.' })
  from?: Date | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only before this instant.' })
  to?: Date | null
}

/** The orders of the trail. */
export enum AuditEventOrder {
  NEWEST = 'NEWEST',
  OLDEST = 'OLDEST',
  USER = 'USER',
  ACTION = 'ACTION',
  OUTCOME = 'OUTCOME',
}

registerEnumType(AuditEventOrder, {
  name: 'AuditEventOrder',
  description: 'The orders of the audit trail.',
  valuesConfig: {
    NEWEST: { description: 'Latest first.' },
    OLDEST: { description: 'Earliest first.' },
    USER: { description: 'Account by account, earliest first.' },
    ACTION: { description: 'By kind, earliest first.' },
    OUTCOME: { description: 'By how it ended, earliest first.' },
  },
})
