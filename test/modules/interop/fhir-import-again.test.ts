import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { bundle, concept, directory, fhir, InputFolder, SNOMED, wholePatient } from './fhir-fixtures.js'
import { ImportHarness } from './import-harness.js'

let clinic: ImportHarness

beforeEach(async () => {
  clinic = await ImportHarness.create()
})
afterEach(async () => clinic.close())

/** Everything that was mapped, with an entry for what was not. */
const mixed = [...wholePatient('a'), ...wholePatient('b'), ...directory(), { resourceType: 'Claim', id: 'claim-1' }]

describe('importing again (RULES X1)', () => {
  test('changes nothing', async () => {
    await clinic.importBundle(mixed)
    const before = await clinic.everything()
    const result = await clinic.importBundle(mixed)
    expect(await clinic.everything()).toBe(before)
    expect(result.countOf('Observation')).toEqual({ read: 2, created: 0, updated: 0, unchanged: 2, skipped: 0 })
    expect(result.countOf('Claim')).toMatchObject({ skipped: 1 })
  })

  test('from other files in another order changes nothing', async () => {
    await clinic.importBundle(mixed)
    const before = await clinic.everything()
    await using folder = await InputFolder.create()
    await clinic.importFiles([
      await folder.write(
        'all.ndjson',
        mixed
          .toReversed()
          .map((each) => JSON.stringify(each))
          .join('\n'),
      ),
    ])
    expect(await clinic.everything()).toBe(before)
  })

  test('takes changes over and raises the version', async () => {
    await clinic.importBundle(mixed)
    const moved = {
      address: [{ line: ['9 New Road'], city: 'Lowell' }],
      contact: [{ name: { text: 'Ann Lee' }, telecom: [{ system: 'phone', value: '1' }] }],
    }
    const result = await clinic.importBundle([
      fhir.patient('a', moved),
      fhir.condition('a-con', 'a', 'a-enc', { clinicalStatus: { coding: [{ code: 'resolved' }] }, abatementDateTime: '2016-01-01' }),
      fhir.carePlan('a-pla', 'a', 'a-enc', { status: 'completed', activity: [] }),
      fhir.practitioner('doc-1', '1234567893', { active: false }),
    ])
    expect(await clinic.rowOf('patient', 'Patient', 'a')).toMatchObject({ address_city: 'Lowell', version: 2 })
    expect(await clinic.rowOf('condition', 'Condition', 'a-con')).toMatchObject({
      clinical_status: 'RESOLVED',
      abatement_date: expect.anything(),
      version: 2,
    })
    expect(await clinic.rowOf('treatment_plan', 'CarePlan', 'a-pla')).toMatchObject({ status: 'COMPLETED', version: 2 })
    expect(
      await clinic.rows(
        'select 1 from treatment_plan_item i join source_link l on l.entity_id = i.treatment_plan_id where l.external_id = $1',
        'a-pla',
      ),
    ).toEqual([])
    expect(await clinic.rows('select full_name from patient_contact')).toEqual([{ full_name: 'Ann Lee' }])
    expect(await clinic.rowOf('doctor', 'Practitioner', 'doc-1')).toMatchObject({ active: false, version: 2 })
    expect(result.countOf('Condition')?.updated).toBe(1)
    expect(await clinic.rows('select count(*)::int from patient')).toEqual([{ count: 2 }])
  })

  test('never changes a signed record, and says so each time (RULES C2)', async () => {
    await clinic.importBundle(mixed)
    const before = await clinic.rowOf('medical_record', 'Encounter', 'a-enc')
    const change = [
      fhir.encounter('a-enc', 'a', { type: [concept(SNOMED, '1', 'Something else')] }),
      fhir.vital('a-obs', 'a', 'a-enc', { valueQuantity: { value: 150, unit: 'cm' } }),
      fhir.vital('a-new', 'a', 'a-enc'),
      fhir.condition('a-late', 'a', 'a-enc', { code: concept(SNOMED, '38341003', 'Hypertension') }),
    ]
    for (const _ of ['first', 'second']) {
      const result = await clinic.importBundle(change)
      for (const id of ['a-enc', 'a-obs', 'a-new']) expect(result.codesOf(id)).toEqual(['signed-record'])
    }
    expect(await clinic.rowOf('medical_record', 'Encounter', 'a-enc')).toEqual(before)
    expect(await clinic.rows('select code from diagnosis where medical_record_id = $1', before?.['id'])).toEqual([{ code: '15777000' }])
    expect(await clinic.rowOf('condition', 'Condition', 'a-late')).toMatchObject({ medical_record_id: before?.['id'] })
  })

  test('moves the appointment of a signed visit, for that is not part of what was signed', async () => {
    await clinic.importBundle(mixed)
    await clinic.importBundle([
      fhir.encounter('a-enc', 'a', { period: { start: '2015-03-02T09:00:00+01:00', end: '2015-03-02T09:40:00+01:00' } }),
    ])
    const record = await clinic.rowOf('medical_record', 'Encounter', 'a-enc')
    expect(await clinic.rows('select ends_at, version from appointment where id = $1', record?.['appointment_id'])).toEqual([
      { ends_at: new Date('2015-03-02T08:40:00Z'), version: 2 },
    ])
  })

  test('does not overwrite what the clinic has edited since', async () => {
    await clinic.importBundle(mixed)
    await clinic.rows(`update patient set phone = '555-777', updated_at = now() + interval '1 second' where last_name = 'Núñez'`)
    const result = await clinic.importBundle([fhir.patient('a', { telecom: [] })])
    expect(result.codesOf('a')).toEqual(['edited-here'])
    expect(await clinic.rowOf('patient', 'Patient', 'a')).toMatchObject({ phone: '555-777' })
  })

  test('does not change an active order, but may end it (RULES R1)', async () => {
    const active = {
      status: 'active',
      authoredOn: new Date().toISOString().slice(0, 4),
      dispenseRequest: { quantity: { value: 30, unit: 'tablet' } },
    }
    const order = (more: object): ReturnType<typeof fhir.order> => fhir.order('run', 'a', 'a-enc', { ...active, ...more })
    await clinic.importBundle([...mixed, order({})])
    const refused = await clinic.importBundle([order({ dispenseRequest: { quantity: { value: 90, unit: 'tablet' } } })])
    expect(refused.codesOf('run')).toContain('active-order')
    await clinic.importBundle([order({ status: 'stopped', statusReason: { text: 'Rash' } })])
    expect(await clinic.rowOf('prescription_item', 'MedicationRequest', 'run')).toMatchObject({ status: 'STOPPED', status_reason: 'Rash' })
  })

  test('of the same person from two senders with equal ids makes two patients and names the shared number', async () => {
    await clinic.importBundle([fhir.patient('a')], { source: 'north' })
    const result = await clinic.importBundle([fhir.patient('a')], { source: 'south' })
    expect(result.codesOf('a')).toEqual(['identifier-taken'])
    expect(await clinic.rows('select count(*)::int from patient')).toEqual([{ count: 2 }])
  })
})

