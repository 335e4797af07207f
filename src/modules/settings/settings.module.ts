import { can, open, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import type { ClinicModule } from '../../graphql/module.js'
import { ClinicSettings } from './clinic-settings.entity.js'
import { SettingsResolver } from './settings.resolver.js'

const settingsAccess: AccessMap = {
  ClinicSettings: {
    id: open,
    version: open,
    createdAt: open,
    doctorScope: open,
    careRelationMonths: open,
    minimumNoticeMinutes: open,
    bookingHorizonDays: open,
    maxOpenBookings: open,
    lateCancellationHours: open,
    slotStepMinutes: open,
    holdMinutes: open,
    language: open,
    reminderHours: open,
    reminderChannels: open,
  },
  Query: { clinicSettings: can('settings.read') },
  Mutation: { updateClinicSettings: can('settings.write') },
}

export const settingsModule: ClinicModule = {
  scopes: [rowScope(() => ClinicSettings, { all: ['settings.read'] })],
  edges: [],
  roots: [],
  access: settingsAccess,
  resolvers: [SettingsResolver],
}
