import { Migration } from '@mikro-orm/migrations'

const STATUSES = "'REQUESTED', 'BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'NO_SHOW', 'ENTERED_IN_ERROR'"
const COLUMNS = [
  'service_id',
  'buffer_before_minutes',
  'buffer_after_minutes',
  'price_amount',
  'price_currency',
  'series_id',
  'rescheduled_from_id',
  'booked_by_id',
  'cancellation_reason',
  'late_cancellation',
]
const TABLES = ['idempotency_key', 'appointment_hold', 'appointment_status_change', 'appointment_series']

/**
 * What a booking must know, in one call: waits for the locks, one after another in the given order, then reads with a snapshot taken after
 * them. A function, because a statement's snapshot is older than the locks it waits for, because bookings stand in line behind each
 * other, and because its plans are kept. Times are looked for near each of the starts, up to the longest appointment and its buffers.
 */
const BOOKING_TIME = `
  create function booking_time(
    locks bigint[], doctors uuid[], patient uuid, rooms uuid[], starts timestamptz[], length interval, without uuid[], who uuid, hold uuid,
    at_present timestamptz, key_user uuid, key_operation text, key_text text
  ) returns table (taken json, open_bookings int, answer json)
  language plpgsql volatile as $$
  declare
    number bigint;
    longest constant interval := '24 hours';
    buffers constant interval := '4 hours';
    times jsonb := '[]';
    start timestamptz;
  begin
    foreach number in array locks loop
      perform pg_advisory_xact_lock(number);
    end loop;
    foreach start in array starts loop
      times := times || coalesce((
        select jsonb_agg(jsonb_build_object('of', t.kind, 'owner', t.owner, 'id', t.id,
          'from', round(extract(epoch from t.begins) * 1000), 'to', round(extract(epoch from t.ends) * 1000)))
        from (
          select 'DOCTOR' as kind, a.doctor_id as owner, null::uuid as id, a.starts_at - a.buffer_before_minutes * interval '1 minute' as begins,
            a.ends_at + a.buffer_after_minutes * interval '1 minute' as ends
          from appointment a
          where a.doctor_id = any (doctors) and a.starts_at > start - (longest + buffers) and a.starts_at < start + length + buffers
            and a.ends_at > start - buffers and a.status in ('BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS') and a.id <> all (without)
          union all
          select 'PATIENT', a.patient_id, null, a.starts_at, a.ends_at
          from appointment a
          where a.patient_id = patient and a.starts_at > start - (longest + buffers) and a.starts_at < start + length + buffers
            and a.ends_at > start - buffers and a.status in ('BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS') and a.id <> all (without)
          union all
          select 'ROOM', a.room_id, null, a.starts_at - a.buffer_before_minutes * interval '1 minute',
            a.ends_at + a.buffer_after_minutes * interval '1 minute'
          from appointment a
          where a.room_id = any (rooms) and tstzrange(a.starts_at, a.ends_at) && tstzrange(start - buffers, start + length + buffers)
            and a.room_id is not null and a.status in ('BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS') and a.id <> all (without)
          union all
          select case when h.user_id = who or h.patient_id = patient or h.id = hold then 'OWN' else 'DOCTOR' end, h.doctor_id, h.id, h.starts_at, h.ends_at
          from appointment_hold h
          where h.doctor_id = any (doctors) and h.starts_at > start - (longest + buffers) and h.starts_at < start + length + buffers
            and h.ends_at > start - buffers and h.expires_at > at_present
          union all
          select case when h.user_id = who or h.patient_id = patient or h.id = hold then 'OWN' else 'ROOM' end, h.room_id, h.id, h.starts_at, h.ends_at
          from appointment_hold h
          where h.room_id = any (rooms) and h.starts_at < start + length + buffers and h.ends_at > start - buffers and h.expires_at > at_present
        ) t), '[]');
    end loop;
    taken := times;
    open_bookings := (
      select count(*) from appointment a join user_account u on u.id = a.booked_by_id
      where a.patient_id = patient and a.starts_at > at_present and u.staff_id is null and a.id <> all (without)
        and a.status in ('REQUESTED', 'BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS'));
    if key_text is not null then
      answer := (
        select json_build_object('entityId', k.entity_id, 'inputHash', k.input_hash) from idempotency_key k
        where k.user_id = key_user and k.operation = key_operation and k.key = key_text);
    end if;
    return next;
  end $$`