describe('one import', () => {
  test('takes the latest of several versions of a resource, whatever the order of the files', async () => {
    const version = (day: number, city: string): ReturnType<typeof fhir.patient> =>
      fhir.patient('a', { meta: { lastUpdated: `2020-01-0${day}T00:00:00Z` }, address: [{ city }] })
    await using folder = await InputFolder.create()
    const result = await clinic.importFiles([
      await folder.write('1.json', bundle(version(2, 'New'))),
      await folder.write('2.json', bundle(version(1, 'Old'))),
    ])
    expect(await clinic.rowOf('patient', 'Patient', 'a')).toMatchObject({ address_city: 'New', version: 1 })
    expect(result.codesOf('a')).toEqual(['superseded'])
  })

  test('names every copy of what it leaves out', async () => {
    await using folder = await InputFolder.create()
    const content = bundle(fhir.organization('unused'), ...directory(), ...wholePatient('a'))
    const result = await clinic.importFiles([await folder.write('1.json', content), await folder.write('2.json', content)])
    expect(new Set(result.codesOf('unused'))).toEqual(new Set(['not-used', 'repeated']))
    expect(result.countOf('Organization')).toEqual({ read: 4, created: 1, updated: 0, unchanged: 1, skipped: 2 })
    expect(result.imbalance).toEqual([])
  })

  test('accounts for every resource it read', async () => {
    const odd = [
      fhir.patient('no-birth', { birthDate: undefined }),
      fhir.allergy('of-no-birth', 'no-birth'),
      { ...fhir.condition('bad-shape', 'a', 'a-enc'), code: 17, subject: 'a' },
      fhir.organization('unused'),
      { resourceType: 'Location', id: 'nameless' },
      { resourceType: 'PractitionerRole', id: 'of-nobody' },
      { resourceType: 'Medication', id: 'lonely' },
      fhir.patient('a'),
    ]
    const result = await clinic.importBundle([...mixed, ...odd])
    expect(result.imbalance).toEqual([])
    const total = result.ledger.counts().reduce((sum, [, count]) => sum + count.read, 0)
    expect(total).toBe(mixed.length + odd.length)
    // Whatever is not in the clinic is named, once.
    const skipped = result.ledger.counts().reduce((sum, [, count]) => sum + count.skipped, 0)
    const links = new Set(
      (await clinic.rows<{ key: string }>(`select resource_type || '/' || external_id as key from source_link where source = 'fhir'`)).map(
        (row) => row.key,
      ),
    )
    const absent = [...mixed, ...odd].filter((each) => !links.has(`${each.resourceType}/${each.id}`))
    expect(absent.length).toBe(skipped)
    for (const each of absent) expect(result.problems.map((problem) => problem.id)).toContain(each.id)
  })

  test('loses only the row the database refuses', async () => {
    await clinic.rows(`alter table procedure add constraint refuse check (name <> 'Refused')`)
    await clinic.rows(`alter table vital add constraint refuse_vital check (value <> 150)`)
    const result = await clinic.importBundle([
      ...mixed,
      fhir.procedure('refused', 'a', 'a-enc', { code: { text: 'Refused' } }),
      fhir.vital('refused-vital', 'a', 'a-enc', { valueQuantity: { value: 150, unit: 'cm' } }),
    ])
    const refused = result.problems.filter((problem) => problem.severity === 'error').map((problem) => problem.id)
    expect(new Set(refused)).toEqual(new Set(['refused', 'refused-vital']))
    expect(refused).toHaveLength(2)
    expect(result.imbalance).toEqual([])
    expect(await clinic.rowOf('procedure', 'Procedure', 'a-pro')).toBeDefined()
    expect(await clinic.rowOf('vital', 'Observation', 'a-obs')).toBeDefined()
    expect(await clinic.rowOf('medical_record', 'Encounter', 'a-enc')).toMatchObject({ status: 'SIGNED' })
  })

  test('that is a dry run writes nothing and tells the same', async () => {
    const before = await clinic.everything()
    const dry = await clinic.importBundle(mixed, { dryRun: true })
    expect(await clinic.everything()).toBe(before)
    const real = await clinic.importBundle(mixed)
    expect(dry.ledger.counts()).toEqual(real.ledger.counts())
  })

  test('beside another one gives what one would have given', async () => {
    const results = await Promise.all([clinic.importBundle(mixed), clinic.importBundle(mixed)])
    expect(new Set(results.map((result) => result.countOf('Patient')?.created))).toEqual(new Set([0, 2]))
    expect(await clinic.rows('select count(*)::int from patient')).toEqual([{ count: 2 }])
    expect(await clinic.rows('select count(*)::int from appointment')).toEqual([{ count: 2 }])
  })

  test('puts all visits at a location that is named', async () => {
    await clinic.rows(`insert into location (id, name, time_zone) values (gen_random_uuid(), 'Main Street', 'Europe/Berlin')`)
    await clinic.importBundle(mixed, { location: 'Main Street' })
    expect(await clinic.rows('select name from location')).toEqual([{ name: 'Main Street' }])
    await expect(clinic.importBundle(mixed, { location: 'Nowhere' })).rejects.toThrow('Nowhere')
  })
})

