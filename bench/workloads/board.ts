import type { Facts } from '../database/fill.ts'
import { edgesOf, instant, type Workload } from './workload.ts'

const variables = ({ boardDays }: Facts): readonly object[] => boardDays

/** What hangs behind the reception desk: the first hundred appointments of one day. */
export const board: Workload = {
  name: 'board',
  title: "a day's board: 100 appointments with patient and doctor",
  clinic: {
    variables,
    query: `query Board($from: DateTime!, $to: DateTime!) {
      appointments(first: 100, orderBy: EARLIEST_FIRST, filter: { from: $from, to: $to }) { edges { node {
        id startsAt endsAt status reason
        patient { id firstName lastName mrn }
        doctor { id fullName }
      } } }
    }`,
  },
  postgraphile: {
    variables,
    query: `query Board($from: Datetime!, $to: Datetime!) {
      appointments: allAppointments(
        first: 100, orderBy: [STARTS_AT_ASC, ROW_ID_ASC], filter: { startsAt: { greaterThanOrEqualTo: $from, lessThan: $to } }
      ) { edges { node {
        id: rowId startsAt endsAt status reason
        patient: patientByPatientId { id: rowId firstName lastName mrn }
        doctor: doctorByDoctorId { id: rowId fullName }
      } } }
    }`,
  },
  raw: {
    values: ({ boardDays }) => boardDays.map(({ from, to }) => [from, to]),
    sql: `
      select json_build_object('data', json_build_object('appointments', ${edgesOf(`
        select a.id, ${instant('a.starts_at')} as "startsAt", ${instant('a.ends_at')} as "endsAt", a.status, a.reason,
          (select row_to_json(r) from (select p.id, p.first_name as "firstName", p.last_name as "lastName", p.mrn) r) as patient,
          (select row_to_json(r) from (select d.id, d.full_name as "fullName") r) as doctor
        from (select * from appointment where starts_at >= $1::timestamptz and starts_at < $2::timestamptz order by starts_at, id limit 100) a
        join patient p on p.id = a.patient_id join doctor d on d.id = a.doctor_id
        order by a.starts_at, a.id`)}))::text`,
  },
}
