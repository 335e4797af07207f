import { UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql'
import type { RequiredEntityData } from '@mikro-orm/core'
import { STRANGER } from '../../access/actor.js'
import { Role } from '../../access/roles.js'
import { AuditAction, AuditOutcome } from '../../audit/event.js'
import { after, DAY, type Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError, NotFoundError, UnauthenticatedError } from '../../graphql/errors.js'
import { invitationLetter } from '../../mail/letters.js'
import type { Mailer } from '../../mail/mailer.js'
import { Patient } from '../patients/patient.entity.js'
import type { Client } from './client-facts.js'
import { consumeToken, issueToken, linkTo, returnTry, tryToken } from './one-time-links.js'
import { OneTimePurpose } from './one-time-token.entity.js'
import type { PasswordService } from './password.service.js'
import type { OpenSession, SessionService } from './session.service.js'
import { User } from './user.entity.js'
import { usernameProblem } from './username.js'
import { normalizeUsername } from './sign-in.service.js'
import type { PasswordVerifier } from './verifier.js'

/** What invitations are made of. */
export interface InvitationParts {
  readonly unitOfWork: UnitOfWork
  readonly em: () => EntityManager
  readonly verifier: PasswordVerifier
  readonly passwords: PasswordService
  readonly sessions: SessionService
  readonly mailer: Mailer
  readonly clock: Clock
  readonly clinic: string
  readonly frontEnd: () => string
}

/** A link for a patient, to be handed over or already on its way. */
export interface Invitation {
  readonly link: string
  readonly expiresAt: Date
  /** Whether it was also sent to the patient's e-mail address. */
  readonly mailed: boolean
}

/** What the patient sends back. */
export interface Acceptance {
  readonly token: string
  readonly birthDate: string
  readonly username?: string | null | undefined
  readonly password: string
}

const INVITATION_DAYS = 7
/** Wrong birth dates before the link is worthless. */
const TRIES = 5

/** Brings patients into the portal: the front desk invites, the patient proves the birth date and chooses a password. */
export class InvitationService {
  readonly #parts: InvitationParts

  constructor(parts: InvitationParts) {
    this.#parts = parts
  }

  /**
   * Makes a link for a patient; earlier ones stop working.
   * @param visible whether the patient is among the rows of the actor
   * @throws NotFoundError when not
   * @throws ClinicError `CONFLICT` when the patient has an account
   */
  async invite(context: WriteContext, patientId: string, visible: boolean): Promise<Invitation> {
    if (!visible) throw new NotFoundError()
    const { unitOfWork, mailer, clock, clinic, frontEnd } = this.#parts
    const now = clock()
    const expiresAt = after(now, INVITATION_DAYS * DAY)
    const { token, email } = await unitOfWork.run(context, async ({ em, audit }) => {
      const patient = await em.findOne(Patient, patientId)
      if (patient === null) throw new NotFoundError()
      if ((await em.count(User, { patient: patientId })) > 0) throw new ClinicError('CONFLICT', 'The patient has an account already.')
      audit({
        action: AuditAction.RIGHTS_CHANGED,
        patientIds: [patientId],
        entity: 'Patient',
        entityId: patientId,
        facts: { invited: true },
      })
      const issued = await issueToken(em, { purpose: OneTimePurpose.INVITATION, patientId }, now, expiresAt)
      return { token: issued, email: patient.email }
    })
    const link = linkTo(frontEnd(), OneTimePurpose.INVITATION, token)
    const mailed = email != null && email !== ''
    if (mailed) mailer.inBackground(() => mailer.send({ to: email, ...invitationLetter(clinic, link, INVITATION_DAYS) }))
    return { link, expiresAt, mailed }
  }

  /**
   * Makes the account, and signs the patient in.
   *
   * @throws UnauthenticatedError when the link does not work or the birth date is wrong: both look alike, and five wrong ones end the link
   * @throws BadUserInputError when name or password are not taken
   */
  async accept({ request }: WriteContext, input: Acceptance, client: Client): Promise<OpenSession> {
    const { unitOfWork, em, verifier, passwords, sessions, clock } = this.#parts
    verifier.requireRoom()
    const patient = await this.#provenPatient(request, input)
    const account = {
      username: await this.#usernameFor(patient, input.username),
      displayName: `${patient.firstName} ${patient.lastName}`,
      roles: [Role.PATIENT],
      secondFactorSince: null,
    }
    passwords.requireGood(input.password, account, 'input.password')
    const passwordHash = await verifier.hash(input.password)
    const taken = new BadUserInputError([{ field: 'input.username', message: 'is taken' }])
    try {
      const session = await unitOfWork.run({ actor: STRANGER, request }, async ({ em: transaction, audit }) => {
        const now = clock()
        if (!(await consumeToken(transaction, OneTimePurpose.INVITATION, input.token, now))) throw refused()
        const user = transaction.create(User, {
          ...account,
          passwordHash,
          passwordChangedAt: now,
          patient: patient.id,
        } as RequiredEntityData<User>)
        await transaction.flush()
        audit({ action: AuditAction.CREATE, subjectUserId: user.id, patientIds: [patient.id], entity: 'User', entityId: user.id })
        const opened = await sessions.open(transaction, user.id, client, false)
        audit({ action: AuditAction.SIGN_IN, subjectUserId: user.id, entity: 'UserSession', entityId: opened.sessionId })
        return opened
      })
      return await sessions.present(session)
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException)
        throw (await em().count(User, { patient: patient.id })) > 0 ? refused() : taken
      throw error
    }
  }

  async #provenPatient(request: WriteContext['request'], { token, birthDate }: Acceptance): Promise<Patient> {
    const { unitOfWork, em, clock } = this.#parts
    // Counted and written before the answer is compared, so that a thousand tries at once are five.
    const patientId = await unitOfWork.run({ actor: STRANGER, request }, ({ em: transaction }) =>
      tryToken(transaction, OneTimePurpose.INVITATION, token, clock(), TRIES),
    )
    const patient = patientId === null ? null : await em().findOne(Patient, patientId)
    if (patient !== null && patient.birthDate === birthDate) {
      await unitOfWork.run({ actor: STRANGER, request }, ({ em: transaction }) => returnTry(transaction, token))
      return patient
    }
    await unitOfWork.run({ actor: STRANGER, request }, async ({ audit }) => {
      const concerns = patientId === null ? {} : { patientIds: [patientId] }
      audit({ action: AuditAction.SIGN_IN_FAILED, outcome: AuditOutcome.DENIED, ...concerns, facts: { reason: 'INVITATION' } })
    })
    throw refused()
  }

  /** The name they ask for; else their e-mail address, or the record number behind a `p`. */
  async #usernameFor(patient: Patient, asked: string | null | undefined): Promise<string> {
    if (asked == null || asked.trim() === '') {
      const email = normalizeUsername(patient.email ?? '')
      const usable = usernameProblem(email) === null && (await this.#parts.em().count(User, { username: email })) === 0
      return usable ? email : `p${patient.mrn}`
    }
    const username = normalizeUsername(asked)
    const problem = usernameProblem(username)
    if (problem !== null) throw new BadUserInputError([{ field: 'input.username', message: problem }])
    return username
  }
}

const refused = (): UnauthenticatedError => new UnauthenticatedError('The invitation does not work, or the date of birth is wrong.')
