import { can, open, signedIn, type AccessMap } from '../../access/rules.js'
import { rowScope } from '../../access/scope.js'
import { descending, edgesOf, one, rootConnection } from '../../graphql/loaders/declaration.js'
import type { ClinicModule } from '../../graphql/module.js'
import { BreakGlass } from '../break-glass/break-glass.entity.js'
import { Notice } from './notice.entity.js'
import { NoticeFilter, NoticeOrder } from './notice.inputs.js'
import { NoticeResolver } from './notice.resolver.js'

const noticeAccess: AccessMap = {
  Notice: { id: open, createdAt: open, kind: open, readAt: open, breakGlass: can('break-glass.review', 'break-glass.use') },
  NoticeConnection: { edges: signedIn, pageInfo: signedIn, totalCount: signedIn },
  NoticeEdge: { node: signedIn, cursor: open },
  Query: { notices: signedIn },
  Mutation: { markNoticeRead: signedIn },
}

export const noticesModule: ClinicModule = {
  // Everybody their own.
  scopes: [
    rowScope(() => Notice, {
      all: [],
      restricted: [{ capability: 'signed-in', where: (row) => `${row.column('recipient')} = ${row.actor('userId')}` }],
    }),
  ],
  edges: edgesOf(() => Notice, {
    breakGlass: one(() => BreakGlass, { from: 'breakGlass', description: 'The emergency opening it is about.' }),
  }),
  roots: [
    rootConnection('notices', () => Notice, {
      filter: {
        input: () => NoticeFilter,
        fields: {
          unread: {
            values: { notice_unread: { type: 'boolean', of: (unread: boolean) => unread } },
            where: (row) => `(${row.column('readAt')} is null) = ${row.value('notice_unread')}`,
            reveals: null,
          },
        },
      },
      orders: { input: NoticeOrder, choices: { [NoticeOrder.LATEST_FIRST]: { keys: [descending('id')], reveals: null } } },
      description: 'What you have to be told, the latest first.',
    }),
  ],
  access: noticeAccess,
  resolvers: [NoticeResolver],
}
