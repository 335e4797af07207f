import type { Client } from 'pg'

import type { Origin } from './import-ledger.js'
import type { JsonObject } from './fhir-json.js'

/** A resource on its way into the stage. */
export interface StagedRow {
  readonly resourceType: string
  readonly externalId: string
  /** Whether the clinic keeps resources of this kind; of others only type and id are staged. */
  readonly mapped: boolean
  readonly spellings: readonly string[]
  /** The patient it is about, as a reference key. */
  readonly subject: string | undefined
  readonly hash: string
  /** When the sender last changed it, ISO 8601. */
  readonly changedAt: string | undefined
  readonly body: string
}

/** A resource taken from the stage. */
export interface StagedResource extends Origin {
  readonly hash: string
  readonly resource: JsonObject
  readonly spellings: readonly string[]
}

/** How many rows travel at a time. */
const PAGE = 500

interface Row {
  seq: string
  file: string
  resource_type: string
  external_id: string
  hash: string
  body: string
  spellings: string[]
}

/**
 * Where resources wait until all files are read: temporary tables of one database session.
 *
 * A resource may refer to any other of any file in any order, so nothing can be written before everything was seen; and everything does not
 * fit in memory. The stage sorts it out: duplicates, which patient each resource is about, then one patient at a time. The tables vanish
 * with the session, however it ends, and leave no patient data on any disk of the importing machine.
 */
export class ImportStage {
  readonly #client: Client
  #seq = 0
  readonly #files: string[] = []

  private constructor(client: Client) {
    this.#client = client
  }

  /** Makes the stage in the client's session. */
  static async create(client: Client): Promise<ImportStage> {
    await client.query(`
      create temporary table import_resource (
        seq bigint primary key, file int not null, resource_type text not null, external_id text not null, mapped boolean not null,
        subject text, patient_key text, hash text not null, changed_at timestamptz, body text not null, spellings text[] not null, fate text
      )`)
    return new ImportStage(client)
  }

  /** Stages what a file yields; all of it or, when reading fails, nothing. */
  async addFile(file: string, rows: AsyncIterable<StagedRow>): Promise<void> {
    const index = this.#files.push(file) - 1
    let page: StagedRow[] = []
    try {
      for await (const row of rows) {
        page.push(row)
        if (page.length >= PAGE) {
          await this.#insert(index, page)
          page = []
        }
      }
      if (page.length > 0) await this.#insert(index, page)
    } catch (error) {
      await this.#client.query('delete from import_resource where file = $1', [index])
      throw error
    }
  }

