import { Migration } from '@mikro-orm/migrations'

import { auditAppend } from './sql/audit-append.ts'

const ACTIVE = "'BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS'"

/**
 * Books a visit that nothing stands in the way of, with all that belongs to it, and says whether it did. It waits for the locks, one after
 * another in the given order, and looks with a snapshot taken after them, as `booking_time` does. When anything is in the way, or is to be
 * weighed (a hold of one's own, an earlier answer to the key, too many open bookings), nothing is written: who asks then takes the long way,
 * which knows what it was. Visits that may lie over others are not made here.
 */
const BOOK_VISIT = `
  create function book_visit(
    locks bigint[], visit uuid, patient uuid, doctor uuid, place uuid, in_room uuid, begins timestamptz, ends timestamptz, why text,
    for_service uuid, before_minutes smallint, after_minutes smallint, amount numeric, currency text, who uuid, at_present timestamptz,
    most_open int, step uuid, key_id uuid, key_operation text, key_text text, key_hash text, event_id uuid, told jsonb, message text
  ) returns boolean
  language plpgsql volatile set plan_cache_mode = 'force_generic_plan' set enable_seqscan = off as $$
  declare
    number bigint;
    -- The visit with the time that is kept free around it.
    opens constant timestamptz := begins - before_minutes * interval '1 minute';
    closes constant timestamptz := ends + after_minutes * interval '1 minute';
    -- How far others may reach: the longest time kept free around a visit; and the longest visit, for an index on the beginning.
    near constant interval := '4 hours';
    far constant interval := '28 hours';
    -- A variable, so that the plan, which is kept, goes by the doctor and the patient and not by a partial index that was small when it was made.
    active constant text[] := array[${ACTIVE}];
  begin
    foreach number in array locks loop
      perform pg_advisory_xact_lock(number);
    end loop;
    if exists (
      select from appointment a
      where a.doctor_id = doctor and a.starts_at > begins - far and a.starts_at < ends + near and a.ends_at > begins - near and a.status = any (active)
        and a.starts_at - a.buffer_before_minutes * interval '1 minute' < closes and a.ends_at + a.buffer_after_minutes * interval '1 minute' > opens
    ) or exists (
      select from appointment a
      where a.patient_id = patient and a.starts_at > begins - far and a.starts_at < ends and a.ends_at > begins and a.status = any (active)
    ) or exists (
      select from appointment_hold h
      where h.doctor_id = doctor and h.starts_at > begins - far and h.starts_at < ends + near and h.ends_at > begins - near
        and h.expires_at > at_present and (h.user_id = who or h.patient_id = patient or h.starts_at < closes and h.ends_at > opens)
    ) then
      return false;
    end if;
    if in_room is not null and (exists (
      select from appointment a
      where a.room_id = in_room and tstzrange(a.starts_at, a.ends_at) && tstzrange(begins - near, ends + near) and a.room_id is not null
        and a.status in (${ACTIVE})
        and a.starts_at - a.buffer_before_minutes * interval '1 minute' < closes and a.ends_at + a.buffer_after_minutes * interval '1 minute' > opens
    ) or exists (
      select from appointment_hold h
      where h.room_id = in_room and h.starts_at < ends + near and h.ends_at > begins - near
        and h.expires_at > at_present and (h.user_id = who or h.patient_id = patient or h.starts_at < closes and h.ends_at > opens)
    )) then
      return false;
    end if;
    if key_id is not null and exists (
      select from idempotency_key k where k.user_id = who and k.operation = key_operation and k.key = key_text
    ) then
      return false;
    end if;
    if most_open is not null and most_open <= (
      select count(*) from appointment a join user_account u on u.id = a.booked_by_id
      where a.patient_id = patient and a.starts_at > at_present and u.staff_id is null
        and a.status in ('REQUESTED', 'BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS')
    ) then
      return false;
    end if;
    insert into appointment (id, created_at, updated_at, patient_id, doctor_id, location_id, room_id, starts_at, ends_at, status, reason,
        service_id, buffer_before_minutes, buffer_after_minutes, price_amount, price_currency, booked_by_id)
      values (visit, at_present, at_present, patient, doctor, place, in_room, begins, ends, 'BOOKED', why,
        for_service, before_minutes, after_minutes, amount, currency, who);
    insert into appointment_status_change (id, created_at, updated_at, appointment_id, "to", at, by_id)
      values (step, at_present, at_present, visit, 'BOOKED', at_present, who);
    if key_id is not null then
      insert into idempotency_key (id, user_id, operation, key, input_hash, entity_id, created_at)
        values (key_id, who, key_operation, key_text, key_hash, visit, at_present);
    end if;
    insert into audit_outbox (id, event, news) values (event_id, told, message);
    return true;
  end $$`

/**
 * A visit is booked by one statement (see `BOOK_VISIT`). What it has to tell to those who watch waits in the outbox with its event: a
 * transaction that notifies holds a lock of the whole server until its commit is on disk, so that bookings would be written to disk one by
 * one; the call that takes in the outbox notifies for all of them.
 */
export class Migration20261120176000_booking_at_once extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    alter table "audit_outbox" add column "news" text null;
    alter table "audit_outbox" add constraint "audit_outbox_news" check (octet_length(news) < 8000);
    grant insert ("news") on "audit_outbox" to clinic_app;`)
    this.addSql(auditAppend({ news: true, last: 'looked up' }))
    // Its plans do not depend on the events; to weigh that anew at each call took longer than the work.
    this.addSql(`alter function audit_append(jsonb) set plan_cache_mode = 'force_generic_plan';`)
    this.addSql(`${BOOK_VISIT};`)
  }

  override async down(): Promise<void> {
    this.addSql('drop function "book_visit";')
    this.addSql('alter function audit_append(jsonb) reset plan_cache_mode;')
    this.addSql(auditAppend({ news: false, last: 'looked up' }))
    this.addSql('alter table "audit_outbox" drop column "news";')
  }
}
