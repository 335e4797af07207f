/** How `audit_append` was made in the course of time. */
export interface AuditAppend {
  /** Whether what an event of the outbox has to tell to those who watch is told along with it. */
  readonly news: boolean
  /**
   * How it learns the hash that the next call continues. Looked up in the table, it can be found by reading all of it: a plan made while
   * the trail was short is kept by a session for hours.
   */
  readonly last: 'looked up' | 'said by the insertion'
}

/**
 * The only way into the trail. The lock comes first, in a statement of its own: what follows it then sees everything that was appended
 * before. (One `insert … select last` takes its snapshot before it waits, and two instances would continue the same event.)
 */
export const auditAppend = ({ news, last }: AuditAppend): string => `
create or replace function audit_append(events jsonb) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  head record;
  last_seq bigint;
${last === 'looked up' ? '  last_hash bytea;\n' : ''}  drained jsonb;${news ? '\n  told text[];' : ''}
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
  if last_seq = head.seq then return head.seq; end if;${last === 'looked up' ? `${INSERT};${LOOKED_UP}` : `\n  with made as (${INSERT}${SAID}`}
  return last_seq;
end
$$;`

/** The insertion of all events, without its end. */
const INSERT = `
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
    ) c`

const LOOKED_UP = `
  select e.hash into strict last_hash from audit_event e where e.seq = last_seq;
  update audit_head set seq = last_seq, hash = last_hash;`

const SAID = `
    returning seq, hash
  )
  update audit_head set seq = made.seq, hash = made.hash from made where made.seq = last_seq;`
