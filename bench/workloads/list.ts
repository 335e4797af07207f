import { LIST_PAGE } from '../database/fill.ts'
import { arrayOf, edgesOf, instant, walk, type Workload } from './workload.ts'

const CLINIC_PATIENTS = `patients(first: ${LIST_PAGE}, after: $after)`
const POSTGRAPHILE_PATIENTS = `patients: allPatients(first: ${LIST_PAGE}, after: $after, orderBy: [LAST_NAME_ASC, FIRST_NAME_ASC, ROW_ID_ASC])`

/** A page of the patient list in order of name, each patient with allergies and the last ten appointments with their doctor. */
export const list: Workload = {
  name: 'list',
  title: `${LIST_PAGE} patients, each with allergies and 10 appointments with doctor`,
  clinic: {
    variables: ({ listPages }, ask) =>
      walk(ask, `query Pages($after: String) { ${CLINIC_PATIENTS} { pageInfo { endCursor } } }`, listPages.length),
    query: `query List($after: String) {
      ${CLINIC_PATIENTS} { edges { node {
        id mrn firstName lastName birthDate
        allergies { substance criticality }
        appointments(first: 10) { edges { node { id startsAt status doctor { fullName } } } }
      } } }
    }`,
  },
  postgraphile: {
    variables: ({ listPages }, ask) =>
      walk(ask, `query Pages($after: Cursor) { ${POSTGRAPHILE_PATIENTS} { pageInfo { endCursor } } }`, listPages.length),
    query: `query List($after: Cursor) {
      ${POSTGRAPHILE_PATIENTS} { edges { node {
        id: rowId mrn firstName lastName birthDate
        allergies: allergiesByPatientIdList(orderBy: [RECORDED_AT_DESC, ROW_ID_DESC]) { substance criticality }
        appointments: appointmentsByPatientId(first: 10, orderBy: [STARTS_AT_DESC, ROW_ID_DESC]) { edges { node {
          id: rowId startsAt status doctor: doctorByDoctorId { fullName }
        } } }
      } } }
    }`,
  },
  raw: {
    values: ({ listPages }) => listPages.map(({ lastName, firstName, id }) => [lastName, firstName, id]),
    sql: `
      select json_build_object('data', json_build_object('patients', ${edgesOf(`
        select p.id, p.mrn, p.first_name as "firstName", p.last_name as "lastName", p.birth_date as "birthDate",
          ${arrayOf(`select a.substance, a.criticality from allergy a where a.patient_id = p.id order by a.recorded_at desc, a.id desc`)} as allergies,
          ${edgesOf(`
            select a.id, ${instant('a.starts_at')} as "startsAt", a.status,
              (select row_to_json(r) from (select d.full_name as "fullName") r) as doctor
            from (select * from appointment where patient_id = p.id order by starts_at desc, id desc limit 10) a join doctor d on d.id = a.doctor_id
            order by a.starts_at desc, a.id desc`)} as appointments
        from patient p where (p.last_name, p.first_name, p.id) > ($1::text, $2::text, $3::uuid)
        order by p.last_name, p.first_name, p.id limit ${LIST_PAGE}`)}))::text`,
  },
}
