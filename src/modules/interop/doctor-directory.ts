import { v7 as uuidv7 } from 'uuid'

import { Doctor } from '../doctors/doctor.entity.js'
import { child, text, type JsonObject } from './fhir-json.js'
import { identifiers, referencedId, referencedIdentifier, referenceKey, type Identifier } from './fhir-reference.js'
import type { Origin } from './import-ledger.js'
import { Skip } from './import-problems.js'
import { contextOf, type ImportSession } from './import-session.js'
import type { StagedResource } from './import-stage.js'
import { insert, type Unit } from './import-writer.js'
import { mapPractitioner, NPI_SYSTEM, specialtyOf, type DoctorData } from './map-directory.js'
import { cleanName, sameName } from './map-names.js'
import { pgArray } from './pg-array.js'
import { editedSince, findByIdentifier, findLinks, linkKey, REFERENCE_ONLY, saveIdentifiers, touchLinks } from './source-links.js'

/** Who a number belongs to. */
interface Owner {
  readonly id: string
  readonly fullName: string
  readonly referenceOnly: boolean
}

const numberKey = ({ system, value }: Identifier): string => `${system}|${value}`

/**
 * Practitioners as doctors, each once however often they are posted again.
 *
 * The same id is the same person, and so is the same number (NPI) with a name in common. The same number with quite another name is
 * another person: senders reuse numbers, and a signature under the wrong name would be worse than a doctor without a number.
 */
export class DoctorDirectory {
  readonly #session: ImportSession
  /** Doctors by the spellings under which they are referred to; null for those who are not known. */
  readonly #ids = new Map<string, string | null>()
  readonly #owners = new Map<string, Owner>()

  constructor(session: ImportSession) {
    this.#session = session
  }

