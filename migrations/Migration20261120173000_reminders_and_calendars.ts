import { Migration } from '@mikro-orm/migrations'

const TABLES = ['appointment_reminder', 'reminder_preference', 'calendar_feed']

/** Reminders of appointments with what patients want of them (RULES A12), and calendar feeds of doctors (A13). */
export class Migration20261120173000_reminders_and_calendars extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    alter table "clinic_setting"
      add column "language" text not null default 'en',
      add column "reminder_hours" smallint[] not null default '{24,2}',
      add column "reminder_channels" text[] not null default '{EMAIL}';
    alter table "clinic_setting" add constraint "clinic_setting_reminder_channels_check" check ("reminder_channels" <@ ARRAY['EMAIL', 'SMS']);`)

    this.addSql(`
    create table "appointment_reminder" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "appointment_id" uuid not null,
      "kind" text not null,
      "offset_minutes" int not null,
      "channel" text not null,
      "starts_at" timestamptz(3) not null,
      "status" text not null default 'PENDING',
      "skip_reason" text null,
      "sent_at" timestamptz(3) null,
      "attempts" smallint not null default 0,
      "next_try_at" timestamptz(3) not null,
      "claim" uuid null,
      primary key ("id")
    );
    create index "appointment_reminder_open" on "appointment_reminder" ("next_try_at") where status in ('PENDING', 'SENDING');
    alter table "appointment_reminder" add constraint "appointment_reminder_once" unique ("appointment_id", "kind", "offset_minutes", "channel", "starts_at");
    alter table "appointment_reminder" add constraint "appointment_reminder_appointment_id_foreign" foreign key ("appointment_id") references "appointment" ("id") on delete cascade;
    alter table "appointment_reminder" add constraint "appointment_reminder_sent" check ((status = 'SENT') = (sent_at is not null));
    alter table "appointment_reminder" add constraint "appointment_reminder_skipped" check ((status = 'SKIPPED') = (skip_reason is not null));
    alter table "appointment_reminder" add constraint "appointment_reminder_kind_check" check ("kind" in ('UPCOMING'));
    alter table "appointment_reminder" add constraint "appointment_reminder_channel_check" check ("channel" in ('EMAIL', 'SMS'));
    alter table "appointment_reminder" add constraint "appointment_reminder_status_check" check ("status" in ('PENDING', 'SENDING', 'SENT', 'SKIPPED', 'FAILED'));
    alter table "appointment_reminder" add constraint "appointment_reminder_skip_reason_check" check ("skip_reason" in ('MOVED', 'NOT_BOOKED', 'TOO_LATE', 'OPTED_OUT', 'NO_ADDRESS', 'DECEASED'));`)

    this.addSql(`
    create table "reminder_preference" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "patient_id" uuid not null,
      "channel" text not null,
      "wanted" boolean not null,
      "set_by_id" uuid not null,
      primary key ("id")
    );
    create index "reminder_preference_patient_id_channel_id_index" on "reminder_preference" ("patient_id", "channel", "id");
    create index "reminder_preference_set_by_id_index" on "reminder_preference" ("set_by_id");
    alter table "reminder_preference" add constraint "reminder_preference_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete cascade;
    alter table "reminder_preference" add constraint "reminder_preference_set_by_id_foreign" foreign key ("set_by_id") references "user_account" ("id") on delete restrict;
    alter table "reminder_preference" add constraint "reminder_preference_channel_check" check ("channel" in ('EMAIL', 'SMS'));`)

    this.addSql(`
    create table "calendar_feed" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "doctor_id" uuid not null,
      "token_hash" text not null,
      "issued_at" timestamptz(3) not null,
      "revoked_at" timestamptz(3) null,
      primary key ("id")
    );
    alter table "calendar_feed" add constraint "calendar_feed_doctor_id_unique" unique ("doctor_id");
    alter table "calendar_feed" add constraint "calendar_feed_token_hash_unique" unique ("token_hash");
    alter table "calendar_feed" add constraint "calendar_feed_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete cascade;`)

    // New tables with a patient take nothing new about one that was merged.
    this.addSql('select clinic_guard_merged_patients();')
  }

  override async down(): Promise<void> {
    for (const table of TABLES.toReversed()) this.addSql(`drop table "${table}" cascade;`)
    this.addSql('alter table "clinic_setting" drop column "language", drop column "reminder_hours", drop column "reminder_channels";')
  }
}
