import { AccessLogEntry } from '../audit/access-log-entry.entity.js'
import { AuditEvent } from '../audit/audit-event.entity.js'
import { AuditHead } from '../audit/audit-head.entity.js'
import { AuditOutboxEntry } from '../audit/audit-outbox-entry.entity.js'
import { BreakGlass } from '../modules/break-glass/break-glass.entity.js'
import { OneTimeToken } from '../modules/identity/one-time-token.entity.js'
import { RecoveryCode } from '../modules/identity/recovery-code.entity.js'
import { RefreshToken } from '../modules/identity/refresh-token.entity.js'
import { SignInThrottle } from '../modules/identity/sign-in-throttle.entity.js'
import { UserSession } from '../modules/identity/user-session.entity.js'
import { User } from '../modules/identity/user.entity.js'
import { SourceLink } from '../modules/interop/source-link.entity.js'
import { IdempotencyKey } from './idempotency-key.entity.js'
import { Location } from '../modules/locations/location.entity.js'
import { Room } from '../modules/locations/room.entity.js'
import { Notice } from '../modules/notices/notice.entity.js'
import { PatientProxy } from '../modules/proxies/patient-proxy.entity.js'
import { ClinicSettings } from '../modules/settings/clinic-settings.entity.js'
import { Doctor } from '../modules/doctors/doctor.entity.js'
import { WeeklySchedule } from '../modules/doctors/weekly-schedule.entity.js'
import { Allergy } from '../modules/patients/allergy.entity.js'
import { NameWord } from '../modules/patients/name-word.entity.js'
import { PatientConsent } from '../modules/patients/patient-consent.entity.js'
import { PatientDistinction } from '../modules/patients/patient-distinction.entity.js'
import { AllergyStatusChange, ConditionStatusChange } from '../modules/patients/status-change.entity.js'
import { PatientMergeProposal } from '../modules/merging/patient-merge-proposal.entity.js'
import { PatientMergeRow } from '../modules/merging/patient-merge-row.entity.js'
import { PatientMerge } from '../modules/merging/patient-merge.entity.js'
import { Condition } from '../modules/patients/condition.entity.js'
import { PatientContact } from '../modules/patients/patient-contact.entity.js'
import { PatientIdentifier } from '../modules/patients/patient-identifier.entity.js'
import { Patient } from '../modules/patients/patient.entity.js'
import { AppointmentReminder } from '../modules/reminders/appointment-reminder.entity.js'
import { ReminderPreference } from '../modules/reminders/reminder-preference.entity.js'
import { CalendarFeed } from '../modules/calendar/calendar-feed.entity.js'
import { Procedure } from '../modules/plans/procedure.entity.js'
import { TreatmentPlanItem } from '../modules/plans/treatment-plan-item.entity.js'
import { TreatmentPlan } from '../modules/plans/treatment-plan.entity.js'
import { PrescriptionItem } from '../modules/prescriptions/prescription-item.entity.js'
import { Prescription } from '../modules/prescriptions/prescription.entity.js'
import { QueueBoardLink } from '../modules/queue/queue-board-link.entity.js'
import { QueueEntryChange } from '../modules/queue/queue-entry-change.entity.js'
import { QueueEntry } from '../modules/queue/queue-entry.entity.js'
import { CurrentMedication } from '../modules/records/current-medication.entity.js'
import { Diagnosis } from '../modules/records/diagnosis.entity.js'
import { MedicalRecord } from '../modules/records/medical-record.entity.js'
import { Vital } from '../modules/records/vital.entity.js'
import { AppointmentHold } from '../modules/scheduling/appointment-hold.entity.js'
import { AppointmentSeries } from '../modules/scheduling/appointment-series.entity.js'
import { AppointmentStatusChange } from '../modules/scheduling/appointment-status-change.entity.js'
import { ClinicClosure } from '../modules/schedules/clinic-closure.entity.js'
import { ScheduleBreak } from '../modules/schedules/schedule-break.entity.js'
import { ScheduleExceptionHours } from '../modules/schedules/schedule-exception-hours.entity.js'
import { ScheduleException } from '../modules/schedules/schedule-exception.entity.js'
import { TimeOff } from '../modules/schedules/time-off.entity.js'
import { Appointment } from '../modules/scheduling/appointment.entity.js'
import { Service } from '../modules/services/service.entity.js'
import { FreedTime } from '../modules/scheduling/freed-time.entity.js'
import { Staff } from '../modules/staff/staff.entity.js'
import { WaitlistEntryChange } from '../modules/waitlist/waitlist-entry-change.entity.js'
import { WaitlistEntry } from '../modules/waitlist/waitlist-entry.entity.js'
import { WaitlistOffer } from '../modules/waitlist/waitlist-offer.entity.js'
import { Address } from './address.js'
import { Money } from './money.js'

/** Every entity and embeddable of the clinic; discovery reads this list and nothing else. */
export const ENTITIES = [
  AccessLogEntry,
  Address,
  Allergy,
  AllergyStatusChange,
  Appointment,
  AppointmentReminder,
  AppointmentHold,
  AppointmentSeries,
  AppointmentStatusChange,
  AuditEvent,
  AuditHead,
  AuditOutboxEntry,
  BreakGlass,
  CalendarFeed,
  ClinicClosure,
  ClinicSettings,
  Condition,
  ConditionStatusChange,
  CurrentMedication,
  Diagnosis,
  Doctor,
  IdempotencyKey,
  FreedTime,
  Location,
  MedicalRecord,
  Money,
  NameWord,
  Notice,
  OneTimeToken,
  Patient,
  PatientConsent,
  PatientContact,
  PatientDistinction,
  PatientIdentifier,
  PatientMerge,
  PatientMergeProposal,
  PatientMergeRow,
  PatientProxy,
  Prescription,
  PrescriptionItem,
  Procedure,
  QueueBoardLink,
  QueueEntry,
  QueueEntryChange,
  RecoveryCode,
  RefreshToken,
  ReminderPreference,
  Room,
  ScheduleBreak,
  ScheduleException,
  ScheduleExceptionHours,
  Service,
  SignInThrottle,
  SourceLink,
  Staff,
  TimeOff,
  TreatmentPlan,
  TreatmentPlanItem,
  User,
  UserSession,
  Vital,
  WaitlistEntry,
  WaitlistEntryChange,
  WaitlistOffer,
  WeeklySchedule,
]
