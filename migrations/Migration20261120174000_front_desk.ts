import { Migration } from '@mikro-orm/migrations'

const TABLES = ['queue_entry', 'queue_entry_change', 'queue_board_link']

/** The day at the desk: the queue. */
export class Migration20261120174000_front_desk extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    create table "queue_entry" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "location_id" uuid not null,
      "patient_id" uuid not null,
      "appointment_id" uuid null,
      "doctor_id" uuid null,
      "room_id" uuid null,
      "transferred_from_id" uuid null,
      "day" date not null,
      "number" int not null,
      "priority" text not null default 'NORMAL',
      "rank" smallint generated always as (case priority when 'EMERGENCY' then 0 when 'URGENT' then 1 else 2 end) stored null,
      "status" text not null default 'WAITING',
      "arrived_at" timestamptz(3) not null,
      "called_at" timestamptz(3) null,
      "started_at" timestamptz(3) null,
      "ended_at" timestamptz(3) null,
      primary key ("id")
    );
    create unique index "queue_entry_number_of_the_day" on "queue_entry" ("location_id", "day", "number") where status <> 'TRANSFERRED';
    create unique index "queue_entry_one_open" on "queue_entry" ("patient_id", "location_id", "day") where status in ('WAITING', 'CALLED', 'IN_SERVICE', 'SKIPPED');
    create index "queue_entry_next" on "queue_entry" ("location_id", "day" desc, "rank", "arrived_at", "id");
    create index "queue_entry_next_anywhere" on "queue_entry" ("day" desc, "rank", "arrived_at", "id");
    create index "queue_entry_served_by_doctor" on "queue_entry" ("doctor_id", "ended_at") where status = 'DONE';
    create index "queue_entry_served_at_location" on "queue_entry" ("location_id", "ended_at") where status = 'DONE';
    create index "queue_entry_patient_id_arrived_at_id_index" on "queue_entry" ("patient_id", "arrived_at", "id");
    create index "queue_entry_doctor_id_arrived_at_id_index" on "queue_entry" ("doctor_id", "arrived_at", "id");
    create index "queue_entry_arrived_at_id_index" on "queue_entry" ("arrived_at", "id");
    create index "queue_entry_appointment_id_index" on "queue_entry" ("appointment_id");
    create index "queue_entry_room_id_index" on "queue_entry" ("room_id");
    create index "queue_entry_transferred_from_id_index" on "queue_entry" ("transferred_from_id");
    alter table "queue_entry" add constraint "queue_entry_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete restrict;
    alter table "queue_entry" add constraint "queue_entry_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "queue_entry" add constraint "queue_entry_appointment_id_foreign" foreign key ("appointment_id") references "appointment" ("id") on delete restrict;
    alter table "queue_entry" add constraint "queue_entry_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete restrict;
    alter table "queue_entry" add constraint "queue_entry_room_id_foreign" foreign key ("room_id") references "room" ("id") on delete restrict;
    alter table "queue_entry" add constraint "queue_entry_transferred_from_id_foreign" foreign key ("transferred_from_id") references "queue_entry" ("id") on delete restrict;
    alter table "queue_entry" add constraint "queue_entry_number" check (number > 0);
    alter table "queue_entry" add constraint "queue_entry_started" check (started_at is not null or status not in ('IN_SERVICE', 'DONE'));
    alter table "queue_entry" add constraint "queue_entry_ended" check ((ended_at is not null) = (status in ('DONE', 'LEFT', 'TRANSFERRED')));
    alter table "queue_entry" add constraint "queue_entry_priority_check" check ("priority" in ('NORMAL', 'URGENT', 'EMERGENCY'));
    alter table "queue_entry" add constraint "queue_entry_status_check" check ("status" in ('WAITING', 'CALLED', 'IN_SERVICE', 'DONE', 'SKIPPED', 'LEFT', 'TRANSFERRED'));`)

    this.addSql(`
    create table "queue_entry_change" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "entry_id" uuid not null,
      "from" text null,
      "to" text not null,
      "undo" boolean not null default false,
      "at" timestamptz(3) not null,
      "by_id" uuid not null,
      "reason" text null,
      "before" jsonb null,
      primary key ("id")
    );
    create index "queue_entry_change_entry_id_at_id_index" on "queue_entry_change" ("entry_id", "at", "id");
    create index "queue_entry_change_by_id_index" on "queue_entry_change" ("by_id");
    alter table "queue_entry_change" add constraint "queue_entry_change_entry_id_foreign" foreign key ("entry_id") references "queue_entry" ("id") on delete restrict;
    alter table "queue_entry_change" add constraint "queue_entry_change_by_id_foreign" foreign key ("by_id") references "user_account" ("id") on delete restrict;
    alter table "queue_entry_change" add constraint "queue_entry_change_from_check" check ("from" in ('WAITING', 'CALLED', 'IN_SERVICE', 'DONE', 'SKIPPED', 'LEFT', 'TRANSFERRED'));
    alter table "queue_entry_change" add constraint "queue_entry_change_to_check" check ("to" in ('WAITING', 'CALLED', 'IN_SERVICE', 'DONE', 'SKIPPED', 'LEFT', 'TRANSFERRED'));`)

    this.addSql(`
    create table "queue_board_link" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "location_id" uuid not null,
      "token_hash" text not null,
      "created_by_id" uuid not null,
      primary key ("id")
    );
    alter table "queue_board_link" add constraint "queue_board_link_location_id_unique" unique ("location_id");
    alter table "queue_board_link" add constraint "queue_board_link_token_hash_unique" unique ("token_hash");
    create index "queue_board_link_created_by_id_index" on "queue_board_link" ("created_by_id");
    alter table "queue_board_link" add constraint "queue_board_link_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete cascade;
    alter table "queue_board_link" add constraint "queue_board_link_created_by_id_foreign" foreign key ("created_by_id") references "user_account" ("id") on delete restrict;`)
  }

  override async down(): Promise<void> {
    for (const table of TABLES.toReversed()) this.addSql(`drop table "${table}" cascade;`)
  }
}
