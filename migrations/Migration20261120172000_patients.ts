import { Migration } from '@mikro-orm/migrations'

const TABLES = [
  'patient_consent',
  'allergy_status_change',
  'condition_status_change',
  'patient_distinction',
  'patient_merge',
  'patient_merge_row',
  'patient_merge_proposal',
  'name_word',
]

const ROW = `
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),`

/** Patient administration: who registered whom, consents, histories of allergies and conditions, duplicates, merging. */
export class Migration20261120172000_patients extends Migration {
  override async up(): Promise<void> {
    this.#patients()
    this.#search()
    this.#charts()
    this.#duplicates()
    this.#merging()
    this.#mergedPatientsTakeNothing()
  }

  override async down(): Promise<void> {
    this.addSql(`
    do $$ declare guarded record; begin
      for guarded in select tgrelid::regclass as of from pg_trigger where tgname = 'patient_not_merged' loop
        execute format('drop trigger patient_not_merged on %s', guarded.of);
      end loop;
    end $$;
    drop function if exists clinic_guard_merged_patients();
    drop function if exists clinic_refuse_merged_patient();`)
    this.addSql(`
    drop trigger if exists patient_names_inserted on patient;
    drop trigger if exists patient_name_changed on patient;
    drop function if exists clinic_learn_inserted_names();
    drop function if exists clinic_learn_changed_name();
    drop function if exists clinic_name_words(text);
    drop index if exists "patient_words_trgm";
    drop function if exists clinic_name_text(text);
    drop index if exists "patient_last_name_start";
    drop index if exists "patient_first_name_start";
    create index "patient_search_name_trgm" on "patient" using gin ("search_name" gin_trgm_ops);`)
    for (const table of TABLES.toReversed()) this.addSql(`drop table if exists "${table}" cascade;`)
    this.addSql(`
    drop index if exists "patient_email_lower";
    drop index if exists "patient_phone_end";
    alter table "patient_contact" drop column "version";
    alter table "allergy" drop column "verification_status";
    alter table "patient" drop column "merged_into_id", drop column "registered_by_id";`)
  }

  #patients(): void {
    this.addSql(`
    alter table "patient" add column "merged_into_id" uuid null, add column "registered_by_id" uuid null;
    create index "patient_merged_into_id_index" on "patient" ("merged_into_id") where merged_into_id is not null;
    create index "patient_registered_by_id_created_at_index" on "patient" ("registered_by_id", "created_at") where registered_by_id is not null;
    create index "patient_email_lower" on "patient" (lower(email)) where email is not null;
    create index "patient_phone_end" on "patient" (right(phone_digits, 7)) where phone_digits is not null;
    alter table "patient" add constraint "patient_merged_into_id_foreign" foreign key ("merged_into_id") references "patient" ("id") on delete restrict;
    alter table "patient" add constraint "patient_registered_by_id_foreign" foreign key ("registered_by_id") references "user_account" ("id") on delete restrict;
    alter table "patient" add constraint "patient_merged_into_another" check (merged_into_id <> id);
    alter table "patient_contact" add column "version" int not null default 1;`)

