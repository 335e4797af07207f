import { Field, ObjectType } from 'type-graphql'

/** What lies before and after a page (Relay cursor connections). */
@ObjectType({ description: 'What lies before and after a page.', simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are rows after this page.' })
  hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Whether there are rows before this page.' })
  hasPreviousPage!: boolean

  @Field(() => String, { nullable: true, description: 'Cursor of the first row of this page.' })
  startCursor?: string | null

  @Field(() => String, { nullable: true, description: 'Cursor of the last row of this page.' })
  endCursor?: string | null
}
