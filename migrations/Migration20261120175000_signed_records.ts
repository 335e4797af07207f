import { Migration } from '@mikro-orm/migrations'

const CHILDREN = ['diagnosis', 'vital', 'current_medication']

/**
 * A medical record that was signed, or was entered in error, is not changed or deleted any more, and neither are its diagnoses, vitals
 * and medications; nothing is added to it either (RULES C2, SECURITY C8). The database is the last word: no service can get around it.
 */
export class Migration20261120175000_signed_records extends Migration {
  override async up(): Promise<void> {
    this.addSql(keepRecord)
    this.addSql(keepParts)
    this.addSql(
      'create trigger medical_record_kept before update or delete on medical_record for each row execute function keep_signed_record();',
    )
    for (const table of CHILDREN) {
      this.addSql(
        `create trigger ${table}_kept before insert or update or delete on ${table} for each row execute function keep_parts_of_signed_record();`,
      )
    }
  }

  override async down(): Promise<void> {
    this.addSql('drop trigger medical_record_kept on medical_record;')
    for (const table of CHILDREN) this.addSql(`drop trigger ${table}_kept on ${table};`)
    this.addSql('drop function keep_signed_record(), keep_parts_of_signed_record(), owns_table(oid);')
  }
}

/**
 * Whoever owns the tables (migrations, the import, the generator of made-up patients) may write whole records as they come; everybody
 * else, and that is every request, may not. What a record may still do: its status goes on, and a merge of patients, which says so for
 * its transaction with \`set local clinic.merge = 'on'\`, gives it to the other patient. A column that is added later is kept as well.
 */
const keepRecord = `
create function owns_table(relation oid) returns boolean language sql stable as $$
  select pg_catalog.pg_has_role(relowner, 'usage') from pg_catalog.pg_class where oid = relation
$$;
create function keep_signed_record() returns trigger language plpgsql as $$
declare
  free text[] := '{status,version,updated_at}';
begin
  if old.status = 'DRAFT' or public.owns_table(tg_relid) then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  if tg_op = 'DELETE' then
    raise exception 'a signed medical record is not deleted' using errcode = 'insufficient_privilege';
  end if;
  if current_setting('clinic.merge', true) = 'on' then free := free || '{patient_id}'; end if;
  if to_jsonb(old) - free <> to_jsonb(new) - free then
    raise exception 'a signed medical record is not changed' using errcode = 'insufficient_privilege';
  end if;
  if old.status <> new.status and (old.status, new.status) not in
    (('SIGNED', 'AMENDED'), ('SIGNED', 'ENTERED_IN_ERROR'), ('AMENDED', 'ENTERED_IN_ERROR')) then
    raise exception 'a medical record does not go from % to %', old.status, new.status using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;`

/** The lock makes a part that is added while its record is being signed wait, and then see that it was. */
const keepParts = `
create function keep_parts_of_signed_record() returns trigger language plpgsql as $$
declare
  record_status text;
begin
  if public.owns_table(tg_relid) then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  for record_status in
    select status from public.medical_record
    where (tg_op <> 'INSERT' and id = old.medical_record_id) or (tg_op <> 'DELETE' and id = new.medical_record_id)
    order by id for share
  loop
    if record_status <> 'DRAFT' then
      raise exception 'nothing of a signed medical record is changed, added or deleted' using errcode = 'insufficient_privilege';
    end if;
  end loop;
  return case tg_op when 'DELETE' then old else new end;
end
$$;`
