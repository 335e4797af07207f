import { ReferenceKind, type MetadataStorage } from '@mikro-orm/core'

/** The entities and what they refer to, as a Mermaid diagram. */
export function entityPicture(metadata: MetadataStorage): string {
  const entities = [...metadata.getAll().values()]
    .filter((meta) => !meta.embeddable && !meta.abstract)
    .toSorted((a, b) => a.className.localeCompare(b.className))
  const arrows = entities.flatMap((meta) =>
    meta.props.flatMap((prop) => {
      const target = prop.targetMeta?.className
      if (target === undefined) return []
      const parent = prop.nullable ? '|o' : '||'
      if (prop.kind === ReferenceKind.MANY_TO_ONE) return [`  ${target} ${parent}--o{ ${meta.className} : "${prop.name}"`]
      if (prop.kind === ReferenceKind.ONE_TO_ONE && prop.owner) return [`  ${target} ${parent}--o| ${meta.className} : "${prop.name}"`]
      return []
    }),
  )
  return ['```mermaid', 'erDiagram', ...arrows, '```', ''].join('\n')
}
