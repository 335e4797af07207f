import { v7 as uuidv7 } from 'uuid'

import { Location } from '../locations/location.entity.js'
import { child, children, text, type JsonObject } from './fhir-json.js'
import { identifiers, referencedId, referencedIdentifier, referenceKey, type Identifier } from './fhir-reference.js'
import type { Origin } from './import-ledger.js'
import { Skip } from './import-problems.js'
import { contextOf, type ImportSession } from './import-session.js'
import type { StagedResource } from './import-stage.js'
import { insert, type Unit } from './import-writer.js'
import { mapSite, type SiteData } from './map-directory.js'
import { cleanName } from './map-names.js'
import { pgArray } from './pg-array.js'
import { editedSince, findByIdentifier, findLinks, linkKey, REFERENCE_ONLY, saveIdentifiers } from './source-links.js'

/** Where visits are put whose place is not known. */
const UNKNOWN_SITE = 'Imported history'

/** A place of the source that no visit has needed yet. */
interface Candidate {
  readonly item: StagedResource
  readonly data: SiteData
}

/**
 * Places of past visits as locations of the clinic.
 *
 * A sender's directory may list every hospital of a country. Only those where a loaded visit took place become locations, one for
 * each organization, and inactive ones: they are history, not places to book at. With a fixed location all visits are put there.
 */
export class SiteDirectory {
  readonly #session: ImportSession
  readonly #fixed: string | undefined
  readonly #ids = new Map<string, string>()
  readonly #candidates = new Map<string, Candidate>()
  #unknown: string | undefined

  /** @param fixed id of the location that stands for every place */
  constructor(session: ImportSession, fixed: string | undefined) {
    this.#session = session
    this.#fixed = fixed
  }

