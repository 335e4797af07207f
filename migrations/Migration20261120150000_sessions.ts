import { Migration } from '@mikro-orm/migrations'

const TABLES = ['refresh_token', 'session', 'recovery_code', 'one_time_token', 'sign_in_throttle']
const COLUMNS = [
  'password_changed_at',
  'must_change_password',
  'password_expires_at',
  'totp_secret',
  'totp_last_step',
  'second_factor_since',
]

/** Sessions with rotating refresh tokens, second factors, one-time links, and the counters that slow guessing down. */
export class Migration20261120150000_sessions extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    alter table "user_account"
      add column "password_changed_at" timestamptz(3) null,
      add column "must_change_password" boolean not null default false,
      add column "password_expires_at" timestamptz(3) null,
      add column "totp_secret" text null,
      add column "totp_last_step" int null,
      add column "second_factor_since" timestamptz(3) null;
    alter table "user_account" add constraint "user_account_second_factor" check (second_factor_since is null or totp_secret is not null);`)

    this.addSql(`
    create table "session" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "user_id" uuid not null,
      "last_used_at" timestamptz(3) not null,
      "expires_at" timestamptz(3) not null,
      "device" text not null,
      "device_hash" text not null,
      "network" text not null,
      "second_factor" boolean not null default false,
      "revoked_at" timestamptz(3) null,
      "revoked_reason" text null,
      primary key ("id")
    );
    create index "session_user_id_created_at_index" on "session" ("user_id", "created_at");
    create index "session_expires_at_index" on "session" ("expires_at");
    alter table "session" add constraint "session_revocation" check ((revoked_at is null) = (revoked_reason is null));
    alter table "session" add constraint "session_revoked_reason_check" check ("revoked_reason" in ('SIGNED_OUT', 'SIGNED_OUT_EVERYWHERE', 'REVOKED', 'TOKEN_REUSED', 'PASSWORD_CHANGED', 'PASSWORD_RESET', 'SECOND_FACTOR_CHANGED', 'DEACTIVATED', 'REPLACED'));
    alter table "session" add constraint "session_user_id_foreign" foreign key ("user_id") references "user_account" ("id") on delete cascade;`)

    this.addSql(`
    create table "refresh_token" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "session_id" uuid not null,
      "token_hash" text not null,
      "spent_at" timestamptz(3) null,
      primary key ("id")
    );
    create index "refresh_token_session_id_index" on "refresh_token" ("session_id");
    alter table "refresh_token" add constraint "refresh_token_token_hash_unique" unique ("token_hash");
    create unique index "refresh_token_one_live" on "refresh_token" ("session_id") where spent_at is null;
    alter table "refresh_token" add constraint "refresh_token_session_id_foreign" foreign key ("session_id") references "session" ("id") on delete cascade;`)

    this.addSql(`
    create table "recovery_code" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "user_id" uuid not null,
      "code_hash" text not null,
      "used_at" timestamptz(3) null,
      primary key ("id")
    );
    alter table "recovery_code" add constraint "recovery_code_user_id_code_hash_unique" unique ("user_id", "code_hash");
    alter table "recovery_code" add constraint "recovery_code_user_id_foreign" foreign key ("user_id") references "user_account" ("id") on delete cascade;`)

    this.addSql(`
    create table "one_time_token" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "purpose" text not null,
      "token_hash" text not null,
      "user_id" uuid null,
      "patient_id" uuid null,
      "expires_at" timestamptz(3) not null,
      "used_at" timestamptz(3) null,
      "attempts" smallint not null default 0,
      primary key ("id")
    );
    create index "one_time_token_user_id_index" on "one_time_token" ("user_id");
    create index "one_time_token_patient_id_index" on "one_time_token" ("patient_id");
    create index "one_time_token_expires_at_index" on "one_time_token" ("expires_at");
    alter table "one_time_token" add constraint "one_time_token_token_hash_unique" unique ("token_hash");
    alter table "one_time_token" add constraint "one_time_token_subject" check ((purpose = 'PASSWORD_RESET') = (user_id is not null) and (purpose = 'INVITATION') = (patient_id is not null));
    alter table "one_time_token" add constraint "one_time_token_purpose_check" check ("purpose" in ('PASSWORD_RESET', 'SET_UP', 'INVITATION'));
    alter table "one_time_token" add constraint "one_time_token_user_id_foreign" foreign key ("user_id") references "user_account" ("id") on delete cascade;
    alter table "one_time_token" add constraint "one_time_token_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete cascade;`)

    this.addSql(`
    create table "sign_in_throttle" (
      "key" text not null,
      "failures" int not null,
      "window_ends_at" timestamptz(3) not null,
      "blocked_until" timestamptz(3) null,
      "strikes" smallint not null default 0,
      "updated_at" timestamptz(3) not null,
      primary key ("key")
    );
    create index "sign_in_throttle_updated_at_index" on "sign_in_throttle" ("updated_at");`)
  }

  override async down(): Promise<void> {
    for (const table of TABLES) this.addSql(`drop table if exists "${table}" cascade;`)
    this.addSql('alter table "user_account" drop constraint if exists "user_account_second_factor";')
    for (const column of COLUMNS) this.addSql(`alter table "user_account" drop column if exists "${column}";`)
  }
}
