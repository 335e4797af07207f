import { Migration } from '@mikro-orm/migrations'

/** Who says by the link of a reminder that they want no more has not signed in: nobody's account has said so. */
export class Migration20261120178500_opt_out_by_link extends Migration {
  override async up(): Promise<void> {
    this.addSql('alter table "reminder_preference" alter column "set_by_id" drop not null;')
  }

  override async down(): Promise<void> {
    this.addSql(noneByLink)
    this.addSql('alter table "reminder_preference" alter column "set_by_id" set not null;')
  }
}

/** What patients have said must not be lost, and the version before has no way to keep it. */
const noneByLink = `
do $$
begin
  if exists (select from reminder_preference where set_by_id is null) then
    raise exception 'Patients have opted out of reminders by a link, which an older version cannot keep.';
  end if;
end
$$;`