describe('broken files', () => {
  test('stop nothing else, and leave nothing of themselves', async () => {
    await using folder = await InputFolder.create()
    const good = await folder.write('good.json', bundle(...mixed))
    const cut = await folder.write('cut.json.gz', bundle(...wholePatient('cut')))
    await writeFile(cut, (await readFile(cut)).subarray(0, -20))
    const files = [
      await folder.write(
        'bad.json',
        `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":${JSON.stringify(fhir.patient('bad'))}}`,
      ),
      cut,
      await folder.write('else.json', { hello: 'world' }),
      await folder.write('answer.json', { resourceType: 'Bundle', type: 'transaction-response' }),
      good,
      `${folder.path}/absent.json`,
      await folder.write('lines.ndjson', `${JSON.stringify(fhir.patient('line'))}\nnot json\n`),
    ]
    const result = await clinic.importFiles(files)
    expect(
      result.problems.filter((each) => each.resourceType === null).map((each) => [each.file.slice(folder.path.length + 1), each.code]),
    ).toEqual([
      ['bad.json', 'file-not-json'],
      ['cut.json.gz', 'file-bad-compression'],
      ['else.json', 'file-not-fhir'],
      ['answer.json', 'file-bundle-type'],
      ['absent.json', 'file-unreadable'],
      ['lines.ndjson', 'line-not-json'],
    ])
    expect(result.failedFiles).toBe(6)
    expect(result.countOf('Patient')).toMatchObject({ read: 3, created: 3 })
    expect(result.imbalance).toEqual([])
  })
})
