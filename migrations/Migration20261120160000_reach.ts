import { Migration } from '@mikro-orm/migrations'

const TABLES = ['clinic_setting', 'patient_proxy', 'break_glass', 'notice']

/** Reach: the clinic's settings, who acts for a patient, charts opened in an emergency, and what has to be told. */
export class Migration20261120160000_reach extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    create table "clinic_setting" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "doctor_scope" text not null default 'ALL_PATIENTS',
      "care_relation_months" smallint not null default 12,
      primary key ("id")
    );
    alter table "clinic_setting" add constraint "clinic_setting_care_relation_months" check (care_relation_months >= 1 and care_relation_months <= 120);
    alter table "clinic_setting" add constraint "clinic_setting_doctor_scope_check" check ("doctor_scope" in ('ALL_PATIENTS', 'CARE_RELATION'));
    insert into "clinic_setting" ("id") values ('00000000-0000-7000-8000-000000000001');`)

    this.addSql(`
    create table "patient_proxy" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "patient_id" uuid not null,
      "holder_id" uuid not null,
      "relationship" text null,
      "scope" text not null,
      "valid_from" timestamptz(3) not null,
      "valid_to" timestamptz(3) not null,
      "revoked_at" timestamptz(3) null,
      "granted_by_id" uuid not null,
      "revoked_by_id" uuid null,
      primary key ("id")
    );
    create index "patient_proxy_granted_by_id_index" on "patient_proxy" ("granted_by_id");
    create index "patient_proxy_revoked_by_id_index" on "patient_proxy" ("revoked_by_id");
    create index "patient_proxy_holder_id_valid_to_index" on "patient_proxy" ("holder_id", "valid_to");
    create index "patient_proxy_patient_id_valid_to_id_index" on "patient_proxy" ("patient_id", "valid_to", "id");
    alter table "patient_proxy" add constraint "patient_proxy_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "patient_proxy" add constraint "patient_proxy_holder_id_foreign" foreign key ("holder_id") references "user_account" ("id") on delete restrict;
    alter table "patient_proxy" add constraint "patient_proxy_granted_by_id_foreign" foreign key ("granted_by_id") references "user_account" ("id") on delete restrict;
    alter table "patient_proxy" add constraint "patient_proxy_revoked_by_id_foreign" foreign key ("revoked_by_id") references "user_account" ("id") on delete restrict;
    alter table "patient_proxy" add constraint "patient_proxy_revocation" check ((revoked_at is null) = (revoked_by_id is null));
    alter table "patient_proxy" add constraint "patient_proxy_validity" check (valid_from < valid_to);
    alter table "patient_proxy" add constraint "patient_proxy_scope_check" check ("scope" in ('READ', 'BOOK'));`)

    this.addSql(`
    create table "break_glass" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "patient_id" uuid not null,
      "user_id" uuid not null,
      "reason" text not null,
      "starts_at" timestamptz(3) not null,
      "ends_at" timestamptz(3) not null,
      "verdict" text null,
      "review_note" text null,
      "reviewed_at" timestamptz(3) null,
      "reviewed_by_id" uuid null,
      primary key ("id")
    );
    create index "break_glass_reviewed_by_id_index" on "break_glass" ("reviewed_by_id");
    create index "break_glass_starts_at_id_index" on "break_glass" ("starts_at", "id");
    create index "break_glass_user_id_ends_at_index" on "break_glass" ("user_id", "ends_at");
    create index "break_glass_patient_id_user_id_ends_at_index" on "break_glass" ("patient_id", "user_id", "ends_at");
    alter table "break_glass" add constraint "break_glass_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "break_glass" add constraint "break_glass_user_id_foreign" foreign key ("user_id") references "user_account" ("id") on delete restrict;
    alter table "break_glass" add constraint "break_glass_reviewed_by_id_foreign" foreign key ("reviewed_by_id") references "user_account" ("id") on delete restrict;
    alter table "break_glass" add constraint "break_glass_review" check ((verdict is null) = (reviewed_at is null) and (verdict is null) = (reviewed_by_id is null) and (reviewed_by_id is null or reviewed_by_id <> user_id));
    alter table "break_glass" add constraint "break_glass_reason" check (length(reason) >= 10);
    alter table "break_glass" add constraint "break_glass_length" check (starts_at <= ends_at and (ends_at - starts_at) <= '04:00:00'::interval);
    alter table "break_glass" add constraint "break_glass_verdict_check" check ("verdict" in ('JUSTIFIED', 'NOT_JUSTIFIED'));`)

    this.addSql(`
    create table "notice" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "recipient_id" uuid not null,
      "kind" text not null,
      "break_glass_id" uuid null,
      "read_at" timestamptz(3) null,
      primary key ("id")
    );
    create index "notice_break_glass_id_index" on "notice" ("break_glass_id");
    create index "notice_recipient_id_id_index" on "notice" ("recipient_id", "id");
    alter table "notice" add constraint "notice_recipient_id_foreign" foreign key ("recipient_id") references "user_account" ("id") on delete cascade;
    alter table "notice" add constraint "notice_break_glass_id_foreign" foreign key ("break_glass_id") references "break_glass" ("id") on delete cascade;
    alter table "notice" add constraint "notice_kind_check" check ("kind" in ('BREAK_GLASS'));`)
  }

  override async down(): Promise<void> {
    for (const table of TABLES.toReversed()) this.addSql(`drop table "${table}" cascade;`)
  }
}
