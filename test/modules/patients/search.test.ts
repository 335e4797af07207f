import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Role } from '../../../src/access/roles.js'
import { TestServer, type Answer } from '../../support/server.js'

describe('patient search (RULES P2)', () => {
  let server: TestServer
  let ask: (query: string, variables?: Record<string, unknown>) => Promise<Answer>

  beforeAll(async () => {
    server = await TestServer.start()
    const { make } = server
    make.patient({ firstName: 'José', lastName: 'García Núñez', phone: '+34 (600) 123-456', birthDate: '1999-12-31', mrn: '12345674' })
    make.patient({ firstName: 'Jürgen', lastName: 'Müller' })
    make.patient({ firstName: 'Siobhán', lastName: "O'Hara", phone: '030 5550-7788' })
    make.patient({ firstName: 'Katharina', lastName: 'Schmidt', birthDate: '1950-01-02' })
    make.patient({ firstName: 'Cath', lastName: 'Smith' })
    make.patient({ firstName: 'Ayşe', lastName: 'Yılmaz-Aydın' })
    make.patient({ firstName: 'Adé', lastName: 'Ọ̀ṣun' })
    make.patient({ firstName: 'Percent', lastName: '100%_sure' })
    await make.save()
    ask = server.as((await server.accounts())[Role.REGISTRATION_CLERK])
  })
  afterAll(() => server.stop())

  const find = async (filter: Record<string, unknown>): Promise<string[]> => {
    const { data, errors } = await ask(
      'query ($filter: PatientFilter) { patients(filter: $filter) { totalCount edges { node { lastName } } } }',
      { filter },
    )
    if (errors) throw new Error(JSON.stringify(errors))
    expect(data?.patients.totalCount).toBe(data?.patients.edges.length)
    return data?.patients.edges.map((edge: any) => edge.node.lastName)
  }

  it.each([
    ['the whole name', 'José García Núñez', 'García Núñez'],
    ['a name without its accents', 'jose garcia nunez', 'García Núñez'],
    ['words in another order', 'Núñez José', 'García Núñez'],
    ['a part of a name', 'rina schm', 'Schmidt'],
    ['two letters', 'mü', 'Müller'],
    ['swapped letters', 'Garica', 'García Núñez'],
    ['a missing letter', 'Katarina Schmitt', 'Schmidt'],
    ['both names misspelt', 'Jurgn Mullre', 'Müller'],
    ['a short word and a misspelt one', 'ju mullre', 'Müller'],
    ['a misspelt part of a double name', 'Ayse Ydın', 'Yılmaz-Aydın'],
    ['two letters with signs', 'Ọ̀ṣ', 'Ọ̀ṣun'],
    ['a name without its apostrophe', 'ohara', "O'Hara"],
    ['capital letters', 'MULLER', 'Müller'],
    ['a record number', '12345674', 'García Núñez'],
    ['a phone number in another spelling', '600 123 456', 'García Núñez'],
    ['a phone number with a zero instead of the code of the country', '0600 123456', 'García Núñez'],
    ['a phone number with zeros before the code of the country', '0034 600 123 456', 'García Núñez'],
    ['a phone number whose code is not on the record', '+49 30 5550 7788', "O'Hara"],
    ['a date of birth', '1999-12-31', 'García Núñez'],
    ['a date of birth with dots', '31.12.1999', 'García Núñez'],
    ['a date of birth with strokes', '31/12/1999', 'García Núñez'],
    ['a date of birth with the month first', '12/31/1999', 'García Núñez'],
    ['a date of birth without zeros', '2.1.1950', 'Schmidt'],
  ])('finds by %s', async (_name, search, lastName) => {
    expect(await find({ search })).toContain(lastName)
  })

  it('lists the best match first', async () => {
    expect((await find({ search: 'Smith' }))[0]).toBe('Smith')
    expect((await find({ search: 'Schmidt' }))[0]).toBe('Schmidt')
  })

  it('takes wildcards for what they are (SECURITY D7)', async () => {
    expect(await find({ search: '100%_sure' })).toContain('100%_sure')
    expect(await find({ search: '%%%%%' })).toEqual([])
    expect(await find({ search: "'; drop table patient; --" })).toEqual([])
  })

  it('finds by each field of the filter alone and together', async () => {
    expect(await find({ mrn: '12345674' })).toEqual(['García Núñez'])
    expect(await find({ birthDate: '1999-12-31' })).toEqual(['García Núñez'])
    expect(await find({ phone: '123456' })).toEqual(['García Núñez'])
    expect(await find({ phone: '0049 30 55507788' })).toEqual(["O'Hara"])
    // The same seven digits at the end, and another number before them.
    expect(await find({ phone: '+49 89 5550 7788' })).toEqual([])
    // With dots the day comes first, and nothing else.
    expect(await find({ search: '1.2.1950' })).toEqual([])
    expect(await find({ birthDate: '1999-12-31', search: 'Müller' })).toEqual([])
  })

  it('pages through the matches of a search without gaps or repeats', async () => {
    const seen: string[] = []
    let after: string | null = null
    for (;;) {
      const { data } = await ask(
        'query ($after: String) { patients(first: 1, after: $after, filter: { search: "s" }) { edges { node { id } } pageInfo { hasNextPage endCursor } } }',
        { after },
      )
      seen.push(...data?.patients.edges.map((edge: any) => edge.node.id))
      if (!data?.patients.pageInfo.hasNextPage) break
      after = data.patients.pageInfo.endCursor
    }
    expect(seen.length).toBeGreaterThanOrEqual(3)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it.each([
    ['nothing', { search: '  ' }, 'filter.search'],
    ['a date that is none', { search: '1999-13-45' }, 'filter.search'],
    ['a day that the month does not have', { search: '1999-02-30' }, 'filter.search'],
    ['too few digits', { search: '12' }, 'filter.search'],
    ['too much text', { search: 'x'.repeat(300) }, 'filter.search'],
    ['a phone number of two digits', { phone: '+1 2' }, 'filter.phone'],
  ])('refuses %s and names the field', async (_name, filter, field) => {
    const { errors } = await ask('query ($filter: PatientFilter) { patients(filter: $filter) { totalCount } }', { filter })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field }] })
  })

  it('refuses what PostgreSQL cannot store, as bad input', async () => {
    const { errors } = await ask('query ($filter: PatientFilter) { patients(filter: $filter) { totalCount } }', {
      filter: { search: 'a\u0000b' },
    })
    expect(errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT')
  })

  describe('of a very common name', () => {
    beforeAll(async () => {
      await server.sql(
        `insert into patient (id, mrn, first_name, last_name, birth_date, sex)
         select gen_random_uuid(), (70000000 + n)::text, 'Kim' || chr(97 + n % 26), 'Ngata', date '1950-01-01' + n, 'FEMALE' from generate_series(1, 900) n`,
      )
      await server.sql('analyze patient')
    })

    const ids = async (filter: Record<string, unknown>, as = ask): Promise<string[]> => {
      const { data, errors } = await as('query ($f: PatientFilter) { patients(first: 100, filter: $f) { edges { node { birthDate } } } }', {
        f: filter,
      })
      expect(errors).toBeUndefined()
      return data?.patients.edges.map((edge: any) => edge.node.birthDate)
    }

    it('shows some of its bearers, and with a date of birth the one', async () => {
      expect(await ids({ search: 'ngata' })).toHaveLength(100)
      expect(await ids({ search: 'ng' })).toHaveLength(100)
      for (const search of ['ngata', 'ngtaa', 'ng']) expect(await ids({ search, birthDate: '1952-06-18' })).toEqual(['1952-06-18'])
    })

    it('shows a doctor who is bounded to their patients all of theirs', async () => {
      const staff = server.make.staff()
      const doctor = server.make.doctor({ staff })
      const user = await server.make.user(server.hasher, [Role.DOCTOR], { staff })
      await server.make.save()
      await server.sql("update clinic_setting set doctor_scope = 'CARE_RELATION'")
      await server.sql(
        `insert into treatment_plan (id, patient_id, doctor_id, title, status) select gen_random_uuid(), id, $1, 'x', 'ACCEPTED' from patient where mrn in ('70000899', '70000900')`,
        [doctor.id],
      )
      try {
        for (const search of ['ngata', 'ngtaa', 'ng', 'kim ngata']) expect((await ids({ search }, server.as(user))).length).toBe(2)
      } finally {
        await server.sql("update clinic_setting set doctor_scope = 'ALL_PATIENTS'")
      }
    })

    it('finds the one who has two common names, however they are spelt', async () => {
      await server.sql(
        `insert into patient (id, mrn, first_name, last_name, birth_date, sex)
         select gen_random_uuid(), (71000000 + n)::text, 'Aroha', case n when 500 then 'Ngata' else 'Wi' || chr(97 + n % 26) end, date '1960-01-01' + n, 'FEMALE'
         from generate_series(1, 900) n`,
      )
      for (const search of ['aroha ngata', 'arhoa ngata', 'aroha ngtaa', 'Ngtaa, Arhoa'])
        expect(await ids({ search })).toEqual(['1961-05-15'])
    })

    it('finds a name under its new spelling, also misspelt, once it was changed', async () => {
      await server.sql("update patient set last_name = 'Winterbottom' where mrn = '70000001'")
      expect(await ids({ search: 'Wintrebotom' })).toEqual(['1950-01-02'])
    })
  })

  it('looks for numbers and dates by an index in a large clinic, also once PostgreSQL has ceased to look at what is asked for', async () => {
    await server.sql(
      `insert into patient (id, mrn, first_name, last_name, birth_date, sex, phone)
       select gen_random_uuid(), (50000000 + n)::text, 'F' || n, 'L' || n, date '1930-01-01' + n % 30000, 'MALE', '030 ' || 1000000 + n
       from generate_series(1, 30000) n`,
    )
    await server.sql('analyze patient')
    for (const filter of [{ search: '030 1012345' }, { phone: '1012345' }, { search: '3.2.1971' }]) {
      server.statements.length = 0
      const { data } = await ask('query ($f: PatientFilter) { patients(first: 20, filter: $f) { edges { node { id } } } }', { f: filter })
      expect(data?.patients.edges.length).toBeGreaterThan(0)
      const [text] = server.statements.flatMap((statement) => (/phone_digits|birth_date/.test(statement.text) ? [statement.text] : []))
      const rows = await server.sql(`explain (generic_plan) ${text}`)
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toMatch(/patient_phone_digits_trgm|patient_birth_date_index/)
      expect(plan).not.toMatch(/Seq Scan on patient|Scan using patient_last_name_first_name_id_index/)
    }
  })
})
