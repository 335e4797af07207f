// Made by npm run codegen from docs/examples; do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** How dangerous a future exposure would be. */
export type AllergyCriticality =
  /** May be life-threatening. */
  | 'HIGH'
  /** Not expected to be life-threatening. */
  | 'LOW'
  /** Not known. */
  | 'UNABLE_TO_ASSESS';

/** Whether allergies were asked for, and what the answer was. */
export type AllergyStatus =
  /** Asked, and the patient knows of none. */
  | 'NONE_KNOWN'
  /** Nobody has asked yet. */
  | 'NOT_ASKED'
  /** Allergies are on the list. */
  | 'RECORDED';

/** Where an appointment stands. */
export type AppointmentStatus =
  /** The patient is in the house. */
  | 'ARRIVED'
  /** Holds its time. */
  | 'BOOKED'
  /** Called off; its time is free again. */
  | 'CANCELLED'
  /** The visit has taken place. */
  | 'COMPLETED'
  /** The patient has said that they will come. */
  | 'CONFIRMED'
  /** Should never have been entered. */
  | 'ENTERED_IN_ERROR'
  /** The visit has begun. */
  | 'IN_PROGRESS'
  /** The patient did not come. */
  | 'NO_SHOW'
  /** Asked for, not yet accepted by the clinic. */
  | 'REQUESTED';

/** The list a code is taken from. */
export type CodeSystem =
  /** CVX: vaccines. */
  | 'CVX'
  /** ICD-10: diagnoses, international edition. */
  | 'ICD_10'
  /** ICD-10-CM: diagnoses, US edition. */
  | 'ICD_10_CM'
  /** The clinic's own list. */
  | 'LOCAL'
  /** LOINC: observations and vital signs. */
  | 'LOINC'
  /** RxNorm: medicines. */
  | 'RXNORM'
  /** SNOMED CT: findings, procedures, substances. */
  | 'SNOMED_CT';

/** Where a condition stands. */
export type ConditionClinicalStatus =
  /** Present. */
  | 'ACTIVE'
  /** No longer present, may come back. */
  | 'INACTIVE'
  /** Came back after it was resolved. */
  | 'RECURRENCE'
  /** Came back after it got better. */
  | 'RELAPSE'
  /** Better, still watched. */
  | 'REMISSION'
  /** Gone, not expected to come back. */
  | 'RESOLVED';

/** Where a procedure stands. */
export type ProcedureStatus =
  /** Done. */
  | 'COMPLETED'
  /** Should never have been entered. */
  | 'ENTERED_IN_ERROR'
  /** Being done. */
  | 'IN_PROGRESS'
  /** Not done, with a reason. */
  | 'NOT_DONE'
  /** Planned, not begun. */
  | 'PREPARATION';

/** What a person is in the clinic; decides what they may see and do. */
export type Role =
  /** Runs the clinic: staff, prices, money, reports. */
  | 'ADMIN'
  /** Counts and de-identified rows, never names. */
  | 'ANALYST'
  /** Takes payments. */
  | 'CASHIER'
  /** Treats patients, writes and signs records and prescriptions. */
  | 'DOCTOR'
  /** Owns the clinic: everything an administrator may, and appoints them. */
  | 'OWNER'
  /** Sees their own chart, books for themselves. */
  | 'PATIENT'
  /** Dispenses prescriptions, keeps the stock. */
  | 'PHARMACIST'
  /** Front desk: registers patients, books appointments. */
  | 'REGISTRATION_CLERK'
  /** Nurse or assistant: vitals, drafts, help with procedures. */
  | 'STAFF';

/** Administrative sex. */
export type Sex =
  /** Female. */
  | 'FEMALE'
  /** Male. */
  | 'MALE'
  /** Neither female nor male. */
  | 'OTHER'
  /** Not known. */
  | 'UNKNOWN';

/** Where a treatment plan stands. */
export type TreatmentPlanStatus =
  /** The patient has agreed. */
  | 'ACCEPTED'
  /** Given up. */
  | 'CANCELLED'
  /** Everything planned is done. */
  | 'COMPLETED'
  /** Being written. */
  | 'DRAFT'
  /** Treatment has begun. */
  | 'IN_PROGRESS'
  /** Interrupted for a time. */
  | 'ON_HOLD'
  /** Shown to the patient. */
  | 'PROPOSED'
  /** The patient has declined. */
  | 'REJECTED';

export type CohortQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type CohortQuery = { patients: { totalCount: number | null, edges: Array<{ node: { id: string, sex: Sex | null, birthYear: number | null, conditions: Array<{ codeSystem: CodeSystem | null, code: string | null, clinicalStatus: ConditionClinicalStatus | null }> | null, appointments: { totalCount: number | null } | null } | null }> | null, pageInfo: { hasNextPage: boolean, endCursor: string | null } | null } | null };

export type BoardQueryVariables = Exact<{
  from: string;
  to: string;
  after?: string | null | undefined;
}>;


