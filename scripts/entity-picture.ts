import { ReferenceKind, type MetadataStorage } from '@mikro-orm/core'

/** Tables that a reader can do without at first: histories, what signing in needs, and what is there for a moment. */
const ASIDE =
  /(Change|Token|Session|Code|Key|Hold|Link|Feed|Distinction|MergeRow|MergeProposal|FreedTime|Preference|Notice|Offer|Break|Hours)$/

/** The entities and what they refer to, as a Mermaid diagram; who entered or changed something is left out. */
export function entityPicture(metadata: MetadataStorage): string {
  const entities = [...metadata.getAll().values()]
    .filter((meta) => !meta.embeddable && !meta.abstract && !ASIDE.test(meta.className))
    .toSorted((a, b) => a.className.localeCompare(b.className))
  const arrows = entities.flatMap((meta) =>
    meta.props.flatMap((prop) => {
      const target = prop.targetMeta?.className
      if (target === undefined || target === 'User' || ASIDE.test(target)) return []
      const parent = prop.nullable ? '|o' : '||'
      if (prop.kind === ReferenceKind.MANY_TO_ONE) return [`  ${target} ${parent}--o{ ${meta.className} : "${prop.name}"`]
      if (prop.kind === ReferenceKind.ONE_TO_ONE && prop.owner) return [`  ${target} ${parent}--o| ${meta.className} : "${prop.name}"`]
      return []
    }),
  )
  return ['```mermaid', 'erDiagram', ...arrows, '```', ''].join('\n')
}