  /** Loads a page of Practitioner resources. */
  async load(page: readonly StagedResource[]): Promise<void> {
    const { em, ledger, source, writer } = this.#session
    const links = await findLinks(em, source, page)
    const edited = await editedSince(em, 'doctor', [...links.values()])
    await this.#findOwners(page.flatMap((item) => identifiers(item.resource)))
    const units: Unit[] = []
    for (const item of page) {
      const link = links.get(linkKey(item.resourceType, item.externalId))
      if (link !== undefined && (link.contentHash === item.hash || edited.has(link.entityId))) {
        if (link.contentHash === item.hash) ledger.settle(item, 'unchanged')
        else ledger.skip(item, 'edited-here')
        this.#register(item, link.entityId)
        continue
      }
      const data = mapPractitioner(item.resource, contextOf(this.#session, item))
      if (data instanceof Skip) ledger.skip(item, data.code, data.field)
      else units.push(this.#unit(item, data, link?.entityId))
    }
    const written = await writer.write(units, async (tx, done) =>
      saveIdentifiers(
        tx,
        done.flatMap((unit) => this.#numbersOf(unit)),
      ),
    )
    for (const unit of written) this.#register(unit.item, unit.entityId)
  }

  /** Loads a page of PractitionerRole resources: they give their practitioner a specialty, unless there is one. */
  async loadRoles(page: readonly StagedResource[]): Promise<void> {
    const { em, ledger, source, writer } = this.#session
    const links = await findLinks(em, source, page)
    const edited = await editedSince(em, 'doctor', [...links.values()])
    const units: Unit[] = []
    for (const item of page) {
      const link = links.get(linkKey(item.resourceType, item.externalId))
      if (link !== undefined) this.#register(item, link.entityId)
      if (link?.contentHash === item.hash) ledger.settle(item, 'unchanged')
      else if (link !== undefined && edited.has(link.entityId)) ledger.skip(item, 'edited-here')
      else {
        const doctorId = await this.idOf(child(item.resource, 'practitioner'), item)
        if (doctorId === null) ledger.skip(item, 'no-practitioner', 'practitioner')
        else units.push(roleUnit(item, doctorId, link === undefined ? 'created' : 'updated'))
      }
    }
    const written = await writer.write(units, async (tx, done) =>
      touchLinks(
        tx,
        Doctor.name,
        done.map((unit) => unit.entityId),
      ),
    )
    for (const unit of written) this.#register(unit.item, unit.entityId)
  }

  /**
   * The doctor a reference points to, in this import or an earlier one. Someone who is only ever referred to, with number and name, is
   * entered with those.
   */
  async idOf(reference: JsonObject | undefined, origin: Origin): Promise<string | null> {
    const key = referenceKey(reference, 'Practitioner')
    if (key === undefined) return null
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = (await this.#lookUp(key, reference)) ?? (await this.#enter(reference, origin))
    this.#ids.set(key, id)
    return id
  }

  #unit(item: StagedResource, data: DoctorData, linkedId: string | undefined): Unit {
    const context = contextOf(this.#session, item)
    const mine = identifiers(item.resource)
    const owner = mine.map((each) => this.#owners.get(numberKey(each))).find((each) => each !== undefined)
    const stranger = owner !== undefined && owner.id !== linkedId && !sameName(owner.fullName, data.fullName)
    if (stranger) context.remark('licence-taken', 'identifier')
    const match = stranger ? undefined : owner
    const entityId = linkedId ?? match?.id ?? uuidv7()
    if (!stranger)
      for (const each of mine) this.#owners.set(numberKey(each), { id: entityId, fullName: data.fullName, referenceOnly: false })
    // Known under another id: whoever came first stands, and this id is remembered as another name of theirs.
    const repeated = linkedId === undefined && match !== undefined && !match.referenceOnly
    if (repeated) context.remark('same-practitioner')
    const { licenseNumber, ...rest } = data
    const licence = stranger ? null : licenseNumber
    return {
      item,
      outcome: linkedId === undefined && match === undefined ? 'created' : repeated ? 'unchanged' : 'updated',
      entityName: Doctor.name,
      entityId,
      parts: [],
      write: async (em) => {
        if (repeated) return
        if (linkedId === undefined && match === undefined) insert(em, Doctor, { id: entityId, ...rest, licenseNumber: licence })
        else {
          const doctor = await em.findOneOrFail(Doctor, entityId)
          em.assign(doctor, {
            ...rest,
            specialty: rest.specialty ?? doctor.specialty ?? null,
            licenseNumber: licence ?? doctor.licenseNumber ?? null,
          })
        }
      },
    }
  }

  #numbersOf(unit: Unit): Parameters<typeof saveIdentifiers>[1] {
    return identifiers(unit.item.resource)
      .filter((each) => this.#owners.get(numberKey(each))?.id === unit.entityId)
      .map((each) => ({
        source: each.system,
        resourceType: 'Practitioner',
        externalId: each.value,
        entityName: Doctor.name,
        entityId: unit.entityId,
        contentHash: unit.item.hash,
      }))
  }

  /** Fills `#owners` with what the clinic knows of these numbers: from earlier imports, and the licences of its own doctors. */
  async #findOwners(wanted: readonly Identifier[]): Promise<void> {
    const { em } = this.#session
    const missing = wanted.filter((each) => !this.#owners.has(numberKey(each)))
    if (missing.length === 0) return
    const links = await findByIdentifier(em, 'Practitioner', missing)
    const npis = missing.filter((each) => each.system === NPI_SYSTEM).map((each) => each.value)
    const doctors = await em.execute<{ id: string; full_name: string; license_number: string | null }[]>(
      'select id, full_name, license_number from doctor where id = any(?::uuid[]) or license_number = any(?::text[])',
      [pgArray([...links.values()].map((link) => link.entityId)), pgArray(npis)],
    )
    for (const each of missing) {
      const link = links.get(numberKey(each))
      const doctor = doctors.find((row) => row.id === link?.entityId || (each.system === NPI_SYSTEM && row.license_number === each.value))
      if (doctor !== undefined) {
        this.#owners.set(numberKey(each), { id: doctor.id, fullName: doctor.full_name, referenceOnly: link?.referenceOnly ?? false })
      }
    }
  }

  async #lookUp(key: string, reference: JsonObject | undefined): Promise<string | undefined> {
    const { em, source } = this.#session
    const number = referencedIdentifier(reference)
    if (number !== undefined) {
      await this.#findOwners([number])
      return this.#owners.get(numberKey(number))?.id
    }
    const externalId = referencedId(key)
    if (externalId === undefined) return undefined
    const links = await findLinks(em, source, [
      { resourceType: 'Practitioner', externalId },
      { resourceType: 'PractitionerRole', externalId },
    ])
    return [...links.values()][0]?.entityId
  }

  async #enter(reference: JsonObject | undefined, origin: Origin): Promise<string | null> {
    const number = referencedIdentifier(reference)
    const display = text(reference, 'display')
    if (number === undefined || display === undefined) return null
    const context = contextOf(this.#session, origin)
    const fullName = cleanName(display, context)
    const id = uuidv7()
    if (!this.#session.dryRun) {
      await this.#session.em.fork().transactional(async (em) => {
        insert(em, Doctor, { id, fullName, licenseNumber: number.system === NPI_SYSTEM ? number.value : null })
        await em.flush()
        await saveIdentifiers(em, [
          {
            source: number.system,
            resourceType: 'Practitioner',
            externalId: number.value,
            entityName: Doctor.name,
            entityId: id,
            contentHash: REFERENCE_ONLY,
          },
        ])
      })
    }
    this.#owners.set(numberKey(number), { id, fullName, referenceOnly: true })
    context.remark('practitioner-from-reference')
    return id
  }

  #register(item: StagedResource, id: string): void {
    for (const key of item.spellings) if (!this.#ids.has(key)) this.#ids.set(key, id)
  }
}

function roleUnit(item: StagedResource, doctorId: string, outcome: 'created' | 'updated'): Unit {
  const specialty = specialtyOf(item.resource)
  return {
    item,
    outcome,
    entityName: Doctor.name,
    entityId: doctorId,
    parts: [],
    write: async (em) => {
      if (specialty === undefined) return
      const doctor = await em.findOneOrFail(Doctor, doctorId)
      if (doctor.specialty == null || outcome === 'updated') doctor.specialty = specialty
    },
  }
}
