import { Migration } from '@mikro-orm/migrations'

/**
 * The database's last word on double booking (RULES A1, A2, A3), written by hand: the schema generator knows no exclusion constraints.
 * Ranges are half-open, so back-to-back is fine; the statuses are `ACTIVE_APPOINTMENT_STATUSES`.
 */
export class Migration20261120090200_no_overlap extends Migration {
  override async up(): Promise<void> {
    const active = "status in ('BOOKED', 'CONFIRMED', 'ARRIVED', 'IN_PROGRESS')"
    this.addSql(`
    alter table "appointment" add constraint "appointment_doctor_no_overlap"
      exclude using gist (doctor_id with =, tstzrange(starts_at, ends_at) with &&)
      where (${active} and overbook_reason is null);`)
    this.addSql(`
    alter table "appointment" add constraint "appointment_patient_no_overlap"
      exclude using gist (patient_id with =, tstzrange(starts_at, ends_at) with &&)
      where (${active} and patient_overlap_reason is null);`)
    this.addSql(`
    alter table "appointment" add constraint "appointment_room_no_overlap"
      exclude using gist (room_id with =, tstzrange(starts_at, ends_at) with &&)
      where (${active} and room_id is not null);`)
    // A date plus a wall time makes a timestamp range of one arbitrary day, because there is no range type for times.
    this.addSql(`
    alter table "weekly_schedule" add constraint "weekly_schedule_no_overlap"
      exclude using gist (
        doctor_id with =,
        weekday with =,
        daterange(valid_from, valid_to, '[]') with &&,
        tsrange(date '2000-01-01' + starts_at, date '2000-01-01' + ends_at) with &&
      );`)
  }

  override async down(): Promise<void> {
    this.addSql('alter table "weekly_schedule" drop constraint if exists "weekly_schedule_no_overlap";')
    for (const name of ['doctor', 'patient', 'room']) {
      this.addSql(`alter table "appointment" drop constraint if exists "appointment_${name}_no_overlap";`)
    }
  }
}
