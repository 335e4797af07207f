import type { Facts } from '../database/fill.ts'
import { arrayOf, edgesOf, instant, type Bodies, type Workload } from './workload.ts'

const variables = ({ charts }: Facts): { id: string }[] => charts.map((id) => ({ id }))

/** The resources of one patient, of which the chart takes these fields. */
interface Resources {
  patient: Record<'id' | 'mrn' | 'firstName' | 'lastName' | 'birthDate' | 'sex' | 'phone' | 'email', unknown> & { allergies: Row[] }
  appointments: (Row & { doctor: Row })[]
  records: Row[]
  plans: (Row & { procedures: Row[] })[]
}
type Row = Record<string, unknown>

const LATEST = 10

const pick = (row: Row, ...names: string[]): Row => Object.fromEntries(names.map((name) => [name, row[name]]))
const edges = (rows: Row[]): object => ({ edges: rows.map((node) => ({ node })) })

/** The chart out of the resources, as the client of such a server puts it together. */
function composeChart([patient, appointments, plans, records]: Bodies): unknown {
  const resources = { patient, appointments, plans, records: records ?? [] } as Resources
  return {
    patient: {
      ...pick(resources.patient, 'id', 'mrn', 'firstName', 'lastName', 'birthDate', 'sex', 'phone', 'email'),
      allergies: resources.patient.allergies.map((row) => pick(row, 'substance', 'criticality', 'reactions', 'recordedAt')),
      appointments: edges(
        resources.appointments.map((row) => ({
          ...pick(row, 'id', 'startsAt', 'status', 'reason'),
          doctor: pick(row.doctor, 'fullName', 'specialty'),
          medicalRecords: resources.records
            .filter(({ appointmentId }) => appointmentId === row['id'])
            .map((record) => pick(record, 'status', 'findings')),
        })),
      ),
      treatmentPlans: edges(
        resources.plans.map((row) => ({
          ...pick(row, 'id', 'diagnosisSummary', 'status'),
          procedures: row.procedures.map((procedure) => pick(procedure, 'name', 'status', 'performedAt')),
        })),
      ),
    },
  }
}

/** Records are asked for by the appointments they belong to; without an appointment there is nothing to ask. */
async function chartPaths({ charts }: Facts, get: (path: string) => Promise<unknown>): Promise<string[][]> {
  const all: string[][] = []
  for (const id of charts) {
    const appointments = `/patients/${id}/appointments?limit=${LATEST}`
    const ids = ((await get(appointments)) as Row[]).map((row) => String(row['id']))
    const paths = [`/patients/${id}`, appointments, `/patients/${id}/treatment-plans?limit=${LATEST}`]
    all.push(ids.length === 0 ? paths : [...paths, `/patients/${id}/medical-records?appointmentIds=${ids.join(',')}`])
  }
  return all
}

/**
 * The whole chart of one patient: demographics, allergies, the last ten appointments with doctor and record, plans with procedures.
 * Some 130 fields and 7 kB for a patient of the cohort.
 */
export const chart: Workload = {
  name: 'chart',
  title: 'full chart of one patient',
  clinic: {
    variables,
    query: `query Chart($id: ID!) {
      patient(id: $id) {
        id mrn firstName lastName birthDate sex phone email
        allergies { substance criticality reactions recordedAt }
        appointments(first: 10) { edges { node {
          id startsAt status reason
          doctor { fullName specialty }
          medicalRecords { status findings }
        } } }
        treatmentPlans(first: 10) { edges { node {
          id diagnosisSummary status
          procedures { name status performedAt }
        } } }
      }
    }`,
  },
  postgraphile: {
    variables,
    query: `query Chart($id: UUID!) {
      patient: patientByRowId(rowId: $id) {
        id: rowId mrn firstName lastName birthDate sex phone email
        allergies: allergiesByPatientIdList(orderBy: [RECORDED_AT_DESC, ROW_ID_DESC]) { substance criticality reactions recordedAt }
        appointments: appointmentsByPatientId(first: 10, orderBy: [STARTS_AT_DESC, ROW_ID_DESC]) { edges { node {
          id: rowId startsAt status reason
          doctor: doctorByDoctorId { fullName specialty }
          medicalRecords: medicalRecordsByAppointmentIdList(orderBy: [OCCURRED_AT_DESC, ROW_ID_DESC]) { status findings }
        } } }
        treatmentPlans: treatmentPlansByPatientId(first: 10, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) { edges { node {
          id: rowId diagnosisSummary status
          procedures: proceduresByTreatmentPlanIdList(orderBy: [CREATED_AT_ASC, ROW_ID_ASC]) { name status performedAt }
        } } }
      }
    }`,
  },
  rest: { paths: chartPaths, compose: composeChart },
  raw: {
    values: ({ charts }) => charts.map((id) => [id]),
    sql: `
      select json_build_object('data', json_build_object('patient', (select row_to_json(c) from (
        select p.id, p.mrn, p.first_name as "firstName", p.last_name as "lastName", p.birth_date as "birthDate", p.sex, p.phone, p.email,
          ${arrayOf(`
            select a.substance, a.criticality, a.reactions, ${instant('a.recorded_at')} as "recordedAt"
            from allergy a where a.patient_id = p.id order by a.recorded_at desc, a.id desc`)} as allergies,
          ${edgesOf(`
            select a.id, ${instant('a.starts_at')} as "startsAt", a.status, a.reason,
              (select row_to_json(r) from (select d.full_name as "fullName", d.specialty) r) as doctor,
              ${arrayOf(`
                select m.status, m.findings from medical_record m where m.appointment_id = a.id order by m.occurred_at desc, m.id desc`)} as "medicalRecords"
            from (select * from appointment where patient_id = p.id order by starts_at desc, id desc limit 10) a join doctor d on d.id = a.doctor_id
            order by a.starts_at desc, a.id desc`)} as appointments,
          ${edgesOf(`
            select t.id, t.diagnosis_summary as "diagnosisSummary", t.status,
              ${arrayOf(`
                select o.name, o.status, ${instant('o.performed_at')} as "performedAt"
                from procedure o where o.treatment_plan_id = t.id order by o.created_at, o.id`)} as procedures
            from treatment_plan t where t.patient_id = p.id order by t.created_at desc, t.id desc limit 10`)} as "treatmentPlans"
        from patient p where p.id = $1::uuid) c)))::text`,
  },
}
