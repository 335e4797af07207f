import { Migration } from '@mikro-orm/migrations'

const TABLES = [
  'location',
  'patient',
  'allergy',
  'patient_contact',
  'patient_identifier',
  'room',
  'source_link',
  'staff',
  'doctor',
  'appointment',
  'medical_record',
  'diagnosis',
  'current_medication',
  'condition',
  'treatment_plan',
  'procedure',
  'prescription',
  'prescription_item',
  'treatment_plan_item',
  'user_account',
  'vital',
  'weekly_schedule',
]

/** The tables of the clinic: people, places, appointments, records, plans, prescriptions. */
export class Migration20261120090100_clinic_tables extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
    create table "location" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "name" text not null,
      "time_zone" text not null,
      "phone" text null,
      "address_line" text null,
      "address_city" text null,
      "address_region" text null,
      "address_postal_code" text null,
      "address_country" text null,
      "active" boolean not null default true,
      primary key ("id")
    );
    alter table "location" add constraint "location_name_unique" unique ("name");`)

    this.addSql(`
    create table "patient" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "mrn" text not null,
      "first_name" text not null,
      "last_name" text not null,
      "birth_date" date not null,
      "sex" text not null,
      "phone" text null,
      "email" text null,
      "address_line" text null,
      "address_city" text null,
      "address_region" text null,
      "address_postal_code" text null,
      "address_country" text null,
      "language" text null,
      "deceased_at" timestamptz(3) null,
      "allergy_status" text not null default 'NOT_ASKED',
      "search_name" text generated always as (lower(clinic_unaccent(first_name || ' ' || last_name))) stored null,
      "phone_digits" text generated always as (regexp_replace(phone, '[^0-9]', '', 'g')) stored null,
      primary key ("id")
    );
    alter table "patient" add constraint "patient_mrn_unique" unique ("mrn");
    create index "patient_birth_date_index" on "patient" ("birth_date");
    create index "patient_phone_digits_trgm" on "patient" using gin ("phone_digits" gin_trgm_ops);
    create index "patient_last_name_first_name_id_index" on "patient" ("last_name", "first_name", "id");
    create index "patient_search_name_trgm" on "patient" using gin ("search_name" gin_trgm_ops);
    alter table "patient" add constraint "patient_birth_date" check (birth_date >= '1850-01-01'::date);
    alter table "patient" add constraint "patient_mrn_format" check (mrn ~ '^[0-9]{8,12}$');
    alter table "patient" add constraint "patient_sex_check" check ("sex" in ('FEMALE', 'MALE', 'OTHER', 'UNKNOWN'));
    alter table "patient" add constraint "patient_allergy_status_check" check ("allergy_status" in ('NOT_ASKED', 'NONE_KNOWN', 'RECORDED'));`)

    this.addSql(`
    create table "allergy" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "patient_id" uuid not null,
      "substance" text not null,
      "code_system" text null,
      "code" text null,
      "category" text null,
      "criticality" text null,
      "clinical_status" text not null default 'ACTIVE',
      "reactions" text[] not null default '{}',
      "onset_date" date null,
      "recorded_at" timestamptz(3) not null,
      primary key ("id")
    );
    create index "allergy_patient_id_index" on "allergy" ("patient_id");
    alter table "allergy" add constraint "allergy_code_system_check" check ("code_system" in ('SNOMED_CT', 'LOINC', 'RXNORM', 'ICD_10_CM', 'ICD_10', 'CVX', 'LOCAL'));
    alter table "allergy" add constraint "allergy_category_check" check ("category" in ('FOOD', 'MEDICATION', 'ENVIRONMENT', 'BIOLOGIC'));
    alter table "allergy" add constraint "allergy_criticality_check" check ("criticality" in ('LOW', 'HIGH', 'UNABLE_TO_ASSESS'));
    alter table "allergy" add constraint "allergy_clinical_status_check" check ("clinical_status" in ('ACTIVE', 'INACTIVE', 'RESOLVED'));`)

    this.addSql(`
    create table "patient_contact" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "patient_id" uuid not null,
      "full_name" text not null,
      "relationship" text null,
      "phone" text null,
      "email" text null,
      "emergency" boolean not null default false,
      "guardian" boolean not null default false,
      primary key ("id")
    );
    create index "patient_contact_patient_id_index" on "patient_contact" ("patient_id");
    alter table "patient_contact" add constraint "patient_contact_reachable" check (phone is not null or email is not null);`)

    this.addSql(`
    create table "patient_identifier" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "patient_id" uuid not null,
      "type" text not null,
      "system" text not null,
      "value" text not null,
      primary key ("id")
    );
    create index "patient_identifier_patient_id_index" on "patient_identifier" ("patient_id");
    alter table "patient_identifier" add constraint "patient_identifier_system_value_unique" unique ("system", "value");
    alter table "patient_identifier" add constraint "patient_identifier_type_check" check ("type" in ('NATIONAL_ID', 'PASSPORT', 'DRIVER_LICENSE', 'INSURANCE', 'FOREIGN_MRN', 'OTHER'));`)

    this.addSql(`
    create table "room" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "location_id" uuid not null,
      "name" text not null,
      "active" boolean not null default true,
      primary key ("id")
    );
    alter table "room" add constraint "room_location_id_name_unique" unique ("location_id", "name");`)

    this.addSql(`
    create table "source_link" (
      "source" text not null,
      "resource_type" text not null,
      "external_id" text not null,
      "entity_name" text not null,
      "entity_id" uuid not null,
      "content_hash" text not null,
      "imported_at" timestamptz(3) not null default now(),
      primary key ("source", "resource_type", "external_id")
    );
    create index "source_link_entity_name_entity_id_index" on "source_link" ("entity_name", "entity_id");`)

    this.addSql(`
    create table "staff" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "full_name" text not null,
      "job_title" text null,
      "email" text null,
      "phone" text null,
      "active" boolean not null default true,
      primary key ("id")
    );`)

    this.addSql(`
    create table "doctor" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "full_name" text not null,
      "specialty" text null,
      "license_number" text null,
      "default_appointment_minutes" int not null default 20,
      "active" boolean not null default true,
      "staff_id" uuid null,
      primary key ("id")
    );
    create index "doctor_specialty_index" on "doctor" ("specialty");
    alter table "doctor" add constraint "doctor_license_number_unique" unique ("license_number");
    alter table "doctor" add constraint "doctor_staff_id_unique" unique ("staff_id");
    alter table "doctor" add constraint "doctor_default_appointment_minutes" check (default_appointment_minutes >= 5 and default_appointment_minutes <= 480);`)

    this.addSql(`
    create table "appointment" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "patient_id" uuid not null,
      "doctor_id" uuid not null,
      "location_id" uuid not null,
      "room_id" uuid null,
      "starts_at" timestamptz(3) not null,
      "ends_at" timestamptz(3) not null,
      "status" text not null default 'BOOKED',
      "reason" text null,
      "overbook_reason" text null,
      "patient_overlap_reason" text null,
      primary key ("id")
    );
    create index "appointment_room_id_index" on "appointment" ("room_id");
    create index "appointment_starts_at_id_index" on "appointment" ("starts_at", "id");
    create index "appointment_location_id_starts_at_id_index" on "appointment" ("location_id", "starts_at", "id");
    create index "appointment_doctor_id_starts_at_id_index" on "appointment" ("doctor_id", "starts_at", "id");
    create index "appointment_patient_id_starts_at_id_index" on "appointment" ("patient_id", "starts_at", "id");
    alter table "appointment" add constraint "appointment_length" check ((ends_at - starts_at) <= '24:00:00'::interval);
    alter table "appointment" add constraint "appointment_times" check (starts_at < ends_at);
    alter table "appointment" add constraint "appointment_status_check" check ("status" in ('REQUESTED', 'BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'NO_SHOW', 'ENTERED_IN_ERROR'));`)

    this.addSql(`
    create table "medical_record" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "patient_id" uuid not null,
      "appointment_id" uuid null,
      "author_id" uuid null,
      "status" text not null default 'DRAFT',
      "occurred_at" timestamptz(3) not null,
      "encounter_type" text null,
      "subjective" text null,
      "findings" text null,
      "assessment" text null,
      "plan" text null,
      "signed_at" timestamptz(3) null,
      "content_hash" text null,
      primary key ("id")
    );
    create index "medical_record_appointment_id_index" on "medical_record" ("appointment_id");
    create index "medical_record_author_id_index" on "medical_record" ("author_id");
    create index "medical_record_patient_id_occurred_at_id_index" on "medical_record" ("patient_id", "occurred_at", "id");
    alter table "medical_record" add constraint "medical_record_signature" check ((status <> 'SIGNED' and status <> 'AMENDED') or (signed_at is not null and content_hash is not null));
    alter table "medical_record" add constraint "medical_record_status_check" check ("status" in ('DRAFT', 'SIGNED', 'AMENDED', 'ENTERED_IN_ERROR'));`)

    this.addSql(`
    create table "diagnosis" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "medical_record_id" uuid not null,
      "rank" smallint not null,
      "code_system" text not null,
      "code" text not null,
      "display" text not null,
      "certainty" text not null default 'CONFIRMED',
      primary key ("id")
    );
    create index "diagnosis_code_system_code_index" on "diagnosis" ("code_system", "code");
    alter table "diagnosis" add constraint "diagnosis_medical_record_id_rank_unique" unique ("medical_record_id", "rank");
    alter table "diagnosis" add constraint "diagnosis_rank" check (rank >= 1);
    alter table "diagnosis" add constraint "diagnosis_code_system_check" check ("code_system" in ('SNOMED_CT', 'LOINC', 'RXNORM', 'ICD_10_CM', 'ICD_10', 'CVX', 'LOCAL'));
    alter table "diagnosis" add constraint "diagnosis_certainty_check" check ("certainty" in ('SUSPECTED', 'CONFIRMED', 'RULED_OUT', 'STATUS_POST'));`)

    this.addSql(`
    create table "current_medication" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "medical_record_id" uuid not null,
      "name" text not null,
      "code_system" text null,
      "code" text null,
      "dosage" text null,
      primary key ("id")
    );
    create index "current_medication_medical_record_id_index" on "current_medication" ("medical_record_id");
    alter table "current_medication" add constraint "current_medication_code_system_check" check ("code_system" in ('SNOMED_CT', 'LOINC', 'RXNORM', 'ICD_10_CM', 'ICD_10', 'CVX', 'LOCAL'));`)

    this.addSql(`
    create table "condition" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "patient_id" uuid not null,
      "medical_record_id" uuid null,
      "code_system" text null,
      "code" text null,
      "display" text not null,
      "clinical_status" text not null default 'ACTIVE',
      "verification_status" text not null default 'CONFIRMED',
      "onset_date" date null,
      "abatement_date" date null,
      "recorded_at" timestamptz(3) not null,
      primary key ("id")
    );
    create index "condition_patient_id_index" on "condition" ("patient_id");
    create index "condition_medical_record_id_index" on "condition" ("medical_record_id");
    create index "condition_code_system_code_index" on "condition" ("code_system", "code");
    alter table "condition" add constraint "condition_dates" check (abatement_date is null or onset_date is null or onset_date <= abatement_date);
    alter table "condition" add constraint "condition_code_system_check" check ("code_system" in ('SNOMED_CT', 'LOINC', 'RXNORM', 'ICD_10_CM', 'ICD_10', 'CVX', 'LOCAL'));
    alter table "condition" add constraint "condition_clinical_status_check" check ("clinical_status" in ('ACTIVE', 'RECURRENCE', 'RELAPSE', 'INACTIVE', 'REMISSION', 'RESOLVED'));
    alter table "condition" add constraint "condition_verification_status_check" check ("verification_status" in ('UNCONFIRMED', 'PROVISIONAL', 'DIFFERENTIAL', 'CONFIRMED', 'REFUTED', 'ENTERED_IN_ERROR'));`)

    this.addSql(`
    create table "treatment_plan" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "patient_id" uuid not null,
      "doctor_id" uuid null,
      "title" text not null,
      "diagnosis_summary" text null,
      "status" text not null default 'DRAFT',
      "starts_on" date null,
      "ends_on" date null,
      primary key ("id")
    );
    create index "treatment_plan_doctor_id_index" on "treatment_plan" ("doctor_id");
    create index "treatment_plan_patient_id_created_at_id_index" on "treatment_plan" ("patient_id", "created_at", "id");
    alter table "treatment_plan" add constraint "treatment_plan_dates" check (starts_on is null or ends_on is null or starts_on <= ends_on);
    alter table "treatment_plan" add constraint "treatment_plan_status_check" check ("status" in ('DRAFT', 'PROPOSED', 'ACCEPTED', 'IN_PROGRESS', 'COMPLETED', 'REJECTED', 'ON_HOLD', 'CANCELLED'));`)

    this.addSql(`
    create table "procedure" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "patient_id" uuid not null,
      "treatment_plan_id" uuid null,
      "appointment_id" uuid null,
      "performer_id" uuid null,
      "code_system" text null,
      "code" text null,
      "name" text not null,
      "status" text not null default 'PREPARATION',
      "status_reason" text null,
      "price_amount" numeric(14,2) null,
      "price_currency" char(3) null,
      "performed_at" timestamptz(3) null,
      primary key ("id")
    );
    create index "procedure_treatment_plan_id_index" on "procedure" ("treatment_plan_id");
    create index "procedure_appointment_id_index" on "procedure" ("appointment_id");
    create index "procedure_performer_id_index" on "procedure" ("performer_id");
    create index "procedure_patient_id_created_at_id_index" on "procedure" ("patient_id", "created_at", "id");
    alter table "procedure" add constraint "procedure_price" check ((price_amount is null) = (price_currency is null) and (price_amount is null or price_amount >= 0));
    alter table "procedure" add constraint "procedure_not_done_reason" check (status <> 'NOT_DONE' or status_reason is not null);
    alter table "procedure" add constraint "procedure_performed" check (status <> 'COMPLETED' or performed_at is not null);
    alter table "procedure" add constraint "procedure_code_system_check" check ("code_system" in ('SNOMED_CT', 'LOINC', 'RXNORM', 'ICD_10_CM', 'ICD_10', 'CVX', 'LOCAL'));
    alter table "procedure" add constraint "procedure_status_check" check ("status" in ('PREPARATION', 'IN_PROGRESS', 'COMPLETED', 'NOT_DONE', 'ENTERED_IN_ERROR'));`)

    this.addSql(`
    create table "prescription" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "version" int not null default 1,
      "patient_id" uuid not null,
      "prescriber_id" uuid null,
      "appointment_id" uuid null,
      "treatment_plan_id" uuid null,
      "prescribed_at" timestamptz(3) not null,
      "note" text null,
      primary key ("id")
    );
    create index "prescription_prescriber_id_index" on "prescription" ("prescriber_id");
    create index "prescription_appointment_id_index" on "prescription" ("appointment_id");
    create index "prescription_treatment_plan_id_index" on "prescription" ("treatment_plan_id");
    create index "prescription_patient_id_prescribed_at_id_index" on "prescription" ("patient_id", "prescribed_at", "id");`)

    this.addSql(`
    create table "prescription_item" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "prescription_id" uuid not null,
      "position" smallint not null,
      "medication_name" text not null,
      "code_system" text null,
      "code" text null,
      "status" text not null default 'DRAFT',
      "status_reason" text null,
      "dose" numeric null,
      "dose_unit" text null,
      "frequency" text null,
      "route" text null,
      "instructions" text null,
      "as_needed" boolean not null default false,
      "quantity" numeric null,
      "quantity_unit" text null,
      "duration_days" int null,
      "refills" smallint not null default 0,
      "starts_on" date null,
      primary key ("id")
    );
    alter table "prescription_item" add constraint "prescription_item_prescription_id_position_unique" unique ("prescription_id", "position");
    alter table "prescription_item" add constraint "prescription_item_stop_reason" check (status <> 'STOPPED' or status_reason is not null);
    alter table "prescription_item" add constraint "prescription_item_active_quantity" check (status <> 'ACTIVE' or quantity is not null);
    alter table "prescription_item" add constraint "prescription_item_duration" check (duration_days is null or duration_days > 0);
    alter table "prescription_item" add constraint "prescription_item_dose" check (dose is null or (dose > 0 and dose_unit is not null));
    alter table "prescription_item" add constraint "prescription_item_quantity" check (quantity is null or (quantity > 0 and quantity_unit is not null));
    alter table "prescription_item" add constraint "prescription_item_refills" check (refills >= 0 and refills <= 99);
    alter table "prescription_item" add constraint "prescription_item_code_system_check" check ("code_system" in ('SNOMED_CT', 'LOINC', 'RXNORM', 'ICD_10_CM', 'ICD_10', 'CVX', 'LOCAL'));
    alter table "prescription_item" add constraint "prescription_item_status_check" check ("status" in ('DRAFT', 'ACTIVE', 'ON_HOLD', 'COMPLETED', 'STOPPED', 'CANCELLED', 'ENTERED_IN_ERROR'));`)

    this.addSql(`
    create table "treatment_plan_item" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "treatment_plan_id" uuid not null,
      "position" smallint not null,
      "code_system" text null,
      "code" text null,
      "display" text not null,
      "status" text not null default 'PLANNED',
      primary key ("id")
    );
    alter table "treatment_plan_item" add constraint "treatment_plan_item_treatment_plan_id_position_unique" unique ("treatment_plan_id", "position");
    alter table "treatment_plan_item" add constraint "treatment_plan_item_code_system_check" check ("code_system" in ('SNOMED_CT', 'LOINC', 'RXNORM', 'ICD_10_CM', 'ICD_10', 'CVX', 'LOCAL'));
    alter table "treatment_plan_item" add constraint "treatment_plan_item_status_check" check ("status" in ('PLANNED', 'SCHEDULED', 'DONE', 'SKIPPED'));`)

    this.addSql(`
    create table "user_account" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "username" text not null,
      "display_name" text not null,
      "password_hash" text not null,
      "roles" text[] not null,
      "active" boolean not null default true,
      "token_version" int not null default 1,
      "demo" boolean not null default false,
      "staff_id" uuid null,
      "patient_id" uuid null,
      primary key ("id")
    );
    alter table "user_account" add constraint "user_account_username_unique" unique ("username");
    create index "user_account_demo_index" on "user_account" ("demo");
    alter table "user_account" add constraint "user_account_staff_id_unique" unique ("staff_id");
    alter table "user_account" add constraint "user_account_patient_id_unique" unique ("patient_id");
    alter table "user_account" add constraint "user_account_has_role" check (cardinality(roles) > 0);
    alter table "user_account" add constraint "user_account_username_lower" check (username = lower(username));
    alter table "user_account" add constraint "user_account_roles_check" check ("roles" <@ array['OWNER'::text, 'ADMIN'::text, 'DOCTOR'::text, 'STAFF'::text, 'REGISTRATION_CLERK'::text, 'PHARMACIST'::text, 'CASHIER'::text, 'ANALYST'::text, 'PATIENT'::text]);`)

    this.addSql(`
    create table "vital" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "medical_record_id" uuid not null,
      "code_system" text not null default 'LOINC',
      "code" text not null,
      "display" text not null,
      "value" numeric not null,
      "unit" text not null,
      "measured_at" timestamptz(3) not null,
      primary key ("id")
    );
    create index "vital_medical_record_id_index" on "vital" ("medical_record_id");
    alter table "vital" add constraint "vital_code_system_check" check ("code_system" in ('SNOMED_CT', 'LOINC', 'RXNORM', 'ICD_10_CM', 'ICD_10', 'CVX', 'LOCAL'));`)

    this.addSql(`
    create table "weekly_schedule" (
      "id" uuid not null,
      "created_at" timestamptz(3) not null default now(),
      "updated_at" timestamptz(3) not null default now(),
      "doctor_id" uuid not null,
      "location_id" uuid not null,
      "room_id" uuid null,
      "weekday" smallint not null,
      "starts_at" time(0) not null,
      "ends_at" time(0) not null,
      "valid_from" date not null,
      "valid_to" date null,
      primary key ("id")
    );
    create index "weekly_schedule_doctor_id_index" on "weekly_schedule" ("doctor_id");
    create index "weekly_schedule_location_id_index" on "weekly_schedule" ("location_id");
    create index "weekly_schedule_room_id_index" on "weekly_schedule" ("room_id");
    alter table "weekly_schedule" add constraint "weekly_schedule_validity" check (valid_to is null or valid_from <= valid_to);
    alter table "weekly_schedule" add constraint "weekly_schedule_hours" check (starts_at < ends_at);
    alter table "weekly_schedule" add constraint "weekly_schedule_weekday" check (weekday >= 1 and weekday <= 7);`)

    // Foreign keys last, so that the order of the tables does not matter.
    this.addSql(`
    alter table "allergy" add constraint "allergy_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "patient_contact" add constraint "patient_contact_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "patient_identifier" add constraint "patient_identifier_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "room" add constraint "room_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete restrict;
    alter table "doctor" add constraint "doctor_staff_id_foreign" foreign key ("staff_id") references "staff" ("id") on delete restrict;
    alter table "appointment" add constraint "appointment_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "appointment" add constraint "appointment_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete restrict;
    alter table "appointment" add constraint "appointment_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete restrict;
    alter table "appointment" add constraint "appointment_room_id_foreign" foreign key ("room_id") references "room" ("id") on delete restrict;
    alter table "medical_record" add constraint "medical_record_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "medical_record" add constraint "medical_record_appointment_id_foreign" foreign key ("appointment_id") references "appointment" ("id") on delete restrict;
    alter table "medical_record" add constraint "medical_record_author_id_foreign" foreign key ("author_id") references "doctor" ("id") on delete restrict;
    alter table "diagnosis" add constraint "diagnosis_medical_record_id_foreign" foreign key ("medical_record_id") references "medical_record" ("id") on delete restrict;
    alter table "current_medication" add constraint "current_medication_medical_record_id_foreign" foreign key ("medical_record_id") references "medical_record" ("id") on delete restrict;
    alter table "condition" add constraint "condition_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "condition" add constraint "condition_medical_record_id_foreign" foreign key ("medical_record_id") references "medical_record" ("id") on delete restrict;
    alter table "treatment_plan" add constraint "treatment_plan_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "treatment_plan" add constraint "treatment_plan_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete restrict;
    alter table "procedure" add constraint "procedure_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "procedure" add constraint "procedure_treatment_plan_id_foreign" foreign key ("treatment_plan_id") references "treatment_plan" ("id") on delete restrict;
    alter table "procedure" add constraint "procedure_appointment_id_foreign" foreign key ("appointment_id") references "appointment" ("id") on delete restrict;
    alter table "procedure" add constraint "procedure_performer_id_foreign" foreign key ("performer_id") references "doctor" ("id") on delete restrict;
    alter table "prescription" add constraint "prescription_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "prescription" add constraint "prescription_prescriber_id_foreign" foreign key ("prescriber_id") references "doctor" ("id") on delete restrict;
    alter table "prescription" add constraint "prescription_appointment_id_foreign" foreign key ("appointment_id") references "appointment" ("id") on delete restrict;
    alter table "prescription" add constraint "prescription_treatment_plan_id_foreign" foreign key ("treatment_plan_id") references "treatment_plan" ("id") on delete restrict;
    alter table "prescription_item" add constraint "prescription_item_prescription_id_foreign" foreign key ("prescription_id") references "prescription" ("id") on delete restrict;
    alter table "treatment_plan_item" add constraint "treatment_plan_item_treatment_plan_id_foreign" foreign key ("treatment_plan_id") references "treatment_plan" ("id") on delete restrict;
    alter table "user_account" add constraint "user_account_staff_id_foreign" foreign key ("staff_id") references "staff" ("id") on delete restrict;
    alter table "user_account" add constraint "user_account_patient_id_foreign" foreign key ("patient_id") references "patient" ("id") on delete restrict;
    alter table "vital" add constraint "vital_medical_record_id_foreign" foreign key ("medical_record_id") references "medical_record" ("id") on delete restrict;
    alter table "weekly_schedule" add constraint "weekly_schedule_doctor_id_foreign" foreign key ("doctor_id") references "doctor" ("id") on delete cascade;
    alter table "weekly_schedule" add constraint "weekly_schedule_location_id_foreign" foreign key ("location_id") references "location" ("id") on delete restrict;
    alter table "weekly_schedule" add constraint "weekly_schedule_room_id_foreign" foreign key ("room_id") references "room" ("id") on delete set null;`)
  }

  override async down(): Promise<void> {
    for (const table of TABLES) this.addSql(`drop table if exists "${table}" cascade;`)
  }
}