  /** Loads a page of Organization and Location resources: what is known is brought up to date, the rest waits until it is needed. */
  async load(page: readonly StagedResource[]): Promise<void> {
    const { em, ledger, source, writer } = this.#session
    const links = await findLinks(em, source, page)
    const edited = await editedSince(em, 'location', [...links.values()])
    const byNumber = await findByIdentifier(
      em,
      'Organization',
      page.flatMap((item) => identifiers(item.resource)),
    )
    const units: Unit[] = []
    for (const item of page) {
      const link = links.get(linkKey(item.resourceType, item.externalId))
      const entered =
        link === undefined
          ? identifiers(item.resource)
              .map((each) => byNumber.get(`${each.system}|${each.value}`))
              .find((each) => each?.referenceOnly)
          : undefined
      const data = mapSite(item.resource)
      if (link?.contentHash === item.hash) {
        ledger.settle(item, 'unchanged')
        this.#register(item.spellings, link.entityId)
      } else if (data instanceof Skip) {
        ledger.skip(item, data.code, data.field)
      } else if (link !== undefined && edited.has(link.entityId)) {
        ledger.skip(item, 'edited-here')
        this.#register(item.spellings, link.entityId)
      } else if (link !== undefined || entered !== undefined) {
        const entityId = link?.entityId ?? entered?.entityId ?? ''
        units.push({
          item,
          outcome: 'updated',
          entityName: Location.name,
          entityId,
          parts: [],
          write: async (tx) => {
            const { phone, address } = data
            tx.assign(await tx.findOneOrFail(Location, entityId), { phone, address })
          },
        })
        this.#register(item.spellings, entityId)
      } else {
        const candidate = { item, data }
        for (const key of item.spellings) if (!this.#candidates.has(key)) this.#candidates.set(key, candidate)
      }
    }
    await writer.write(units, async (tx, done) =>
      saveIdentifiers(
        tx,
        done.flatMap((unit) => numbersOf(unit)),
      ),
    )
  }

  /** The location of an encounter: of the organization that provided it, else of the place it names, else the one for all others. */
  async idOf(encounter: JsonObject, origin: Origin): Promise<string> {
    if (this.#fixed !== undefined) return this.#fixed
    const references = [child(encounter, 'serviceProvider'), ...children(encounter, 'location').map((each) => child(each, 'location'))]
    for (const [index, reference] of references.entries()) {
      const id = await this.#find(reference, index === 0 ? 'Organization' : 'Location')
      if (id !== undefined) return id
    }
    const entered = await this.#enter(references[0], origin)
    if (entered !== undefined) return entered
    if (references.some((each) => each !== undefined)) contextOf(this.#session, origin).remark('not-linked', 'serviceProvider')
    return this.#unknownSite()
  }

  /** Call once at the end: what no visit needed is reported. */
  reportUnused(): void {
    for (const { item } of new Set(this.#candidates.values())) this.#session.ledger.skip(item, 'not-used')
    this.#candidates.clear()
  }

  async #find(reference: JsonObject | undefined, type: string): Promise<string | undefined> {
    const key = referenceKey(reference, type)
    if (key === undefined) return undefined
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const candidate = this.#candidates.get(key)
    const id = candidate === undefined ? await this.#lookUp(key, reference, type) : await this.#use(candidate)
    if (id !== undefined) this.#ids.set(key, id)
    return id
  }

  async #use({ item, data }: Candidate): Promise<string | undefined> {
    const { ledger, writer } = this.#session
    const own = await this.#existing(data)
    const id = own?.id ?? uuidv7()
    if (own !== undefined) ledger.remark(item, 'same-site')
    const name = own === undefined ? await this.#freeName(data, item.externalId) : data.name
    const unit: Unit = {
      item,
      outcome: own === undefined ? 'created' : 'unchanged',
      entityName: Location.name,
      entityId: id,
      parts: [],
      write: (tx) => {
        if (own === undefined) insert(tx, Location, { ...data, id, name, timeZone: this.#session.zone, active: false })
      },
    }
    for (const key of item.spellings) this.#candidates.delete(key)
    const written = await writer.write([unit], async (tx, done) =>
      saveIdentifiers(
        tx,
        done.flatMap((each) => numbersOf(each)),
      ),
    )
    if (written.length === 0) return undefined
    this.#register(item.spellings, id)
    return id
  }

  /** A location of the clinic's own with this name, or an imported one with the same name at the same address: directories list places twice. */
  async #existing({ name, address }: SiteData): Promise<{ readonly id: string } | undefined> {
    const { line, city } = address ?? { line: null, city: null }
    const [found] = await this.#session.em.execute<{ id: string }[]>(
      `select id from location l
       where name = ? and not exists (select from source_link where entity_name = 'Location' and entity_id = l.id)
          or name in (?, ?) and address_line = ? and address_city = ?
       order by id limit 1`,
      [name, name, townName(name, city), line, city],
    )
    return found
  }

  async #lookUp(key: string, reference: JsonObject | undefined, type: string): Promise<string | undefined> {
    const { em, source } = this.#session
    const number = referencedIdentifier(reference)
    if (number !== undefined) return (await findByIdentifier(em, type, [number])).get(`${number.system}|${number.value}`)?.entityId
    const externalId = referencedId(key)
    if (externalId === undefined) return undefined
    return [...(await findLinks(em, source, [{ resourceType: type, externalId }])).values()][0]?.entityId
  }

  /** A place that is only referred to, with number and name. */
  async #enter(reference: JsonObject | undefined, origin: Origin): Promise<string | undefined> {
    const number = referencedIdentifier(reference)
    const display = text(reference, 'display')
    const key = referenceKey(reference, 'Organization')
    if (number === undefined || display === undefined || key === undefined) return undefined
    const context = contextOf(this.#session, origin)
    const id = await this.#create(
      await this.#freeName({ name: cleanName(display, { ...context, keepNameDigits: true }), phone: null, address: null }, number.value),
      number,
    )
    context.remark('location-from-reference', 'serviceProvider')
    this.#ids.set(key, id)
    return id
  }

  async #unknownSite(): Promise<string> {
    if (this.#unknown === undefined) {
      const [found] = await this.#session.em.execute<{ id: string }[]>('select id from location where name = ?', [UNKNOWN_SITE])
      this.#unknown = found?.id ?? (await this.#create(UNKNOWN_SITE))
    }
    return this.#unknown
  }

  async #create(name: string, number?: Identifier): Promise<string> {
    const id = uuidv7()
    if (this.#session.dryRun) return id
    await this.#session.em.fork().transactional(async (em) => {
      insert(em, Location, { id, name, timeZone: this.#session.zone, active: false })
      await em.flush()
      const link = { resourceType: 'Organization', entityName: Location.name, entityId: id, contentHash: REFERENCE_ONLY }
      if (number !== undefined) await saveIdentifiers(em, [{ ...link, source: number.system, externalId: number.value }])
    })
    return id
  }

  /** Names of locations are unique; places of one name are told apart by town, and in one town by the source's id. */
  async #freeName(data: SiteData, externalId: string): Promise<string> {
    const choices = [data.name, townName(data.name, data.address?.city ?? null)]
    const taken = await this.#session.em.execute<{ name: string }[]>('select name from location where name = any(?::text[])', [
      pgArray(choices),
    ])
    const names = new Set(taken.map((row) => row.name))
    return choices.find((name) => !names.has(name)) ?? `${data.name} (${externalId})`
  }

  #register(spellings: readonly string[], id: string): void {
    for (const key of spellings) if (!this.#ids.has(key)) this.#ids.set(key, id)
  }
}

function townName(name: string, town: string | null): string {
  return town === null ? name : `${name}, ${town}`
}

function numbersOf(unit: Unit): Parameters<typeof saveIdentifiers>[1] {
  const { item, entityId, entityName } = unit
  return identifiers(item.resource).map((each) => ({
    source: each.system,
    resourceType: item.resourceType,
    externalId: each.value,
    entityName,
    entityId,
    contentHash: item.hash,
  }))
}
