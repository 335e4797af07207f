import { Migration } from '@mikro-orm/migrations'

import { auditAppend } from './sql/audit-append.ts'

/** The call that writes events learns from the insertion which hash is the last, instead of looking it up. */
export class Migration20261120177000_audit_head extends Migration {
  override async up(): Promise<void> {
    this.addSql(auditAppend({ news: true, last: 'said by the insertion' }))
    this.addSql(KEPT_PLANS)
  }

  override async down(): Promise<void> {
    this.addSql(auditAppend({ news: true, last: 'looked up' }))
    this.addSql(KEPT_PLANS)
  }
}

/** A function that is made anew loses its settings. */
const KEPT_PLANS = `alter function audit_append(jsonb) set plan_cache_mode = 'force_generic_plan';`
