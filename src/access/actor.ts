import { capabilitiesOf, type Capability } from './capabilities.js'
import { Role } from './roles.js'

/** What is known of a signed-in account. */
export interface ActorIdentity {
  userId: string
  username: string
  roles: readonly Role[]
  staffId: string | null
  doctorId: string | null
  /** The session of the token; `undefined` for actors that no token stands for (a command). */
  sessionId?: string
  /** Until they have changed their password, they may do nothing else (see {@link Actor.restricted}). */
  mustChangePassword?: boolean
  /** Patients whose rows are the actor's own: themselves, and those they are a proxy of at the moment (RULES P6). */
  patientIds: readonly string[]
  /** Those of `patientIds` whose chart the actor may read and no more: a proxy without the right to act. */
  readOnlyPatientIds?: readonly string[]
  /** The clinic's doctors see only patients they had to do with since this instant (RFC 3339); `null`: they see all. */
  careSince?: string | null
}

/** The roles whose reach the clinic may bound to patients in their care. */
const BOUNDED_BY_CARE: readonly Role[] = [Role.DOCTOR]

/** Who is asking, and what their roles allow. Made once per request; every rule and every row scope reads it. */
export class Actor {
  readonly identity: ActorIdentity | null
  readonly capabilities: readonly Capability[]
  /** Whether the password must be changed first: until then the actor holds no capability. */
  readonly restricted: boolean
  /** Whether a role of the actor reaches only patients in their care. */
  readonly boundByCare: boolean
  readonly #held: ReadonlySet<Capability>
  readonly #everywhere: ReadonlySet<Capability>
  readonly #own: ReadonlySet<string>
  readonly #readOnly: ReadonlySet<string>

  constructor(identity: ActorIdentity | null) {
    this.identity = identity
    this.restricted = identity?.mustChangePassword === true
    this.capabilities = identity && !this.restricted ? capabilitiesOf(identity.roles) : []
    this.#held = new Set(this.capabilities)
    this.boundByCare = !this.restricted && identity?.careSince != null && identity.roles.some((role) => BOUNDED_BY_CARE.includes(role))
    this.#everywhere = this.boundByCare
      ? new Set(capabilitiesOf(identity?.roles.filter((role) => !BOUNDED_BY_CARE.includes(role)) ?? []))
      : this.#held
    this.#own = new Set(identity?.patientIds)
    this.#readOnly = new Set(identity?.readOnlyPatientIds)
  }

  /** Whether anybody is signed in. */
  get signedIn(): boolean {
    return this.identity !== null
  }

  /** Ids of the patients that are the actor's own. */
  get patientIds(): readonly string[] {
    return this.identity?.patientIds ?? []
  }

  /** Whether one of the actor's roles holds the capability. */
  can(capability: Capability): boolean {
    return this.#held.has(capability)
  }

  /** Whether the actor holds at least one of them. */
  canAny(capabilities: readonly Capability[]): boolean {
    return capabilities.some((capability) => this.#held.has(capability))
  }

  /** Whether the actor holds at least one of them through a role that is not bounded to patients in their care. */
  reachesAny(capabilities: readonly Capability[]): boolean {
    return capabilities.some((capability) => this.#everywhere.has(capability))
  }

  /** Whether the actor may act for the patient, for instance book: the patient is their own, or they are a proxy with that scope. */
  actsForPatient(patientId: unknown): boolean {
    return this.ownsPatient(patientId) && !this.#readOnly.has(patientId as string)
  }

  /** Whether the patient is one of the actor's own. */
  ownsPatient(patientId: unknown): boolean {
    return typeof patientId === 'string' && this.#own.has(patientId)
  }
}

/** Somebody who has not signed in. */
export const STRANGER = new Actor(null)