  async #insert(file: number, rows: readonly StagedRow[]): Promise<void> {
    await this.#client.query({
      name: 'stage-rows',
      text: `
        insert into import_resource (seq, file, resource_type, external_id, mapped, subject, hash, changed_at, body, spellings)
        select $1::bigint + n - 1, $2, t, e, m, s, h, c, b, array(select jsonb_array_elements_text(k::jsonb))
        from unnest($3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::text[])
          with ordinality as rows(t, e, m, s, h, c, b, k, n)`,
      values: [
        this.#seq,
        file,
        rows.map((row) => row.resourceType),
        rows.map((row) => row.externalId),
        rows.map((row) => row.mapped),
        rows.map((row) => row.subject ?? null),
        rows.map((row) => row.hash),
        rows.map((row) => row.changedAt ?? null),
        rows.map((row) => row.body),
        rows.map((row) => JSON.stringify(row.spellings)),
      ],
    })
    this.#seq += rows.length
  }

  /** Call once after the last file: settles duplicates and finds out which patient each resource is about. */
  async sort(): Promise<void> {
    const run = async (sql: string): Promise<unknown> => this.#client.query(sql)
    await run('create index on import_resource (resource_type, external_id)')
    await run('analyze import_resource')
    // Of several versions of one resource the latest counts: by the sender's own time where there is one, else by place.
    await run(`
      update import_resource r set fate = case when r.hash = d.latest_hash then 'repeated' else 'superseded' end
      from (
        select seq, row_number() over w as place, first_value(hash) over w as latest_hash
        from import_resource where mapped
        window w as (partition by resource_type, external_id order by changed_at desc nulls last, seq desc)
      ) d
      where d.seq = r.seq and d.place > 1`)
    await run(`
      create temporary table import_patient_name as
      select name, min(external_id) as external_id
      from import_resource, unnest(spellings) as name where resource_type = 'Patient' and fate is null group by name`)
    await run('create unique index on import_patient_name (name)')
    await run(`update import_resource set patient_key = external_id where resource_type = 'Patient'`)
    await run(`
      update import_resource r set patient_key = p.external_id
      from import_patient_name p where p.name = r.subject and r.resource_type <> 'Patient'`)
    // Nobody of these files: an id (`Patient/…`, `urn:uuid:…`) or an identifier (`Patient?…`) of someone who came with an earlier import.
    await run(`
      update import_resource set patient_key = regexp_replace(subject, '^(Patient/|urn:[a-z]+:)', '')
      where subject is not null and patient_key is null`)
    await run('create index on import_resource (patient_key, seq) where mapped and fate is null')
    await run('analyze import_resource')
  }

  /** How many resources of each type were read. */
  async countByType(): Promise<readonly (readonly [string, number])[]> {
    const { rows } = await this.#client.query<{ resource_type: string; count: string }>(
      'select resource_type, count(*) from import_resource group by resource_type',
    )
    return rows.map((row) => [row.resource_type, Number(row.count)])
  }

  /** Resources the clinic does not keep, and versions that do not count. */
  async *leftAside(): AsyncGenerator<Origin & { readonly fate: 'unmapped' | 'superseded' }> {
    const pages = this.#pages<Row & { fate: 'unmapped' | 'superseded' }>(
      `coalesce(fate, 'unmapped') as fate, '' as body`,
      `not mapped or fate = 'superseded'`,
    )
    for await (const rows of pages) for (const row of rows) yield { ...this.#origin(row), fate: row.fate }
  }

  /** Further copies of resources that are the same in every respect. */
  async *repeated(): AsyncGenerator<Origin> {
    for await (const rows of this.#pages<Row>(`'' as body`, `fate = 'repeated'`)) for (const row of rows) yield this.#origin(row)
  }

  /** Resources of some types, in pages. */
  async *ofTypes(types: readonly string[]): AsyncGenerator<readonly StagedResource[]> {
    for await (const rows of this.#pages<Row>('body', 'mapped and fate is null and resource_type = any($3)', types)) {
      yield rows.map((row) => this.#staged(row))
    }
  }

  /** The keys of all patients something is about, in the order in which they first appear. */
  async patientKeys(): Promise<readonly string[]> {
    const { rows } = await this.#client.query<{ patient_key: string }>(
      'select patient_key from import_resource where mapped and fate is null and patient_key is not null group by patient_key order by min(seq)',
    )
    return rows.map((row) => row.patient_key)
  }

  /** Everything about one patient, in the order in which it was read. */
  async ofPatient(key: string): Promise<readonly StagedResource[]> {
    const { rows } = await this.#client.query<Row>({
      name: 'stage-patient',
      text: 'select seq, file, resource_type, external_id, hash, body, spellings from import_resource where patient_key = $1 and mapped and fate is null order by seq',
      values: [key],
    })
    return rows.map((row) => this.#staged(row))
  }

  /** Medicines by any of their spellings. */
  async medications(names: readonly string[]): Promise<ReadonlyMap<string, JsonObject>> {
    if (names.length === 0) return new Map()
    const { rows } = await this.#client.query<Row>(
      `select * from import_resource where resource_type = 'Medication' and fate is null and spellings && $1::text[]`,
      [names],
    )
    return new Map(rows.flatMap((row) => row.spellings.map((name) => [name, this.#staged(row).resource] as const)))
  }

  async *#pages<R extends Row>(columns: string, condition: string, ...values: unknown[]): AsyncGenerator<readonly R[]> {
    let after = '-1'
    for (;;) {
      const { rows } = await this.#client.query<R>(
        `select seq, file, resource_type, external_id, hash, spellings, ${columns}
         from import_resource where seq > $1 and (${condition}) order by seq limit $2`,
        [after, PAGE, ...values],
      )
      if (rows.length > 0) yield rows
      const last = rows.at(-1)
      if (last === undefined || rows.length < PAGE) return
      after = last.seq
    }
  }

  #origin(row: Row): Origin {
    return { file: this.#files[Number(row.file)] ?? '', resourceType: row.resource_type, externalId: row.external_id }
  }

  #staged(row: Row): StagedResource {
    return { ...this.#origin(row), hash: row.hash, resource: JSON.parse(row.body) as JsonObject, spellings: row.spellings }
  }
}
