import { Field, InputType, registerEnumType } from 'type-graphql'

/** Which notices to list. */
@InputType({ description: 'Which notices to list.' })
export class NoticeFilter {
  @Field(() => Boolean, { nullable: true, description: 'Only those not yet marked as read, or only those that are.' })
  unread?: boolean | null
}

/** The orders of the list of notices. */
export enum NoticeOrder {
  LATEST_FIRST = 'LATEST_FIRST',
}

registerEnumType(NoticeOrder, {
  name: 'NoticeOrder',
  description: 'The orders of the list of notices.',
  valuesConfig: { LATEST_FIRST: { description: 'The latest first.' } },
})
