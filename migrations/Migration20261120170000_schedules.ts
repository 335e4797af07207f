import { Migration } from '@mikro-orm/migrations'

const TABLES = ['service', 'clinic_closure', 'time_off', 'schedule_exception', 'schedule_exception_hours', 'schedule_break']

const SETTINGS = {
  minimum_notice_minutes: 120,
  booking_horizon_days: 90,
  max_open_bookings: 3,
  late_cancellation_hours: 24,
  slot_step_minutes: 10,
  hold_minutes: 10,
}

const ROW = `
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),`

/** Services with their prices, days that differ from the working week, absences, closures, and the window in which patients book. */
export class Migration20261120170000_schedules extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    create table "service" (${ROW}
      "version" int not null default 1,
      "code" text not null,
      "name" text not null,
      "specialty" text null,
      "duration_minutes" smallint not null,
      "buffer_before_minutes" smallint not null default 0,
      "buffer_after_minutes" smallint not null default 0,
      "price_amount" numeric(14,2) not null,
      "price_currency" char(3) not null,
      "online_bookable" boolean not null default false,
      "active" boolean not null default true,
      primary key ("id")
    );
    alter table "service" add constraint "service_code_unique" unique ("code");
    create index "service_specialty_index" on "service" ("specialty");
    create index "service_name_id_index" on "service" ("name", "id");
    alter table "service" add constraint "service_price" check (price_amount >= 0);
    alter table "service" add constraint "service_buffers" check (buffer_before_minutes >= 0 and buffer_before_minutes <= 120 and buffer_after_minutes >= 0 and buffer_after_minutes <= 120);
    alter table "service" add constraint "service_duration" check (duration_minutes >= 5 and duration_minutes <= 480);`)

    this.addSql(`
    create table "schedule_break" (${ROW}
      "weekly_schedule_id" uuid not null,
      "starts_at" time(0) not null,
      "ends_at" time(0) not null,
      "label" text null,
      primary key ("id")
    );
    create index "schedule_break_weekly_schedule_id_index" on "schedule_break" ("weekly_schedule_id");
    alter table "schedule_break" add constraint "schedule_break_weekly_schedule_id_foreign" foreign key ("weekly_schedule_id") references "weekly_schedule" ("id") on delete cascade;
    alter table "schedule_break" add constraint "schedule_break_hours" check (starts_at < ends_at);
    alter table "schedule_break" add constraint "schedule_break_no_overlap"
      exclude using gist (weekly_schedule_id with =, tsrange(date '2000-01-01' + starts_at, date '2000-01-01' + ends_at) with &&);`)

    this.addSql(`
    create table "schedule_exception" (${ROW}
      "doctor_id" uuid not null,
      "location_id" uuid not null,
      "date" date not null,
      "kind" text not null,
      "note" text null,
      primary key ("id")
    );
    alter table "schedule_exception" add constraint "schedule_exception_doctor_id_location_id_date_unique" unique ("doctor_id", "location_id", "date");
    create index "schedule_exception_doctor_id_date_id_index" on "schedule_exception" ("doctor_id", "date", "id");
    create index "schedule_exception_location_id_index" on "schedule_exception" ("location_id");
    alter table "schedule_exception" add constraint "schedule_exception_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete cascade;
    alter table "schedule_exception" add constraint "schedule_exception_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete restrict;
    alter table "schedule_exception" add constraint "schedule_exception_kind_check" check ("kind" in ('OTHER_HOURS', 'EXTRA_HOURS', 'NOT_WORKING'));`)

    this.addSql(`
    create table "schedule_exception_hours" (${ROW}
      "schedule_exception_id" uuid not null,
      "room_id" uuid null,
      "starts_at" time(0) not null,
      "ends_at" time(0) not null,
      primary key ("id")
    );
    create index "schedule_exception_hours_schedule_exception_id_index" on "schedule_exception_hours" ("schedule_exception_id");
    create index "schedule_exception_hours_room_id_index" on "schedule_exception_hours" ("room_id");
    alter table "schedule_exception_hours" add constraint "schedule_exception_hours_schedule_exception_id_foreign" foreign key ("schedule_exception_id") references "schedule_exception" ("id") on delete cascade;
    alter table "schedule_exception_hours" add constraint "schedule_exception_hours_room_id_foreign" foreign key ("room_id") references "room" ("id") on delete set null;
    alter table "schedule_exception_hours" add constraint "schedule_exception_hours_hours" check (starts_at < ends_at);
    alter table "schedule_exception_hours" add constraint "schedule_exception_hours_no_overlap"
      exclude using gist (schedule_exception_id with =, tsrange(date '2000-01-01' + starts_at, date '2000-01-01' + ends_at) with &&);`)

    this.addSql(`
    create table "time_off" (${ROW}
      "doctor_id" uuid not null,
      "kind" text not null,
      "starts_at" timestamptz(3) not null,
      "ends_at" timestamptz(3) not null,
      "starts_on" date null,
      "ends_on" date null,
      "reason" text null,
      "cancelled_at" timestamptz(3) null,
      "entered_by_id" uuid not null,
      "cancelled_by_id" uuid null,
      primary key ("id")
    );
    create index "time_off_doctor_id_starts_at_id_index" on "time_off" ("doctor_id", "starts_at", "id");
    create index "time_off_entered_by_id_index" on "time_off" ("entered_by_id");
    create index "time_off_cancelled_by_id_index" on "time_off" ("cancelled_by_id");
    alter table "time_off" add constraint "time_off_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete restrict;
    alter table "time_off" add constraint "time_off_entered_by_id_foreign" foreign key ("entered_by_id") references "user_account" ("id") on delete restrict;
    alter table "time_off" add constraint "time_off_cancelled_by_id_foreign" foreign key ("cancelled_by_id") references "user_account" ("id") on delete restrict;
    alter table "time_off" add constraint "time_off_cancellation" check ((cancelled_at is null) = (cancelled_by_id is null));
    alter table "time_off" add constraint "time_off_days" check ((starts_on is null) = (ends_on is null) and (starts_on is null or starts_on <= ends_on));
    alter table "time_off" add constraint "time_off_times" check (starts_at < ends_at);
    alter table "time_off" add constraint "time_off_kind_check" check ("kind" in ('VACATION', 'SICK_LEAVE', 'TRAINING', 'OTHER'));`)

    this.addSql(`
    create table "clinic_closure" (${ROW}
      "location_id" uuid null,
      "name" text not null,
      "starts_on" date not null,
      "ends_on" date not null,
      primary key ("id")
    );
    create index "clinic_closure_location_id_index" on "clinic_closure" ("location_id");
    create index "clinic_closure_starts_on_id_index" on "clinic_closure" ("starts_on", "id");
    create index "clinic_closure_ends_on_index" on "clinic_closure" ("ends_on");
    alter table "clinic_closure" add constraint "clinic_closure_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete restrict;
    alter table "clinic_closure" add constraint "clinic_closure_days" check (starts_on <= ends_on);`)

    for (const [column, value] of Object.entries(SETTINGS))
      this.addSql(`alter table "clinic_setting" add column "${column}" smallint not null default ${value};`)
    this.addSql(`
    alter table "clinic_setting" add constraint "clinic_setting_booking_window" check (minimum_notice_minutes >= 0 and minimum_notice_minutes <= 20160 and booking_horizon_days >= 1 and booking_horizon_days <= 730 and max_open_bookings >= 1 and max_open_bookings <= 50);
    alter table "clinic_setting" add constraint "clinic_setting_booking_times" check (late_cancellation_hours >= 0 and late_cancellation_hours <= 336 and slot_step_minutes >= 5 and slot_step_minutes <= 120 and hold_minutes >= 1 and hold_minutes <= 60);`)
  }

  override async down(): Promise<void> {
    this.addSql('alter table "clinic_setting" drop constraint "clinic_setting_booking_times";')
    this.addSql('alter table "clinic_setting" drop constraint "clinic_setting_booking_window";')
    for (const column of Object.keys(SETTINGS)) this.addSql(`alter table "clinic_setting" drop column "${column}";`)
    for (const table of TABLES.toReversed()) this.addSql(`drop table "${table}" cascade;`)
  }
}
