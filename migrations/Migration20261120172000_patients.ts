import { Migration } from '@mikro-orm/migrations'

const TABLES = ['idempotency_key']

/** Patient administration: answers of requests with a key. */
export class Migration20261120172000_patients extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    create table "idempotency_key" (
      "user_id" uuid not null,
      "operation" text not null,
      "key" text not null,
      "input_hash" text not null,
      "entity_id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      primary key ("user_id", "operation", "key")
    );
    create index "idempotency_key_created_at_index" on "idempotency_key" ("created_at");
    alter table "idempotency_key" add constraint "idempotency_key_user_id_foreign" foreign key ("user_id") references "user_account" ("id") on delete cascade;`)
  }

  override async down(): Promise<void> {
    for (const table of TABLES.toReversed()) this.addSql(`drop table "${table}" cascade;`)
  }
}
