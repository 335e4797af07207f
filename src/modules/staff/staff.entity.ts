import { Entity, Formula, Property } from '@mikro-orm/decorators/legacy'
import { Field, ObjectType } from 'type-graphql'
import { Role } from '../../access/roles.js'
import { VersionedEntity } from '../../database/base.entity.js'

/** A person who works for the clinic, with or without an account. */
@ObjectType({ description: 'A person who works for the clinic.', simpleResolvers: true })
@Entity()
export class Staff extends VersionedEntity {
  @Field(() => String, { description: 'First and last name.' })
  @Property({ type: 'text' })
  fullName!: string

  @Field(() => String, { nullable: true, description: 'What they do, for instance "Head nurse".' })
  @Property({ type: 'text', nullable: true })
  jobTitle?: string | null

  @Field(() => String, { nullable: true, description: 'Work e-mail address.' })
  @Property({ type: 'text', nullable: true })
  email?: string | null

  @Field(() => String, { nullable: true, description: 'Work phone number.' })
  @Property({ type: 'text', nullable: true })
  phone?: string | null

  @Field(() => Boolean, { description: 'False when they have left.' })
  @Property({ type: 'boolean', default: true })
  active: boolean = true

  /** The roles of their account; empty without one. The account is the only place where roles are kept. */
  @Field(() => [Role], { description: 'The roles of their account; empty when they have none.' })
  @Formula((columns) => `coalesce((select roles from user_account where user_account.staff_id = ${columns.id}), '{}')`, {
    type: 'string[]',
    lazy: true,
  })
  roles?: Role[]

  @Field(() => String, { nullable: true, description: 'The name they sign in with; empty when they have no account.' })
  @Formula((columns) => `(select username from user_account where user_account.staff_id = ${columns.id})`, { type: 'text', lazy: true })
  username?: string | null
}
