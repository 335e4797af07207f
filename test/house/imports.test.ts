import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Import rules that the linter has no words for. The others (what modules and resolvers may import, default exports, barrel files,
 * the environment) are in `.oxlintrc.json`.
 */
const ROOT = join(import.meta.dirname, '../..')
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name: join('src', name), text: readFileSync(join(ROOT, 'src', name), 'utf8') }))

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '')
const IMPORT = /^import\s[\s\S]*?from\s+'[^']+'$/gm

/** Classes that a file imports as values from other entities. */
function entitiesUsed(text: string): string[] {
  const imports = text.matchAll(/^import\s+(?!type\b)\{([^}]+)\}\s+from\s+'[^']+\.entity\.js'$/gm)
  return [...imports].flatMap(([, names]) => (names ?? '').split(',').map((name) => name.trim())).filter((name) => /^[A-Z]\w+$/.test(name))
}

/** Names of classes with `@Entity`; enums and embeddables that stand beside them may be used at once. */
const entityClasses = new Set(
  sources.flatMap(({ text }) => [...text.matchAll(/@Entity\([\s\S]*?^export (?:abstract )?class (\w+)/gm)].map(([, name]) => name ?? '')),
)

describe('import rules', () => {
  it('knows the entities', () => {
    expect(entityClasses.size).toBeGreaterThan(10)
  })

  it.each(sources.filter(({ name }) => name.endsWith('.entity.ts')))('$name names other entities in thunks and types only', ({ text }) => {
    const body = withoutComments(text).replaceAll(IMPORT, '')
    const early = entitiesUsed(text)
      .filter((name) => entityClasses.has(name))
      .filter((name) =>
        [...body.matchAll(new RegExp(String.raw`(?<before>.{0,12})\b${name}\b`, 'g'))].some(
          ({ groups }) => !/(?:=> \[?|<|: |\| |extends )$/.test(groups?.['before'] ?? ''),
        ),
      )
    expect(early).toEqual([])
  })

  it.each(sources.filter(({ name }) => /\.(resolver|module|access|inputs|results)\.ts$/.test(name)))(
    '$name does not see the EntityManager or the driver',
    ({ text }) => {
      expect(withoutComments(text)).not.toMatch(/\bEntityManager\b|from '(?:pg|@mikro-orm\/postgresql)'/)
    },
  )

  it.each(sources.filter(({ name }) => name !== 'src/env.ts'))('$name does not read the environment', ({ text }) => {
    expect(withoutComments(text)).not.toMatch(/process\s*\.\s*env\b|\benv\b[^\n]*from 'node:process'/)
  })

  it('nothing but the composition root knows Express', () => {
    const outside = sources.filter(
      ({ name, text }) => !name.startsWith('src/http/') && /from 'express'|from 'node:http'/.test(withoutComments(text)),
    )
    expect(outside.map(({ name }) => name)).toEqual([])
  })
})
