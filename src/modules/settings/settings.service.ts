import { AuditAction } from '../../audit/event.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import { CLINIC_SETTINGS_ID, ClinicSettings } from './clinic-settings.entity.js'
import type { UpdateClinicSettingsInput } from './settings.inputs.js'

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
  async update(context: WriteContext, { version, doctorScope, careRelationMonths }: UpdateClinicSettingsInput): Promise<void> {
    const checks = new InputChecks()
    const inRange = careRelationMonths == null || (careRelationMonths >= 1 && careRelationMonths <= 120)
    checks.require(inRange, 'careRelationMonths', 'must be between 1 and 120')
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      const settings = await em.findOneOrFail(ClinicSettings, { id: CLINIC_SETTINGS_ID })
      requireVersion(settings, version)
      const sections = assignGiven(settings, { doctorScope: doctorScope ?? undefined, careRelationMonths: careRelationMonths ?? undefined })
      const facts = { doctorScope: settings.doctorScope, careRelationMonths: settings.careRelationMonths }
      audit({ action: AuditAction.RIGHTS_CHANGED, entity: 'ClinicSettings', entityId: settings.id, sections, facts })
    })
    this.#forgetAll()
  }
}
