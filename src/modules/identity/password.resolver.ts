import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { GraphQLContext } from '../../graphql/context.js'
import type { Services } from '../../graphql/services.js'
import { Patient } from '../patients/patient.entity.js'
import { clientOf } from './client-facts.js'
import { AcceptInvitationInput, ChangePasswordInput, ResetPasswordByLinkInput, SetUpOwnerInput } from './identity.inputs.js'
import { answerWith } from './session-answer.js'
import { PortalInvitation, RecoveryCodes, Session, TemporaryPasswordResult, TotpSetup } from './session.js'

/** Passwords, second factors, and the ways to a first password. */
@Resolver()
export class PasswordResolver {
  constructor(private readonly services: Services) {}

  @Mutation(() => Session, { nullable: true, description: 'Changes your password. You are signed out everywhere else.' })
  async changePassword(
    @Arg('input', () => ChangePasswordInput, { description: 'The present password and the next one.' }) input: ChangePasswordInput,
    @Ctx() context: GraphQLContext,
  ): Promise<Session> {
    const session = await this.services.identity.passwords.change(context, input, clientOf(context.request))
    return answerWith(context, session, { refreshToken: input.returnRefreshToken === true, cookies: true })
  }

  @Mutation(() => TemporaryPasswordResult, {
    nullable: true,
    description: 'Gives an account a temporary password, which its owner must change at the next sign-in. Their sessions end.',
  })
  resetPassword(
    @Arg('userId', () => ID, { description: 'Whose: id of the account, or of the staff member or patient it belongs to.' }) userId: string,
    @Arg('removeSecondFactor', () => Boolean, {
      defaultValue: false,
      description: 'Whether their second factor is taken away too, because they have lost it.',
    })
    removeSecondFactor: boolean,
    @Ctx() context: GraphQLContext,
  ): Promise<TemporaryPasswordResult> {
    return this.services.identity.passwords.resetFor(context, userId, removeSecondFactor)
  }

  @Mutation(() => Boolean, { nullable: true, description: 'Opens an account again that was closed after too many wrong passwords.' })
  async unlockAccount(
    @Arg('id', () => ID, { description: 'Which: id of the account, or of the staff member or patient it belongs to.' }) id: string,
    @Ctx() context: GraphQLContext,
  ): Promise<boolean> {
    await this.services.identity.passwords.unlock(context, id)
    return true
  }

  @Mutation(() => Boolean, {
    nullable: true,
    description:
      'Sends a link for a new password to the e-mail address of an account. Always true: it does not tell whether there is such an account.',
  })
  requestPasswordReset(
    @Arg('username', () => String, { description: 'The name used to sign in.' }) username: string,
    @Ctx() context: GraphQLContext,
  ): boolean {
    this.services.identity.passwords.requestReset(context, username, clientOf(context.request))
    return true
  }

  @Mutation(() => Boolean, { nullable: true, description: 'Sets a new password by the link that was sent. Sign in with it then.' })
  async resetPasswordByLink(
    @Arg('input', () => ResetPasswordByLinkInput, { description: 'The token of the link and the new password.' })
    input: ResetPasswordByLinkInput,
    @Ctx() context: GraphQLContext,
  ): Promise<boolean> {
    await this.services.identity.passwords.resetByLink(context, input.token, input.newPassword)
    return true
  }

  @Mutation(() => TotpSetup, { nullable: true, description: 'Begins to set up a second factor. It counts once it is confirmed.' })
  beginTotp(@Ctx() context: GraphQLContext): Promise<TotpSetup> {
    return this.services.identity.secondFactor.begin(context)
  }

  @Mutation(() => RecoveryCodes, { nullable: true, description: 'Confirms the second factor with a code of the app.' })
  async confirmTotp(
    @Arg('code', () => String, { description: 'The code the app shows.' }) code: string,
    @Ctx() context: GraphQLContext,
  ): Promise<RecoveryCodes> {
    return { codes: await this.services.identity.secondFactor.confirm(context, code) }
  }

  @Mutation(() => Boolean, { nullable: true, description: 'Removes your second factor.' })
  async removeTotp(
    @Arg('password', () => String, { description: 'Your password.' }) password: string,
    @Ctx() context: GraphQLContext,
  ): Promise<boolean> {
    await this.services.identity.secondFactor.remove(context, password)
    return true
  }

  @Mutation(() => PortalInvitation, {
    nullable: true,
    description: 'Invites a patient to the portal: a link to hand over, sent by e-mail as well when there is an address.',
  })
  async invitePatient(
    @Arg('patientId', () => ID, { description: 'Whom.' }) patientId: string,
    @Ctx() context: GraphQLContext,
  ): Promise<PortalInvitation> {
    const visible = (await context.loaders.one(Patient, Patient, patientId)) !== null
    return this.services.identity.invitations.invite(context, patientId, visible)
  }

  @Mutation(() => Session, {
    nullable: true,
    description: 'Takes an invitation to the portal: proves the date of birth, sets a password, signs in.',
  })
  async acceptInvitation(
    @Arg('input', () => AcceptInvitationInput, { description: 'The link, the proof, and the account.' }) input: AcceptInvitationInput,
    @Ctx() context: GraphQLContext,
  ): Promise<Session> {
    const session = await this.services.identity.invitations.accept(context, input, clientOf(context.request))
    return answerWith(context, session, { refreshToken: input.returnRefreshToken === true, cookies: true })
  }

  @Mutation(() => Session, {
    nullable: true,
    description: 'Makes the first owner of an empty clinic, by the link that the server printed.',
  })
  async setUpOwner(
    @Arg('input', () => SetUpOwnerInput, { description: 'The link and the account.' }) input: SetUpOwnerInput,
    @Ctx() context: GraphQLContext,
  ): Promise<Session> {
    const session = await this.services.identity.setUp.setUp(context, input, clientOf(context.request))
    return answerWith(context, session, { refreshToken: input.returnRefreshToken === true, cookies: true })
  }
}
