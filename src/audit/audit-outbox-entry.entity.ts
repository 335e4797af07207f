import type { Opt } from '@mikro-orm/core'
import { Check, Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'
import { v7 as uuidv7 } from 'uuid'
import type { EventRow } from './event-row.js'

/** An event that waits for its place in the chain: written in the transaction of the change it tells of, taken in by the next append. */
@Entity({ tableName: 'audit_outbox' })
@Check({ name: 'audit_outbox_fits', expression: 'audit_fits(event)' })
@Check({ name: 'audit_outbox_news', expression: 'octet_length(news) < 8000' })
@Index({ properties: ['occurredAt', 'id'] })
export class AuditOutboxEntry {
  @PrimaryKey({ type: 'uuid' })
  id: string = uuidv7()

  /** The database's clock; the application may not set it. */
  @Property({ type: 'datetime', length: 3, defaultRaw: 'now()' })
  occurredAt!: Opt<Date>

  @Property({ type: 'json' })
  event!: EventRow

  /** What is told to those who watch when the event is taken in (see `live/domain-event.ts`), unless its transaction tells it itself. */
  @Property({ type: 'text', nullable: true })
  news?: string | null
}