export type BoardQuery = { appointments: { totalCount: number | null, edges: Array<{ node: { id: string, startsAt: string, endsAt: string, status: AppointmentStatus, allowedTransitions: Array<AppointmentStatus>, patient: { firstName: string | null, lastName: string | null } | null, doctor: { fullName: string } | null, room: { name: string } | null } | null }> | null, pageInfo: { hasNextPage: boolean, endCursor: string | null } | null } | null };

export type ChartQueryVariables = Exact<{
  id: string | number;
}>;


export type ChartQuery = { patient: { id: string, mrn: string, firstName: string | null, lastName: string | null, birthDate: string | null, sex: Sex | null, allergyStatus: AllergyStatus | null, allergies: Array<{ substance: string | null, criticality: AllergyCriticality | null, reactions: Array<string> | null }> | null, conditions: Array<{ code: string | null, display: string | null, clinicalStatus: ConditionClinicalStatus | null, onsetDate: string | null }> | null, appointments: { totalCount: number | null, edges: Array<{ node: { id: string, startsAt: string, status: AppointmentStatus, doctor: { fullName: string, specialty: string | null } | null, medicalRecords: Array<{ id: string, findings: string | null, diagnoses: Array<{ code: string | null, display: string | null }> | null, vitals: Array<{ display: string | null, value: string | null, unit: string | null }> | null }> | null, procedures: Array<{ name: string | null, status: ProcedureStatus, price: { amount: string, currency: string } | null }> | null } | null }> | null, pageInfo: { hasNextPage: boolean, endCursor: string | null } | null } | null, treatmentPlans: { edges: Array<{ node: { title: string | null, status: TreatmentPlanStatus, procedures: Array<{ name: string | null, status: ProcedureStatus }> | null } | null }> | null } | null, prescriptions: { edges: Array<{ node: { prescribedAt: string | null, items: Array<{ medicationName: string | null, frequency: string | null, refills: number | null }> | null } | null }> | null } | null } | null };

export type FindPatientQueryVariables = Exact<{
  search: string;
}>;


export type FindPatientQuery = { patients: { totalCount: number | null, edges: Array<{ node: { id: string, mrn: string, firstName: string | null, lastName: string | null, birthDate: string | null, phone: string | null } | null }> | null } | null };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { displayName: string, roles: Array<Role>, capabilities: Array<string>, patient: { id: string } | null, staff: { fullName: string } | null } | null };


export const CohortDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Cohort"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"patients"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"birthYear"}},{"kind":"Field","name":{"kind":"Name","value":"conditions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"codeSystem"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"clinicalStatus"}}]}},{"kind":"Field","name":{"kind":"Name","value":"appointments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<CohortQuery, CohortQueryVariables>;
export const BoardDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Board"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"to"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"appointments"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"to"},"value":{"kind":"Variable","name":{"kind":"Name","value":"to"}}}]}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"EnumValue","value":"EARLIEST_FIRST"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"startsAt"}},{"kind":"Field","name":{"kind":"Name","value":"endsAt"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"allowedTransitions"}},{"kind":"Field","name":{"kind":"Name","value":"patient"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"lastName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"doctor"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fullName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"room"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<BoardQuery, BoardQueryVariables>;
export const ChartDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Chart"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"patient"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"mrn"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"lastName"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"allergyStatus"}},{"kind":"Field","name":{"kind":"Name","value":"allergies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"substance"}},{"kind":"Field","name":{"kind":"Name","value":"criticality"}},{"kind":"Field","name":{"kind":"Name","value":"reactions"}}]}},{"kind":"Field","name":{"kind":"Name","value":"conditions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"display"}},{"kind":"Field","name":{"kind":"Name","value":"clinicalStatus"}},{"kind":"Field","name":{"kind":"Name","value":"onsetDate"}}]}},{"kind":"Field","name":{"kind":"Name","value":"appointments"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"startsAt"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"doctor"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fullName"}},{"kind":"Field","name":{"kind":"Name","value":"specialty"}}]}},{"kind":"Field","name":{"kind":"Name","value":"medicalRecords"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"findings"}},{"kind":"Field","name":{"kind":"Name","value":"diagnoses"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"display"}}]}},{"kind":"Field","name":{"kind":"Name","value":"vitals"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"display"}},{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"procedures"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"price"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"treatmentPlans"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"procedures"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"prescriptions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"prescribedAt"}},{"kind":"Field","name":{"kind":"Name","value":"items"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"medicationName"}},{"kind":"Field","name":{"kind":"Name","value":"frequency"}},{"kind":"Field","name":{"kind":"Name","value":"refills"}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<ChartQuery, ChartQueryVariables>;
export const FindPatientDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindPatient"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"search"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"patients"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"search"},"value":{"kind":"Variable","name":{"kind":"Name","value":"search"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"mrn"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"lastName"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}}]}}]}}]}}]}}]} as unknown as DocumentNode<FindPatientQuery, FindPatientQueryVariables>;
export const MeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"roles"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"patient"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"staff"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fullName"}}]}}]}}]}}]} as unknown as DocumentNode<MeQuery, MeQueryVariables>;