import { AuditAction } from '../../audit/event.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import { CLINIC_SETTINGS_ID, ClinicSettings } from './clinic-settings.entity.js'
import { REMINDER_LANGUAGES } from '../reminders/reminder-letters.js'
import type { UpdateClinicSettingsInput } from './settings.inputs.js'

/** What the numbers may be, as the table's constraints have it. */
const RANGES = {
  careRelationMonths: [1, 120],
  minimumNoticeMinutes: [0, 20_160],
  bookingHorizonDays: [1, 730],
  maxOpenBookings: [1, 50],
  lateCancellationHours: [0, 336],
  slotStepMinutes: [5, 120],
  holdMinutes: [1, 60],
} as const satisfies Partial<Record<keyof UpdateClinicSettingsInput, readonly [number, number]>>

/** What the management sets for the whole clinic. */
export class SettingsService {
  readonly #work: UnitOfWork
  readonly #forgetAll: () => void

  /** @param forgetAll makes this process read accounts anew, whose reach depends on the settings; the others do so within a second */
  constructor(work: UnitOfWork, forgetAll: () => void) {
    this.#work = work
    this.#forgetAll = forgetAll
  }

  /** Changes the settings that are given. */
  async update(context: WriteContext, input: UpdateClinicSettingsInput): Promise<void> {
    const { version, doctorScope, ...numbers } = input
    const checks = new InputChecks()
    const given: Partial<Record<keyof typeof RANGES, number>> = {}
    for (const [name, [least, most]] of Object.entries(RANGES) as [keyof typeof RANGES, readonly [number, number]][]) {
      const value = numbers[name]
      if (value == null) continue
      checks.require(value >= least && value <= most, name, `must be between ${least} and ${most}`)
      given[name] = value
    }
    const reminders = reminderSettingsOf(input, checks)
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      const settings = await em.findOneOrFail(ClinicSettings, { id: CLINIC_SETTINGS_ID })
      requireVersion(settings, version)
      const sections = assignGiven(settings, { doctorScope: doctorScope ?? undefined, ...given, ...reminders })
      const facts = { doctorScope: settings.doctorScope, careRelationMonths: settings.careRelationMonths }
      audit({ action: AuditAction.RIGHTS_CHANGED, entity: 'ClinicSettings', entityId: settings.id, sections, facts })
    })
    this.#forgetAll()
  }
}

const MOST_REMINDERS = 5
const LONGEST_REMINDER_HOURS = 336

function reminderSettingsOf({ language, reminderHours, reminderChannels }: UpdateClinicSettingsInput, checks: InputChecks) {
  const spoken = language == null || REMINDER_LANGUAGES.some((known) => known === language)
  checks.require(spoken, 'language', `must be one of ${REMINDER_LANGUAGES.join(', ')}`)
  const hours = reminderHours && [...new Set(reminderHours)].toSorted((a, b) => b - a)
  checks.require((hours?.length ?? 0) <= MOST_REMINDERS, 'reminderHours', `must be at most ${MOST_REMINDERS}`)
  const inRange = hours?.every((each) => each >= 1 && each <= LONGEST_REMINDER_HOURS) ?? true
  checks.require(inRange, 'reminderHours', `must be between 1 and ${LONGEST_REMINDER_HOURS}`)
  const channels = reminderChannels && [...new Set(reminderChannels)]
  return { language: language ?? undefined, reminderHours: hours ?? undefined, reminderChannels: channels ?? undefined }
}