    this.addSql(`
    create table "patient_consent" (${ROW}
      "version" int not null default 1,
      "patient_id" uuid not null,
      "kind" text not null,
      "form_version" text not null,
      "signer_name" text not null,
      "signer" text not null,
      "valid_from" date not null,
      "valid_to" date null,
      "recorded_by_id" uuid not null,
      "revoked_at" timestamptz(3) null,
      "revoked_by_id" uuid null,
      primary key ("id")
    );
    create index "patient_consent_patient_id_kind_valid_from_index" on "patient_consent" ("patient_id", "kind", "valid_from");
    create index "patient_consent_recorded_by_id_index" on "patient_consent" ("recorded_by_id");
    create index "patient_consent_revoked_by_id_index" on "patient_consent" ("revoked_by_id");
    alter table "patient_consent" add constraint "patient_consent_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "patient_consent" add constraint "patient_consent_recorded_by_id_foreign" foreign key ("recorded_by_id") references "user_account" ("id") on delete restrict;
    alter table "patient_consent" add constraint "patient_consent_revoked_by_id_foreign" foreign key ("revoked_by_id") references "user_account" ("id") on delete restrict;
    alter table "patient_consent" add constraint "patient_consent_validity" check (valid_from <= valid_to);
    alter table "patient_consent" add constraint "patient_consent_revocation" check ((revoked_at is null) = (revoked_by_id is null));
    alter table "patient_consent" add constraint "patient_consent_kind_check" check ("kind" in ('TREATMENT', 'DATA_PROCESSING', 'DATA_SHARING', 'PHOTOGRAPHY', 'RESEARCH'));
    alter table "patient_consent" add constraint "patient_consent_signer_check" check ("signer" in ('PATIENT', 'GUARDIAN', 'REPRESENTATIVE'));`)
  }

  /** Names are found by their words: the parts of names by an index of their own, misspelt ones through the list of all words. */
  #search(): void {
    this.addSql(`
    -- Far cheaper than it claims to be: the planner shall not think of calling it for every patient of the clinic instead of using the index.
    create function clinic_name_text(search_name text) returns text language plpgsql immutable parallel safe strict cost 1000 as $$
    begin
      return ' ' || search_name;
    end $$;
    create index "patient_words_trgm" on "patient" using gin (clinic_name_text(search_name) gin_trgm_ops);
    create index "patient_last_name_start" on "patient" (lower(clinic_unaccent(last_name)) text_pattern_ops);
    create index "patient_first_name_start" on "patient" (lower(clinic_unaccent(first_name)) text_pattern_ops);
    drop index "patient_search_name_trgm";

    create table "name_word" ("word" text not null, primary key ("word"));
    create index "name_word_trgm" on "name_word" using gin ("word" gin_trgm_ops);

    create function clinic_name_words(name text) returns setof text language sql immutable parallel safe as $$
      select word from string_to_table(replace(name, '-', ' '), ' ') word where length(word) between 3 and 60 $$;

    -- In the order of the words, so that two transactions that add the same ones do not wait for each other in a circle.
    create function clinic_learn_inserted_names() returns trigger language plpgsql as $$
    begin
      insert into name_word select distinct word from inserted, clinic_name_words(search_name) word order by word on conflict do nothing;
      return null;
    end $$;
    create function clinic_learn_changed_name() returns trigger language plpgsql as $$
    begin
      insert into name_word select distinct word from clinic_name_words(new.search_name) word order by word on conflict do nothing;
      return null;
    end $$;
    create trigger patient_names_inserted after insert on patient referencing new table as inserted
      for each statement execute function clinic_learn_inserted_names();
    create trigger patient_name_changed after update of first_name, last_name on patient
      for each row when (old.first_name <> new.first_name or old.last_name <> new.last_name) execute function clinic_learn_changed_name();
    insert into name_word select distinct word from patient, clinic_name_words(search_name) word;`)
  }

  #charts(): void {
    this.addSql(`
    alter table "allergy" add column "verification_status" text not null default 'CONFIRMED';
    alter table "allergy" add constraint "allergy_verification_status_check" check ("verification_status" in ('UNCONFIRMED', 'CONFIRMED', 'REFUTED', 'ENTERED_IN_ERROR'));`)
    for (const entry of ['allergy', 'condition'])
      this.addSql(`
    create table "${entry}_status_change" (${ROW}
      "${entry}_id" uuid not null,
      "kind" text not null,
      "from_status" text not null,
      "to_status" text not null,
      "by_id" uuid not null,
      "reason" text null,
      primary key ("id")
    );
    create index "${entry}_status_change_${entry}_id_id_index" on "${entry}_status_change" ("${entry}_id", "id");
    create index "${entry}_status_change_by_id_index" on "${entry}_status_change" ("by_id");
    alter table "${entry}_status_change" add constraint "${entry}_status_change_${entry}_id_foreign" foreign key ("${entry}_id") references "${entry}" ("id") on delete restrict;
    alter table "${entry}_status_change" add constraint "${entry}_status_change_by_id_foreign" foreign key ("by_id") references "user_account" ("id") on delete restrict;
    alter table "${entry}_status_change" add constraint "${entry}_status_change_kind_check" check ("kind" in ('CLINICAL', 'VERIFICATION'));`)
  }

  #duplicates(): void {
    this.addSql(`
    create table "patient_distinction" (${ROW}
      "patient_id" uuid not null,
      "other_id" uuid not null,
      "by_id" uuid not null,
      primary key ("id")
    );
    create index "patient_distinction_other_id_index" on "patient_distinction" ("other_id");
    create index "patient_distinction_by_id_index" on "patient_distinction" ("by_id");
    alter table "patient_distinction" add constraint "patient_distinction_patient_id_other_id_unique" unique ("patient_id", "other_id");
    alter table "patient_distinction" add constraint "patient_distinction_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "patient_distinction" add constraint "patient_distinction_other_id_foreign" foreign key ("other_id") references "patient" ("id") on delete restrict;
    alter table "patient_distinction" add constraint "patient_distinction_by_id_foreign" foreign key ("by_id") references "user_account" ("id") on delete restrict;
    alter table "patient_distinction" add constraint "patient_distinction_order" check (patient_id < other_id);`)
  }

  #merging(): void {
    this.addSql(`
    create table "patient_merge" (${ROW}
      "version" int not null default 1,
      "winner_id" uuid not null,
      "loser_id" uuid not null,
      "reason" text not null,
      "overlap_reason" text null,
      "merged_by_id" uuid not null,
      "moved_rows" int not null default 0,
      "undone_at" timestamptz(3) null,
      "undone_by_id" uuid null,
      "undo_reason" text null,
      primary key ("id")
    );
    create unique index "patient_merge_one_per_loser" on "patient_merge" ("loser_id") where undone_at is null;
    create index "patient_merge_loser_id_id_index" on "patient_merge" ("loser_id", "id");
    create index "patient_merge_winner_id_id_index" on "patient_merge" ("winner_id", "id");
    create index "patient_merge_merged_by_id_index" on "patient_merge" ("merged_by_id");
    create index "patient_merge_undone_by_id_index" on "patient_merge" ("undone_by_id");
    alter table "patient_merge" add constraint "patient_merge_winner_id_foreign" foreign key ("winner_id") references "patient" ("id") on delete restrict;
    alter table "patient_merge" add constraint "patient_merge_loser_id_foreign" foreign key ("loser_id") references "patient" ("id") on delete restrict;
    alter table "patient_merge" add constraint "patient_merge_merged_by_id_foreign" foreign key ("merged_by_id") references "user_account" ("id") on delete restrict;
    alter table "patient_merge" add constraint "patient_merge_undone_by_id_foreign" foreign key ("undone_by_id") references "user_account" ("id") on delete restrict;
    alter table "patient_merge" add constraint "patient_merge_of_two" check (winner_id <> loser_id);
    alter table "patient_merge" add constraint "patient_merge_undoing" check ((undone_at is null) = (undone_by_id is null) and (undone_at is null) = (undo_reason is null));

    create table "patient_merge_row" (
      "id" uuid not null,
      "merge_id" uuid not null,
      "table_name" text not null,
      "row_id" uuid not null,
      "column_name" text not null,
      "old_value" text null,
      "new_value" text null,
      primary key ("id")
    );
    create index "patient_merge_row_merge_id_index" on "patient_merge_row" ("merge_id");
    alter table "patient_merge_row" add constraint "patient_merge_row_merge_id_foreign" foreign key ("merge_id") references "patient_merge" ("id") on delete restrict;

    create table "patient_merge_proposal" (${ROW}
      "version" int not null default 1,
      "winner_id" uuid not null,
      "loser_id" uuid not null,
      "reason" text not null,
      "status" text not null default 'PROPOSED',
      "proposed_by_id" uuid not null,
      "decided_by_id" uuid null,
      "decided_at" timestamptz(3) null,
      "decision_reason" text null,
      "merge_id" uuid null,
      primary key ("id")
    );
    create unique index "patient_merge_proposal_open" on "patient_merge_proposal" (least(winner_id, loser_id), greatest(winner_id, loser_id)) where status = 'PROPOSED';
    create index "patient_merge_proposal_status_id_index" on "patient_merge_proposal" ("status", "id");
    create index "patient_merge_proposal_winner_id_index" on "patient_merge_proposal" ("winner_id");
    create index "patient_merge_proposal_loser_id_index" on "patient_merge_proposal" ("loser_id");
    create index "patient_merge_proposal_proposed_by_id_index" on "patient_merge_proposal" ("proposed_by_id");
    create index "patient_merge_proposal_decided_by_id_index" on "patient_merge_proposal" ("decided_by_id");
    create index "patient_merge_proposal_merge_id_index" on "patient_merge_proposal" ("merge_id");
    alter table "patient_merge_proposal" add constraint "patient_merge_proposal_winner_id_foreign" foreign key ("winner_id") references "patient" ("id") on delete restrict;
    alter table "patient_merge_proposal" add constraint "patient_merge_proposal_loser_id_foreign" foreign key ("loser_id") references "patient" ("id") on delete restrict;
    alter table "patient_merge_proposal" add constraint "patient_merge_proposal_proposed_by_id_foreign" foreign key ("proposed_by_id") references "user_account" ("id") on delete restrict;
    alter table "patient_merge_proposal" add constraint "patient_merge_proposal_decided_by_id_foreign" foreign key ("decided_by_id") references "user_account" ("id") on delete restrict;
    alter table "patient_merge_proposal" add constraint "patient_merge_proposal_merge_id_foreign" foreign key ("merge_id") references "patient_merge" ("id") on delete restrict;
    alter table "patient_merge_proposal" add constraint "patient_merge_proposal_of_two" check (winner_id <> loser_id);
    alter table "patient_merge_proposal" add constraint "patient_merge_proposal_decision" check ((status = 'PROPOSED') = (decided_at is null) and (decided_at is null) = (decided_by_id is null) and (status = 'ACCEPTED') = (merge_id is not null));
    alter table "patient_merge_proposal" add constraint "patient_merge_proposal_status_check" check ("status" in ('PROPOSED', 'ACCEPTED', 'REJECTED'));`)
  }

  /**
   * Nothing new is written about a patient who was merged into another: whatever part of the server writes, and also while the merge is
   * under way, since the check locks the patient's row as the foreign key does. Tables that are made later call the function again.
   */
  #mergedPatientsTakeNothing(): void {
    this.addSql(`
    create function clinic_refuse_merged_patient() returns trigger language plpgsql as $$
    declare
      merged_into uuid;
    begin
      if new.patient_id is null or (tg_op = 'UPDATE' and new.patient_id = old.patient_id) then return new; end if;
      -- The lock comes first: it waits for a merge that is under way, and then reads what that has written.
      select merged_into_id into merged_into from patient where id = new.patient_id for key share;
      if merged_into is not null then
        raise exception 'the patient was merged into another' using errcode = 'CL001';
      end if;
      return new;
    end $$;

    create function clinic_guard_merged_patients() returns void language plpgsql as $$
    declare
      reference record;
    begin
      for reference in
        select c.conrelid::regclass as of
        from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.confrelid = 'patient'::regclass and a.attname = 'patient_id'
          and not exists (select from pg_trigger t where t.tgrelid = c.conrelid and t.tgname = 'patient_not_merged')
      loop
        execute format(
          'create trigger patient_not_merged before insert or update of patient_id on %s for each row execute function clinic_refuse_merged_patient()',
          reference.of);
      end loop;
    end $$;
    select clinic_guard_merged_patients();`)
  }
}
