import type { EntityManager } from '@mikro-orm/postgresql'

import type { JsonObject } from './fhir-json.js'
import { referencedId, referenceKey } from './fhir-reference.js'
import type { ProblemCode } from './import-problems.js'
import { contextOf, type ImportSession } from './import-session.js'
import type { StagedResource } from './import-stage.js'
import type { Finish, Unit } from './import-writer.js'
import type { MapContext, PatientFacts } from './map-context.js'
import { findLinks, linkKey, type Link } from './source-links.js'
import type { VisitState } from './visit-state.js'

/**
 * Everything about one patient while it is imported: what was read, what is known of it from earlier imports, and the units to be written.
 */
export class PatientBatch {
  readonly session: ImportSession
  readonly facts: PatientFacts
  readonly units: Unit[] = []
  readonly finishers: Finish[] = []
  /** Visits by the spellings under which other resources refer to them. */
  readonly visits = new Map<string, VisitState>()
  /** Treatment plans by the spellings under which other resources refer to them, or of resources their activities refer to. */
  readonly plans = new Map<string, string>()
  readonly #items: readonly StagedResource[]
  readonly #links: ReadonlyMap<string, Link>

  constructor(session: ImportSession, facts: PatientFacts, items: readonly StagedResource[], links: ReadonlyMap<string, Link>) {
    this.session = session
    this.facts = facts
    this.#items = items
    this.#links = links
  }

  /** Resources of a type, in the order in which they were read. */
  ofType(type: string): readonly StagedResource[] {
    return this.#items.filter((item) => item.resourceType === type)
  }

  /** What an earlier import made of a resource. */
  linkOf(item: StagedResource): Link | undefined {
    return this.#links.get(linkKey(item.resourceType, item.externalId))
  }

  /** Resources of a type there is something to do for. */
  changed(type: string): readonly StagedResource[] {
    return this.ofType(type).filter((item) => this.linkOf(item)?.contentHash !== item.hash)
  }

  context(item: StagedResource): MapContext {
    return contextOf(this.session, item)
  }

  skip(item: StagedResource, code: ProblemCode, field?: string): void {
    this.session.ledger.skip(item, code, field)
  }

  /** The visit a reference points to; `null` when it was not loaded, undefined when there is no reference. */
  visitOf(reference: JsonObject | undefined): VisitState | null | undefined {
    const key = referenceKey(reference, 'Encounter')
    return key === undefined ? undefined : (this.visits.get(key) ?? null)
  }

  /** Ids behind references of this batch to resources that only earlier imports brought. */
  async linksBehind(em: EntityManager, type: string, references: readonly (JsonObject | undefined)[]): Promise<ReadonlyMap<string, Link>> {
    const ids = new Map<string, string>()
    for (const reference of references) {
      const key = referenceKey(reference, type)
      const id = key === undefined ? undefined : referencedId(key)
      if (key !== undefined && id !== undefined) ids.set(key, id)
    }
    const wanted = [...new Set(ids.values())].map((externalId) => ({ resourceType: type, externalId }))
    const links = await findLinks(em, this.session.source, wanted)
    return new Map(
      [...ids].flatMap(([key, id]) => {
        const link = links.get(linkKey(type, id))
        return link === undefined ? [] : [[key, link] as const]
      }),
    )
  }
}
