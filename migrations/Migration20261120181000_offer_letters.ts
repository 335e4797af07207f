import { Migration } from '@mikro-orm/migrations'

/** A letter about an offer is owed until it has left, whoever dies in between. */
export class Migration20261120181000_offer_letters extends Migration {
  override async up(): Promise<void> {
    this.addSql('alter table "waitlist_offer" add column "letter_due_at" timestamptz(3) null;')
    this.addSql('create index "waitlist_offer_letter_due" on "waitlist_offer" ("letter_due_at") where letter_due_at is not null;')
  }

  override async down(): Promise<void> {
    this.addSql('drop index "waitlist_offer_letter_due";')
    this.addSql('alter table "waitlist_offer" drop column "letter_due_at";')
  }
}
