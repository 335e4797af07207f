import { Migration } from '@mikro-orm/migrations'

/** What the tables stand on: extensions, the search function and the number sequence of patients. */
export class Migration20261120090000_extensions extends Migration {
  override async up(): Promise<void> {
    // Exclusion constraints over uuid and ranges; similarity search; search without accents. All three are part of PostgreSQL's contrib.
    this.addSql('create extension if not exists btree_gist;')
    this.addSql('create extension if not exists pg_trgm;')
    this.addSql('create extension if not exists unaccent;')

    // unaccent() is only stable, because its dictionary could change; generated columns need an immutable function, so the dictionary is named.
    this.addSql(`
    create function clinic_unaccent(value text) returns text
      language sql immutable parallel safe strict
      as $$ select public.unaccent('public.unaccent'::regdictionary, value) $$;`)

    // Medical record numbers are this number and a check digit (RULES P1); a sequence never gives one twice.
    this.addSql('create sequence patient_mrn_seq start with 1000000;')
  }

  override async down(): Promise<void> {
    this.addSql('drop sequence if exists patient_mrn_seq;')
    this.addSql('drop function if exists clinic_unaccent(text);')
  }
}
