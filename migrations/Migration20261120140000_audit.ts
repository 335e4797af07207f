import { Migration } from '@mikro-orm/migrations'

const OWN = '"audit_event", "audit_event_patient", "audit_head", "audit_outbox"'
const FUNCTIONS = [
  'audit_append(jsonb)',
  'audit_archive(bigint, bytea)',
  'audit_line(audit_event)',
  'audit_id(timestamptz)',
  'audit_fits(jsonb)',
  'audit_refuse()',
  'audit_keep()',
]

/**
 * The audit trail: append-only, hash-chained, and the database role of the application, which can add to it and not change it
 * (RULES S2, SECURITY P3, P4).
 */
export class Migration20261120140000_audit extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    create table "audit_event" (
      "id" uuid not null,
      "seq" bigint not null,
      "occurred_at" timestamptz(3) not null,
      "user_id" uuid null,
      "roles" text[] not null,
      "action" text not null,
      "outcome" text not null,
      "patient_ids" uuid[] not null,
      "sections" text[] not null,
      "entity" text null,
      "entity_id" uuid null,
      "subject_user_id" uuid null,
      "facts" jsonb null,
      "request_id" text null,
      "remote_address" text null,
      "previous_hash" bytea not null,
      "hash" bytea not null,
      primary key ("id")
    );
    alter table "audit_event" add constraint "audit_event_seq_unique" unique ("seq");
    create index "audit_event_occurred_at_seq_index" on "audit_event" ("occurred_at", "seq");
    create index "audit_event_by_user" on "audit_event" ((coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid)), "occurred_at", "seq");
    create index "audit_event_action_occurred_at_seq_index" on "audit_event" ("action", "occurred_at", "seq");
    create index "audit_event_outcome_occurred_at_seq_index" on "audit_event" ("outcome", "occurred_at", "seq");
    create index "audit_event_by_subject" on "audit_event" ("subject_user_id", "occurred_at", "seq") where subject_user_id is not null;
    alter table "audit_event" add constraint "audit_event_hashes" check (length(hash) = 32 and length(previous_hash) = 32);
    alter table "audit_event" add constraint "audit_event_outcome_check" check ("outcome" in ('SUCCESS', 'DENIED', 'FAILED'));`)

    // One row per patient of an event: what "who opened this record" is read from.
    this.addSql(`
    create table "audit_event_patient" (
      "id" uuid not null,
      "seq" bigint not null,
      "patient_id" uuid not null,
      "occurred_at" timestamptz(3) not null,
      primary key ("id")
    );
    create index "audit_event_patient_patient_id_occurred_at_id_index" on "audit_event_patient" ("patient_id", "occurred_at", "id");
    create index "audit_event_patient_seq_index" on "audit_event_patient" ("seq");`)

    // The end of the chain, so that a cut-off end shows, and where the table's part begins after an archive was taken.
    this.addSql(`
    create table "audit_head" (
      "id" smallint not null default 1,
      "seq" bigint not null default 0,
      "hash" bytea not null default '\\x0000000000000000000000000000000000000000000000000000000000000000',
      "archived_seq" bigint not null default 0,
      "archived_hash" bytea not null default '\\x0000000000000000000000000000000000000000000000000000000000000000',
      primary key ("id")
    );
    alter table "audit_head" add constraint "audit_head_one_row" check (id = 1);
    insert into "audit_head" default values;`)

    // Events that are written in the transaction of the change they tell of, until the next append takes them into the chain.
    this.addSql(`
    create table "audit_outbox" (
      "id" uuid not null,
      "occurred_at" timestamptz(3) not null default now(),
      "event" jsonb not null,
      primary key ("id")
    );`)

    this.addSql(identifiers)
    this.addSql(line)
    this.addSql(fits)
    this.addSql(append)
    this.addSql(archive)
    this.addSql(guards)
    this.addSql(applicationRole)
    this.addSql(grants)
  }

  override async down(): Promise<void> {
    this.addSql('alter default privileges in schema public revoke all on tables from clinic_app;')
    this.addSql('alter default privileges in schema public revoke all on sequences from clinic_app;')
    this.addSql('revoke all on all tables in schema public from clinic_app;')
    this.addSql('revoke all on all sequences in schema public from clinic_app;')
    this.addSql('revoke all on schema public from clinic_app;')
    for (const name of FUNCTIONS.slice(0, 3)) this.addSql(`drop function if exists ${name};`)
    this.addSql(`drop table if exists ${OWN} cascade;`)
    for (const name of FUNCTIONS.slice(3)) this.addSql(`drop function if exists ${name};`)
    // The role belongs to the whole server: another database of it may use the same.
  }
}

/** UUIDv7 of an instant: PostgreSQL has a function of its own from version 18 on. */
const identifiers = `
create function audit_id(at timestamptz) returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;`

/**
 * Whether an event can be appended; raises when a value does not fit its column. Asked when it is put into the outbox, so that a wrong one
 * fails there, with the change it tells of, and does not stand in the way of every event behind it.
 */
const fits = `
create function audit_fits(event jsonb) returns boolean language plpgsql stable as $$
declare
  e audit_event%rowtype := jsonb_populate_record(null::audit_event, event);
begin
  return e.action is not null and coalesce(e.outcome, 'SUCCESS') in ('SUCCESS', 'DENIED', 'FAILED') and array_position(e.patient_ids, null) is null;
