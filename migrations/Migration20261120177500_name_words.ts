import { Migration } from '@mikro-orm/migrations'

/** An index of the words of names, by which misspelt ones are found (RULES P2): whoever has two words is found by comparing two lists of it. */
export class Migration20261120177500_name_words extends Migration {
  override async up(): Promise<void> {
    // As `clinic_name_words` takes names apart. Cheaper than it claims to be, as `clinic_name_text` is.
    this.addSql(`
    create function clinic_name_word_list(search_name text) returns text[] language plpgsql immutable parallel safe strict cost 1000 as $$
    begin
      return string_to_array(replace(search_name, '-', ' '), ' ');
    end $$;
    create index "patient_name_words" on "patient" using gin (clinic_name_word_list(search_name));`)
  }

  override async down(): Promise<void> {
    this.addSql(`
    drop index "patient_name_words";
    drop function "clinic_name_word_list"(text);`)
  }
}
