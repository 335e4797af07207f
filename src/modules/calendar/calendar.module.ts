import { can, open, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { ascending, edgesOf, first } from '../../graphql/loaders/declaration.js'
import type { ClinicModule } from '../../graphql/module.js'
import { Doctor } from '../doctors/doctor.entity.js'
import { CalendarFeed } from './calendar-feed.entity.js'
import { CalendarResolver } from './calendar.resolver.js'

/** Feeds: the management all, doctors their own. */
const feedScope = rowScope(() => CalendarFeed, {
  all: ['schedules.write'],
  restricted: [{ capability: 'schedules.write-own', where: (row) => `${row.column('doctor')} = ${row.actor('doctorId')}` }],
})

const hasFeeds = can('schedules.write', 'schedules.write-own')

const access: AccessMap = {
  CalendarFeed: { id: open, createdAt: open, issuedAt: open, revokedAt: open },
  CalendarFeedLink: { url: hasFeeds, feed: hasFeeds },
  Doctor: { calendarFeed: hasFeeds },
  Mutation: { createCalendarFeed: hasFeeds, rotateCalendarFeed: hasFeeds, revokeCalendarFeed: hasFeeds },
}

export const calendarModule: ClinicModule = {
  scopes: [feedScope],
  edges: edgesOf(() => Doctor, {
    calendarFeed: first(() => CalendarFeed, {
      key: 'doctor',
      order: [ascending('id')],
      description: 'The calendar feed of the doctor, if there is one.',
    }),
  }),
  roots: [],
  access,
  resolvers: [CalendarResolver],
}
