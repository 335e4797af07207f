import { Migration } from '@mikro-orm/migrations'

/** As in the migration before, and with `news`: what an event of the outbox has to tell to those who watch is told along with it. */
const append = (news: boolean): string => `
create or replace function audit_append(events jsonb) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  head record;
  last_seq bigint;
  last_hash bytea;
  drained jsonb;${news ? '\n  told text[];' : ''}
  -- Events that come out of the outbox.
  waited int := 0;
  at timestamptz;
begin
  perform pg_advisory_xact_lock(7263602);
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the audit trail is appended to in read committed transactions only';
  end if;
  select h.seq, h.hash, exists (select from audit_outbox) as waiting into strict head from audit_head h;
  at := date_trunc('milliseconds', clock_timestamp());
  if head.waiting then
    with waiting as (select id from audit_outbox order by occurred_at, id limit 1000),
      taken as (delete from audit_outbox o using waiting w where o.id = w.id returning o.occurred_at, o.id, o.event${news ? ', o.news' : ''})
    select coalesce(jsonb_agg(event || jsonb_build_object('occurred_at', occurred_at) order by occurred_at, id), '[]')${
      news
        ? `,
        array_agg(news) filter (where news is not null)`
        : ''
    }
      into strict drained${news ? ', told' : ''} from taken;${news ? "\n    perform pg_notify('clinic_live', n) from unnest(told) n;" : ''}
    waited := jsonb_array_length(drained);
    events := drained || events;
  end if;
  last_seq := head.seq + jsonb_array_length(events);
  if last_seq = head.seq then return head.seq; end if;
  insert into audit_event (seq, id, occurred_at, user_id, roles, action, outcome, patient_ids, sections,
      entity, entity_id, subject_user_id, facts, request_id, remote_address, previous_hash, hash, format)
    select c.seq, c.id, c."occurredAt" at time zone 'UTC', c."userId", c.roles, c.action, c.outcome, c."patientIds", c.sections,
      c.entity, c."entityId", c."subjectUserId", c.facts, c."requestId", c."remoteAddress", substr(c.link, 1, 32), substr(c.link, 33), c.format
    from (
      -- The text as in audit_line: the columns of "e", by their names and in their order.
      select e.*, audit_chain(head.hash, row_to_json(e)::text) over (order by e.seq rows unbounded preceding) as link
      from (
        -- Those of the outbox have the time of their transaction; nobody else may choose one.
        select 2 as format, head.seq + g.place as seq,
          audit_id(case when g.place <= waited then g.occurred_at else at end) as id,
          (case when g.place <= waited then g.occurred_at else at end) at time zone 'UTC' as "occurredAt",
          g.user_id as "userId", coalesce(g.roles, '{}') as roles, g.action,
          case when g.outcome is null then 'SUCCESS' when g.outcome in ('SUCCESS', 'DENIED', 'FAILED') then g.outcome end as outcome,
          coalesce(g.patient_ids, '{}') as "patientIds", coalesce(g.sections, '{}') as sections, g.entity, g.entity_id as "entityId",
          g.subject_user_id as "subjectUserId", g.facts, g.request_id as "requestId", g.remote_address as "remoteAddress"
        from rows from (jsonb_to_recordset(events) as (
          occurred_at timestamptz, user_id uuid, roles text[], action text, outcome text, patient_ids uuid[], sections text[],
          entity text, entity_id uuid, subject_user_id uuid, facts jsonb, request_id text, remote_address text
        )) with ordinality as g (occurred_at, user_id, roles, action, outcome, patient_ids, sections,
          entity, entity_id, subject_user_id, facts, request_id, remote_address, place)
      ) e
    ) c;
  select e.hash into strict last_hash from audit_event e where e.seq = last_seq;
  update audit_head set seq = last_seq, hash = last_hash;
  return last_seq;
end
$$;`

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
    this.addSql(append(true))
    // Its plans do not depend on the events; to weigh that anew at each call took longer than the work.
    this.addSql(`alter function audit_append(jsonb) set plan_cache_mode = 'force_generic_plan';`)
    this.addSql(`${BOOK_VISIT};`)
  }

  override async down(): Promise<void> {
    this.addSql('drop function "book_visit";')
    this.addSql('alter function audit_append(jsonb) reset plan_cache_mode;')
    this.addSql(append(false))
    this.addSql('alter table "audit_outbox" drop column "news";')
  }
}
