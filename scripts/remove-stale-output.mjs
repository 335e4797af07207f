import { existsSync, globSync, rmSync } from 'node:fs'

// After an incremental build: what was compiled from a source that is gone must go too, or a deleted migration would still run.
for (const output of globSync('dist/**/*.js')) {
  const source = output.replace(/^dist\//, '').replace(/\.js$/, '.ts')
  if (existsSync(source)) continue
  rmSync(output)
  rmSync(`${output}.map`, { force: true })
}
