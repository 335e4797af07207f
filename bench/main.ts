/** The load comparison as a program: `npm run bench`, see `--help` and docs/performance.md. */
import { HELP, OptionError, readOptions } from './options.ts'
import { run } from './run.ts'

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.error('\nStopping …')
    interrupted.abort(new Error(`stopped by ${signal}`))
  })
}

try {
  const options = readOptions(process.argv.slice(2), process.env['DATABASE_URL'])
  if (options === 'help') console.log(HELP)
  else process.exitCode = (await run(options, interrupted.signal)) ? 0 : 1
} catch (error) {
  console.error(error instanceof OptionError || interrupted.signal.aborted ? (error as Error).message : error)
  process.exitCode = error instanceof OptionError ? 2 : 1
}