end
$$;
alter table "audit_outbox" add constraint "audit_outbox_fits" check (audit_fits(event));`

/** The text of an event that is hashed: every column but the hashes, as JSON. */
const line = `
create function audit_line(e audit_event) returns text language sql stable as $$
  select jsonb_build_object(
    'seq', e.seq, 'id', e.id, 'occurredAt', to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'userId', e.user_id, 'roles', e.roles, 'action', e.action, 'outcome', e.outcome, 'patientIds', e.patient_ids,
    'sections', e.sections, 'entity', e.entity, 'entityId', e.entity_id, 'subjectUserId', e.subject_user_id,
    'facts', e.facts, 'requestId', e.request_id, 'remoteAddress', e.remote_address)::text
$$;`

/**
 * The only way into the trail. The lock comes first, in a statement of its own: what follows it then sees everything that was appended
 * before. (One \`insert … select last\` takes its snapshot before it waits, and two instances would continue the same event.)
 */
const append = `
create function audit_append(events jsonb) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head audit_head%rowtype;
  drained jsonb;
  given jsonb;
  e audit_event%rowtype;
  chained audit_event[] := '{}';
  first bigint;
  at timestamptz;
begin
  perform pg_advisory_xact_lock(7263602);
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the audit trail is appended to in read committed transactions only';
  end if;
  select * into strict head from audit_head;
  first := head.seq + 1;
  at := date_trunc('milliseconds', clock_timestamp());
  if exists (select from audit_outbox) then
    with waiting as (select id from audit_outbox order by occurred_at, id limit 1000),
      taken as (delete from audit_outbox o using waiting w where o.id = w.id returning o.occurred_at, o.id, o.event)
    select coalesce(jsonb_agg(event || jsonb_build_object('occurred_at', occurred_at) order by occurred_at, id), '[]') into strict drained from taken;
    events := drained || events;
    first := first + jsonb_array_length(drained);
  end if;
  for given in select value from jsonb_array_elements(events) loop
    e := jsonb_populate_record(null::audit_event, given);
    e.seq := head.seq + 1;
    -- Those of the outbox have the time of their transaction; nobody else may choose one.
    if e.seq >= first then e.occurred_at := at; end if;
    e.id := audit_id(e.occurred_at);
    e.roles := coalesce(e.roles, '{}');
    e.patient_ids := coalesce(e.patient_ids, '{}');
    e.sections := coalesce(e.sections, '{}');
    e.outcome := coalesce(e.outcome, 'SUCCESS');
    e.previous_hash := head.hash;
    e.hash := sha256(convert_to(encode(head.hash, 'hex') || chr(10) || audit_line(e), 'UTF8'));
    chained := chained || e;
    head.seq := e.seq;
    head.hash := e.hash;
  end loop;
  insert into audit_event select * from unnest(chained);
  insert into audit_event_patient (id, seq, patient_id, occurred_at)
    select audit_id(c.occurred_at), c.seq, patient, c.occurred_at from unnest(chained) c, unnest(c.patient_ids) patient;
  update audit_head set seq = head.seq, hash = head.hash where seq <> head.seq;
  return head.seq;
end
$$;`

/**
 * Notes that the events up to one whose hash is known are in a file: the chain begins behind them, and they may be deleted. The deleting is
 * left to the caller, in portions, because nothing can be appended while this runs.
 */
const archive = `
create function audit_archive(last_seq bigint, last_hash bytea) returns void
  language plpgsql set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(7263602);
  if not exists (select from audit_event where seq = last_seq and hash = last_hash) then
    raise exception 'the event % is not in the trail, or not as it was archived', last_seq;
  end if;
  update audit_head set archived_seq = last_seq, archived_hash = last_hash;
end
$$;`

/** Against accidents of those who may: the owner of the tables is stopped too, unless the events are in an archive. */
const guards = `
create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end
$$;
create function audit_keep() returns trigger language plpgsql as $$
begin
  if old.seq > (select archived_seq from audit_head) then
    raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
  end if;
  return old;
end
$$;
create trigger audit_event_unchanged before update or truncate on audit_event for each statement execute function audit_refuse();
create trigger audit_event_kept before delete on audit_event for each row execute function audit_keep();
create trigger audit_event_patient_unchanged before update or truncate on audit_event_patient for each statement execute function audit_refuse();
create trigger audit_event_patient_kept before delete on audit_event_patient for each row execute function audit_keep();`

/** A role belongs to the whole server: it may be there already, made for another database or by the operator. */
const applicationRole = `
do $$
begin
  if not exists (select from pg_roles where rolname = 'clinic_app') then
    begin
      create role clinic_app nologin;
    exception
      when duplicate_object or unique_violation then null;
      when insufficient_privilege then
        raise exception 'The role clinic_app is missing and this login may not create it.'
          using hint = format('As an administrator: create role clinic_app nologin; grant clinic_app to %I;', current_user);
    end;
  end if;
  -- Who makes a role may give it, and does not yet have it. A superuser needs no membership.
  if not (select rolsuper from pg_roles where rolname = current_user) then
    begin
      execute format('grant clinic_app to %I', current_user);
    exception when insufficient_privilege then
      if not pg_has_role(current_user, 'clinic_app', 'member') then raise; end if;
    end;
  end if;
end
$$;`

/** The application reads and writes everything but what must not change under its hands. */
const grants = `
grant usage on schema public to clinic_app;
grant select, insert, update, delete on all tables in schema public to clinic_app;
grant usage, select, update on all sequences in schema public to clinic_app;
alter default privileges in schema public grant select, insert, update, delete on tables to clinic_app;
alter default privileges in schema public grant usage, select, update on sequences to clinic_app;
revoke insert, update, delete on ${OWN}, "schema_migration" from clinic_app;
grant insert ("id", "event") on "audit_outbox" to clinic_app;
revoke all on function audit_append(jsonb), audit_archive(bigint, bytea) from public;
grant execute on function audit_append(jsonb) to clinic_app;`
