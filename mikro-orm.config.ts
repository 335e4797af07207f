import { ormOptions } from './src/database/orm-options.js'
import { loadEnv } from './src/env.js'

// For the MikroORM command line (`npm run migration:create`); the server builds its own options from the same function.
const options = ormOptions(loadEnv().DATABASE_URL ?? 'postgresql://127.0.0.1/clinic', 'migrations')
const config = { ...options, migrations: { ...options.migrations, snapshot: true } }

// The command line of MikroORM looks for a default export.
export default config
