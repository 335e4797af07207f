import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'

// A process that sends what is due into a folder, slowly enough to be killed half way. It notes what it has handed over, which may be before
// that is in the database. Arguments: the compiled sources, the folder, the database.
const [build, dataDir, connectionString] = process.argv.slice(2)
const { systemClock } = await import(`${build}/src/clock.js`)
const { WritePool } = await import(`${build}/src/database/write-pool.js`)
const { Mailer } = await import(`${build}/src/mail/mailer.js`)
const { EmailSender } = await import(`${build}/src/modules/reminders/reminder-senders.js`)
const { ReminderTable } = await import(`${build}/src/modules/reminders/reminder-table.js`)
const { Reminders } = await import(`${build}/src/modules/reminders/reminders.js`)

const logger = pino({ level: 'silent' })
const email = new EmailSender(new Mailer({ url: undefined, from: 'a@b.test', mailbox: `${dataDir}/mail`, dataDir, logger }))
const store = new WritePool({ connectionString, poolMax: 2, patienceMs: 5000 })
const send = async (message) => {
  await email.send(message)
  appendFileSync(`${dataDir}/handed-over`, `${message.key}\n`)
  await sleep(2)
}
const reminders = new Reminders({
  table: new ReminderTable(store, systemClock),
  senders: { EMAIL: { send }, SMS: { send } },
  clinic: 'Clinic',
  optOutOf: (id) => `http://127.0.0.1/${id}`,
  clock: systemClock,
  logger,
})
await reminders.sendDue(new AbortController().signal)
await store.close()
