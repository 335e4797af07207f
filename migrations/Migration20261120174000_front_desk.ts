import { Migration } from '@mikro-orm/migrations'

const TABLES = [
  'queue_entry',
  'queue_entry_change',
  'queue_board_link',
  'freed_time',
  'waitlist_entry',
  'waitlist_entry_change',
  'waitlist_offer',
]

/** The day at the desk: the queue with its board, times that became free, and who waits for one. */
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
    create index "queue_entry_status_day_location_id_index" on "queue_entry" ("status", "day", "location_id");
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
    alter table "queue_entry" add constraint "queue_entry_started" check (started_at is not null or (status <> 'IN_SERVICE' and status <> 'DONE'));
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

    this.addSql(`
    create table "freed_time" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "appointment_id" uuid not null,
      "doctor_id" uuid not null,
      "location_id" uuid not null,
      "room_id" uuid null,
      "starts_at" timestamptz(3) not null,
      "ends_at" timestamptz(3) not null,
      "closed_at" timestamptz(3) null,
      primary key ("id")
    );
    create index "freed_time_open" on "freed_time" ("starts_at") where closed_at is null;
    create index "freed_time_appointment_id_index" on "freed_time" ("appointment_id");
    create index "freed_time_doctor_id_index" on "freed_time" ("doctor_id");
    create index "freed_time_location_id_index" on "freed_time" ("location_id");
    create index "freed_time_room_id_index" on "freed_time" ("room_id");
    alter table "freed_time" add constraint "freed_time_appointment_id_foreign" foreign key ("appointment_id") references "appointment" ("id") on delete restrict;
    alter table "freed_time" add constraint "freed_time_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete restrict;
    alter table "freed_time" add constraint "freed_time_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete restrict;
    alter table "freed_time" add constraint "freed_time_room_id_foreign" foreign key ("room_id") references "room" ("id") on delete restrict;
    alter table "freed_time" add constraint "freed_time_times" check (starts_at < ends_at);`)

    this.addSql(`
    create table "waitlist_entry" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "patient_id" uuid not null,
      "doctor_id" uuid null,
      "service_id" uuid null,
      "location_id" uuid null,
      "specialty" text null,
      "earliest" date not null,
      "latest" date not null,
      "weekdays" text[] not null default '{}',
      "from_time" time(0) null,
      "to_time" time(0) null,
      "minutes" smallint null,
      "priority" text not null default 'NORMAL',
      "rank" smallint generated always as (case priority when 'URGENT' then 0 when 'HIGH' then 1 else 2 end) stored null,
      "status" text not null default 'WAITING',
      "waiting_since" timestamptz(3) not null,
      primary key ("id")
    );
    create index "waitlist_entry_status_rank_waiting_since_id_index" on "waitlist_entry" ("status", "rank", "waiting_since", "id");
    create index "waitlist_entry_last_day" on "waitlist_entry" ("latest") where status = 'WAITING';
    create index "waitlist_entry_rank_waiting_since_id_index" on "waitlist_entry" ("rank", "waiting_since", "id");
    create index "waitlist_entry_waiting_since_id_index" on "waitlist_entry" ("waiting_since", "id");
    create index "waitlist_entry_patient_id_waiting_since_id_index" on "waitlist_entry" ("patient_id", "waiting_since", "id");
    create index "waitlist_entry_doctor_id_rank_waiting_since_id_index" on "waitlist_entry" ("doctor_id", "rank", "waiting_since", "id");
    create index "waitlist_entry_service_id_index" on "waitlist_entry" ("service_id");
    create index "waitlist_entry_location_id_index" on "waitlist_entry" ("location_id");
    alter table "waitlist_entry" add constraint "waitlist_entry_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "waitlist_entry" add constraint "waitlist_entry_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete restrict;
    alter table "waitlist_entry" add constraint "waitlist_entry_service_id_foreign" foreign key ("service_id") references "service" ("id") on delete restrict;
    alter table "waitlist_entry" add constraint "waitlist_entry_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete restrict;
    alter table "waitlist_entry" add constraint "waitlist_entry_wish" check (num_nonnulls(doctor_id, service_id, specialty) >= 1);
    alter table "waitlist_entry" add constraint "waitlist_entry_days" check (earliest <= latest);
    alter table "waitlist_entry" add constraint "waitlist_entry_times" check (from_time < to_time);
    alter table "waitlist_entry" add constraint "waitlist_entry_minutes" check (minutes >= 5 and minutes <= 480);
    alter table "waitlist_entry" add constraint "waitlist_entry_weekdays_check" check ("weekdays" <@ array['MONDAY'::text, 'TUESDAY'::text, 'WEDNESDAY'::text, 'THURSDAY'::text, 'FRIDAY'::text, 'SATURDAY'::text, 'SUNDAY'::text]);
    alter table "waitlist_entry" add constraint "waitlist_entry_priority_check" check ("priority" in ('NORMAL', 'HIGH', 'URGENT'));
    alter table "waitlist_entry" add constraint "waitlist_entry_status_check" check ("status" in ('WAITING', 'OFFERED', 'BOOKED', 'EXPIRED', 'CANCELLED'));`)

    this.addSql(`
    create table "waitlist_entry_change" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "entry_id" uuid not null,
      "from" text null,
      "to" text not null,
      "at" timestamptz(3) not null,
      "by_id" uuid null,
      "reason" text null,
      primary key ("id")
    );
    create index "waitlist_entry_change_entry_id_at_id_index" on "waitlist_entry_change" ("entry_id", "at", "id");
    create index "waitlist_entry_change_by_id_index" on "waitlist_entry_change" ("by_id");
    alter table "waitlist_entry_change" add constraint "waitlist_entry_change_entry_id_foreign" foreign key ("entry_id") references "waitlist_entry" ("id") on delete restrict;
    alter table "waitlist_entry_change" add constraint "waitlist_entry_change_by_id_foreign" foreign key ("by_id") references "user_account" ("id") on delete restrict;
    alter table "waitlist_entry_change" add constraint "waitlist_entry_change_from_check" check ("from" in ('WAITING', 'OFFERED', 'BOOKED', 'EXPIRED', 'CANCELLED'));
    alter table "waitlist_entry_change" add constraint "waitlist_entry_change_to_check" check ("to" in ('WAITING', 'OFFERED', 'BOOKED', 'EXPIRED', 'CANCELLED'));`)

    this.addSql(`
    create table "waitlist_offer" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "entry_id" uuid not null,
      "doctor_id" uuid not null,
      "location_id" uuid not null,
      "room_id" uuid null,
      "starts_at" timestamptz(3) not null,
      "ends_at" timestamptz(3) not null,
      "expires_at" timestamptz(3) not null,
      "state" text not null default 'OPEN',
      "answered_at" timestamptz(3) null,
      "hold_id" uuid null,
      "freed_time_id" uuid null,
      "appointment_id" uuid null,
      "offered_by_id" uuid null,
      primary key ("id")
    );
    create unique index "waitlist_offer_one_of_entry" on "waitlist_offer" ("entry_id") where state = 'OPEN';
    create unique index "waitlist_offer_one_of_time" on "waitlist_offer" ("freed_time_id") where state = 'OPEN';
    create index "waitlist_offer_open" on "waitlist_offer" ("expires_at") where state = 'OPEN';
    create index "waitlist_offer_entry_id_created_at_id_index" on "waitlist_offer" ("entry_id", "created_at", "id");
    create index "waitlist_offer_doctor_id_index" on "waitlist_offer" ("doctor_id");
    create index "waitlist_offer_location_id_index" on "waitlist_offer" ("location_id");
    create index "waitlist_offer_room_id_index" on "waitlist_offer" ("room_id");
    create index "waitlist_offer_hold_id_index" on "waitlist_offer" ("hold_id");
    create index "waitlist_offer_freed_time_id_index" on "waitlist_offer" ("freed_time_id");
    create index "waitlist_offer_appointment_id_index" on "waitlist_offer" ("appointment_id");
    create index "waitlist_offer_offered_by_id_index" on "waitlist_offer" ("offered_by_id");
    alter table "waitlist_offer" add constraint "waitlist_offer_entry_id_foreign" foreign key ("entry_id") references "waitlist_entry" ("id") on delete restrict;
    alter table "waitlist_offer" add constraint "waitlist_offer_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete restrict;
    alter table "waitlist_offer" add constraint "waitlist_offer_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete restrict;
    alter table "waitlist_offer" add constraint "waitlist_offer_room_id_foreign" foreign key ("room_id") references "room" ("id") on delete restrict;
    alter table "waitlist_offer" add constraint "waitlist_offer_hold_id_foreign" foreign key ("hold_id") references "appointment_hold" ("id") on delete set null;
    alter table "waitlist_offer" add constraint "waitlist_offer_freed_time_id_foreign" foreign key ("freed_time_id") references "freed_time" ("id") on delete restrict;
    alter table "waitlist_offer" add constraint "waitlist_offer_appointment_id_foreign" foreign key ("appointment_id") references "appointment" ("id") on delete restrict;
    alter table "waitlist_offer" add constraint "waitlist_offer_offered_by_id_foreign" foreign key ("offered_by_id") references "user_account" ("id") on delete restrict;
    alter table "waitlist_offer" add constraint "waitlist_offer_times" check (starts_at < ends_at);
    alter table "waitlist_offer" add constraint "waitlist_offer_answer" check ((state = 'OPEN') = (answered_at is null));
    alter table "waitlist_offer" add constraint "waitlist_offer_booked" check ((state = 'ACCEPTED') = (appointment_id is not null));
    alter table "waitlist_offer" add constraint "waitlist_offer_state_check" check ("state" in ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN'));`)

    // New tables with a patient take nothing new about one that was merged.
    this.addSql('select clinic_guard_merged_patients();')
  }

  override async down(): Promise<void> {
    for (const table of TABLES.toReversed()) this.addSql(`drop table "${table}" cascade;`)
  }
}