/** Booking: what an appointment keeps of its service, its history and its series; holds; answers to repeated requests (RULES A3–A8). */
export class Migration20261120171000_booking extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    create table "appointment_series" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "patient_id" uuid not null,
      "frequency" text not null,
      "every" smallint not null,
      "occurrences" smallint null,
      "until" date null,
      "skipped" jsonb not null default '[]',
      "booked_by_id" uuid not null,
      primary key ("id")
    );
    create index "appointment_series_patient_id_index" on "appointment_series" ("patient_id");
    create index "appointment_series_booked_by_id_index" on "appointment_series" ("booked_by_id");
    alter table "appointment_series" add constraint "appointment_series_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "appointment_series" add constraint "appointment_series_booked_by_id_foreign" foreign key ("booked_by_id") references "user_account" ("id") on delete restrict;
    alter table "appointment_series" add constraint "appointment_series_frequency_check" check ("frequency" in ('WEEKLY', 'MONTHLY'));
    alter table "appointment_series" add constraint "appointment_series_every" check (every >= 1 and every <= 12);
    alter table "appointment_series" add constraint "appointment_series_end" check (num_nonnulls(occurrences, until) = 1);`)

    this.addSql(`
    alter table "appointment"
      add column "service_id" uuid null,
      add column "buffer_before_minutes" smallint not null default 0,
      add column "buffer_after_minutes" smallint not null default 0,
      add column "price_amount" numeric(14,2) null,
      add column "price_currency" character(3) null,
      add column "series_id" uuid null,
      add column "rescheduled_from_id" uuid null,
      add column "booked_by_id" uuid null,
      add column "cancellation_reason" text null,
      add column "late_cancellation" boolean not null default false;
    create index "appointment_service_id_index" on "appointment" ("service_id");
    create index "appointment_series_id_starts_at_id_index" on "appointment" ("series_id", "starts_at", "id");
    create index "appointment_unresolved" on "appointment" ("starts_at", "id") where (status = any (array['BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS']));
    create index "appointment_booked_by_id_index" on "appointment" ("booked_by_id");
    alter table "appointment" add constraint "appointment_rescheduled_from_id_unique" unique ("rescheduled_from_id");
    alter table "appointment" add constraint "appointment_service_id_foreign" foreign key ("service_id") references "service" ("id") on delete restrict;
    alter table "appointment" add constraint "appointment_series_id_foreign" foreign key ("series_id") references "appointment_series" ("id") on delete restrict;
    alter table "appointment" add constraint "appointment_rescheduled_from_id_foreign" foreign key ("rescheduled_from_id") references "appointment" ("id") on delete restrict;
    alter table "appointment" add constraint "appointment_booked_by_id_foreign" foreign key ("booked_by_id") references "user_account" ("id") on delete restrict;
    alter table "appointment" add constraint "appointment_buffers" check (buffer_before_minutes >= 0 and buffer_before_minutes <= 120 and buffer_after_minutes >= 0 and buffer_after_minutes <= 120);
    alter table "appointment" add constraint "appointment_price" check ((price_amount is null) = (price_currency is null) and price_amount >= 0);`)

    this.addSql(`
    create table "appointment_status_change" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "appointment_id" uuid not null,
      "from" text null,
      "to" text not null,
      "at" timestamptz(3) not null,
      "by_id" uuid null,
      "reason" text null,
      primary key ("id")
    );
    create index "appointment_status_change_by_id_index" on "appointment_status_change" ("by_id");
    create index "appointment_status_change_appointment_id_at_id_index" on "appointment_status_change" ("appointment_id", "at", "id");
    alter table "appointment_status_change" add constraint "appointment_status_change_appointment_id_foreign" foreign key ("appointment_id") references "appointment" ("id") on delete restrict;
    alter table "appointment_status_change" add constraint "appointment_status_change_by_id_foreign" foreign key ("by_id") references "user_account" ("id") on delete restrict;
    alter table "appointment_status_change" add constraint "appointment_status_change_from_check" check ("from" in (${STATUSES}));
    alter table "appointment_status_change" add constraint "appointment_status_change_to_check" check ("to" in (${STATUSES}));`)

    this.addSql(`
    create table "appointment_hold" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "doctor_id" uuid not null,
      "room_id" uuid null,
      "patient_id" uuid null,
      "user_id" uuid null,
      "starts_at" timestamptz(3) not null,
      "ends_at" timestamptz(3) not null,
      "expires_at" timestamptz(3) not null,
      primary key ("id")
    );
    create index "appointment_hold_room_id_index" on "appointment_hold" ("room_id");
    create index "appointment_hold_patient_id_index" on "appointment_hold" ("patient_id");
    create index "appointment_hold_user_id_index" on "appointment_hold" ("user_id");
    create index "appointment_hold_expires_at_index" on "appointment_hold" ("expires_at");
    create index "appointment_hold_doctor_id_starts_at_index" on "appointment_hold" ("doctor_id", "starts_at");
    alter table "appointment_hold" add constraint "appointment_hold_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete cascade;
    alter table "appointment_hold" add constraint "appointment_hold_room_id_foreign" foreign key ("room_id") references "room" ("id") on delete cascade;
    alter table "appointment_hold" add constraint "appointment_hold_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete cascade;
    alter table "appointment_hold" add constraint "appointment_hold_user_id_foreign" foreign key ("user_id") references "user_account" ("id") on delete cascade;
    alter table "appointment_hold" add constraint "appointment_hold_times" check (starts_at < ends_at);
    alter table "appointment_hold" add constraint "appointment_hold_length" check ((ends_at - starts_at) <= '24:00:00'::interval);
    alter table "appointment_hold" add constraint "appointment_hold_for" check (num_nonnulls(user_id, patient_id) >= 1);`)

    this.addSql(`
    create table "idempotency_key" (
      "id" uuid not null,
      "user_id" uuid not null,
      "operation" text not null,
      "key" text not null,
      "input_hash" character(64) not null,
      "entity_id" uuid not null,
      "created_at" timestamptz(3) not null,
      primary key ("id")
    );
    create index "idempotency_key_created_at_index" on "idempotency_key" ("created_at");
    alter table "idempotency_key" add constraint "idempotency_key_user_id_operation_key_unique" unique ("user_id", "operation", "key");
    alter table "idempotency_key" add constraint "idempotency_key_user_id_foreign" foreign key ("user_id") references "user_account" ("id") on delete cascade;`)

    this.addSql(`${BOOKING_TIME};`)
  }

  override async down(): Promise<void> {
    this.addSql('drop function "booking_time";')
    for (const table of TABLES.slice(0, -1)) this.addSql(`drop table "${table}" cascade;`)
    this.addSql('drop index "appointment_unresolved";')
    for (const column of COLUMNS) this.addSql(`alter table "appointment" drop column if exists "${column}" cascade;`)
    this.addSql('drop table "appointment_series" cascade;')
  }
}
