import { capabilitiesOf, type Capability } from './capabilities.js'
import type { Role } from './roles.js'

/** What is known of a signed-in account. */
export interface ActorIdentity {
  userId: string
  username: string
  roles: readonly Role[]
  staffId: string | null
  doctorId: string | null
  /** Patients whose rows are the actor's own: themselves. */
  patientIds: readonly string[]
}

/** Who is asking, and what their roles allow. Made once per request; every rule and every row scope reads it. */
export class Actor {
  readonly identity: ActorIdentity | null
  readonly capabilities: readonly Capability[]
  readonly #held: ReadonlySet<Capability>
  readonly #own: ReadonlySet<string>

  constructor(identity: ActorIdentity | null) {
    this.identity = identity
    this.capabilities = identity ? capabilitiesOf(identity.roles) : []
    this.#held = new Set(this.capabilities)
    this.#own = new Set(identity?.patientIds)
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

  /** Whether the patient is one of the actor's own. */
  ownsPatient(patientId: unknown): boolean {
    return typeof patientId === 'string' && this.#own.has(patientId)
  }
}

/** Somebody who has not signed in. */
export const STRANGER = new Actor(null)
