import { Migration } from '@mikro-orm/migrations'

/**
 * The outbox is emptied many times a second, and what was in it stays on its pages until the next vacuum: a minute at best. Read from
 * beginning to end, as a small table is, each call would go through all of that; by the index, whose dead entries are cleared away by the
 * next reader, it does not. Measured with 16,000 bookings since the last vacuum: 0.35 ms a call instead of 0.72. (While a backup keeps an
 * old snapshot, nothing is cleared away, and a call costs 0.2 ms more for each thousand of bookings since it began, instead of 0.05.)
 */
export class Migration20261120180000_outbox_by_index extends Migration {
  override async up(): Promise<void> {
    this.addSql('create index "audit_outbox_occurred_at_id_index" on "audit_outbox" ("occurred_at", "id");')
    this.addSql('alter function audit_append(jsonb) set enable_seqscan = off;')
  }

  override async down(): Promise<void> {
    this.addSql('alter function audit_append(jsonb) reset enable_seqscan;')
    this.addSql('drop index "audit_outbox_occurred_at_id_index";')
  }
}
