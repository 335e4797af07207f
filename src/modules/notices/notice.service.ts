import type { Transaction, UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import type { BreakGlass } from '../break-glass/break-glass.entity.js'
import type { User } from '../identity/user.entity.js'
import { Notice, type NoticeKind } from './notice.entity.js'

/** Tells people what they have to know. */
export class NoticeService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #post: (kind: NoticeKind, to: string) => void

  /** @param post sends a letter that says no more than that there is a notice, without anybody waiting for it */
  constructor(work: UnitOfWork, reach: RowReach, post: (kind: NoticeKind, to: string) => void) {
    this.#work = work
    this.#reach = reach
    this.#post = post
  }

  /** Leaves a notice for each of the recipients, in the transaction of what it is about. */
  tell({ em }: Transaction, recipients: readonly User[], kind: NoticeKind, breakGlass: BreakGlass): void {
    for (const recipient of recipients) {
      const notice = new Notice()
      em.assign(notice, { recipient, kind, breakGlass }, { em })
      em.persist(notice)
    }
  }

  /** Also by mail, once the transaction is through. */
  post(kind: NoticeKind, addresses: readonly string[]): void {
    for (const to of addresses) this.#post(kind, to)
  }

  /** Marks a notice of the actor's as read. */
  async markRead(context: WriteContext, id: string): Promise<void> {
    await this.#work.run(context, async ({ em }) => {
      await this.#reach.require(em, context.actor, Notice, id)
      const notice = await em.findOneOrFail(Notice, { id })
      notice.readAt ??= new Date()
    })
  }
}
