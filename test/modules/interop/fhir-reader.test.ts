import { expect, test } from 'vitest'

import { readFhir, UnreadableFileError, type ReadGap, type ReadResource } from '../../../src/modules/interop/fhir-reader.js'
import { bundle, fhir, InputFolder, wholePatient } from './fhir-fixtures.js'

const read = async (file: string, wholeFileLimit?: number): Promise<(ReadResource | ReadGap)[]> => {
  const all: (ReadResource | ReadGap)[] = []
  for await (const each of readFhir(file, undefined, wholeFileLimit)) all.push(each)
  return all
}

test('a bundle read token by token gives what one read as a whole gives', async () => {
  await using folder = await InputFolder.create()
  const odd = fhir.patient('odd', {
    name: [{ family: 'Ünal "x" \\ \n', given: [] }],
    nested: [[1, [2.5e-3]], { entry: [{ resource: 1 }] }],
    none: null,
    yes: true,
  })
  const content = { id: 'b', meta: { entry: [1] }, ...bundle(...wholePatient(), odd), link: [{ relation: 'self' }] }
  const file = await folder.write('bundle.json', content)
  const whole = await read(file)
  expect(whole).toHaveLength(9)
  expect(await read(file, 100)).toEqual(whole)
  expect(await read(await folder.write('bundle.json.gz', content), 100)).toEqual(whole)
})

test('what kind of bundle it is may stand at its end', async () => {
  await using folder = await InputFolder.create()
  const entry = [{ resource: fhir.patient('a') }, { request: { method: 'DELETE', url: 'Patient/1' } }]
  const read2 = await read(await folder.write('late.json', { entry, type: 'collection', resourceType: 'Bundle' }), 10)
  expect(read2).toEqual([
    { resource: fhir.patient('a'), fullUrl: undefined },
    { gap: 'entry-without-resource', place: 'entry[1]' },
  ])
  await expect(read(await folder.write('wrong.json', { entry, type: 'history', resourceType: 'Bundle' }), 10)).rejects.toThrow(
    UnreadableFileError,
  )
})

test('a file may hold one resource, or bundles line by line, with a byte order mark', async () => {
  await using folder = await InputFolder.create()
  expect(await read(await folder.write('one.json', `\uFEFF${JSON.stringify(fhir.patient('a'))}`))).toHaveLength(1)
  const lines = [bundle(fhir.patient('a'), fhir.patient('b')), fhir.patient('c')].map((each) => JSON.stringify(each)).join('\r\n')
  expect(await read(await folder.write('lines.ndjson', lines))).toHaveLength(3)
})

test.each([
  ['text', 'hello', 'file-not-json'],
  ['nothing', '', 'file-not-json'],
  ['a list', '[]', 'file-not-fhir'],
  [
    'half of a huge bundle',
    `{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient"}},{"res`,
    'file-not-json',
  ],
])('a file with %s is refused', async (_name, content, code) => {
  await using folder = await InputFolder.create()
  await expect(read(await folder.write('file.json', content), 20)).rejects.toMatchObject({ code })
})
