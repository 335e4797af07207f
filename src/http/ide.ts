import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Router, type RequestHandler } from 'express'
import type { Logger } from 'pino'

import { CHART_QUERY, LOGIN_MUTATION } from './example-queries.js'
import { onlyMethods, refuse } from './refusals.js'
import { route } from './request-facts.js'
import { policy } from './security-headers.js'

/**
 * GraphiQL at `/ide`, served from the packages on disk: no content delivery network, no build step. The newest major needs a bundler and
 * four times the room for the same work, so it is major 3 with its ready-made bundle.
 *
 * A development tool: its packages are not installed in production, where the routes do not exist.
 */
export function ideRoutes(options: { demo: boolean; logger: Logger }): Router {
  const page = renderPage(options.demo)
  const show: RequestHandler = (_request, response) => {
    response.setHeader('content-security-policy', IDE_POLICY)
    response.type('html').send(page)
  }
  const asset: RequestHandler<{ name: string }> = async (request, response) => {
    const file = ASSETS[request.params.name]
    if (file === undefined) return refuse(response, 404, 'NOT_FOUND', 'There is nothing here.')
    try {
      response.type(file.type).send(await readFile(file.path()))
    } catch (error) {
      options.logger.warn(
        { err: error, asset: request.params.name },
        'a file of the IDE is missing; its packages are development dependencies',
      )
      refuse(response, 404, 'NOT_FOUND', 'The IDE is not installed.')
    }
  }
  return Router()
    .all('/ide', route('/ide'), onlyMethods('GET', 'HEAD'), show)
    .all('/ide/assets/:name', route('/ide/assets'), onlyMethods('GET', 'HEAD'), asset)
}

/** Scripts only from files of ours; the editor writes style rules while it runs, which cannot be done with a hash. */
const IDE_POLICY = policy({
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'font-src': 'data:',
  'img-src': "'self' data:",
  'connect-src': "'self'",
})

/** A file of a package by its place in the folder, for the bundles are not among the packages' exports. */
const inPackage = (name: string, file: string) => (): string => join(dirname(findPackageJSON(name, import.meta.url) ?? ''), file)
const inHouse = (name: string) => (): string => join(projectRoot(), 'src/http/ide', name)

/** Files by the name in their address; nothing else on the disk can be asked for. */
const ASSETS: Readonly<Record<string, { path: () => string; type: string }>> = Object.assign(Object.create(null), {
  'react.js': { path: inPackage('react', 'umd/react.production.min.js'), type: 'js' },
  'react-dom.js': { path: inPackage('react-dom', 'umd/react-dom.production.min.js'), type: 'js' },
  'graphiql.js': { path: inPackage('graphiql', 'graphiql.min.js'), type: 'js' },
  'graphiql.css': { path: inPackage('graphiql', 'graphiql.min.css'), type: 'css' },
  'live.js': { path: inHouse('live.js'), type: 'js' },
  'ide.js': { path: inHouse('ide.js'), type: 'js' },
  'ide.css': { path: inHouse('ide.css'), type: 'css' },
})

/** The browser's files are not compiled, so they stay in `src` also for the compiled server. */
function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder)
  return folder
}

/** @param demo whether to offer the demo clinic's accounts */
function renderPage(demo: boolean): string {
  const settings = JSON.stringify({ endpoint: '/graphql', login: LOGIN_MUTATION, query: CHART_QUERY }).replaceAll('<', String.raw`\u003c`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Clinic API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/ide/assets/graphiql.css">
<link rel="stylesheet" href="/ide/assets/ide.css">
</head>
<body>
<form id="sign-in" autocomplete="on">
  <strong>Clinic API</strong>
  <label>Username <input name="username" autocomplete="username" required${demo ? ' list="accounts" value="doctor"' : ''}></label>
  <label>Password <input name="password" type="password" autocomplete="current-password" required${demo ? ` value="${DEMO_PASSWORD}"` : ''}></label>
  ${demo ? `<datalist id="accounts">${DEMO_ACCOUNTS.map((name) => `<option>${name}</option>`).join('')}</datalist>` : ''}
  <button type="submit">Sign in</button>
  <output id="signed-in" aria-live="polite">Not signed in: sign in here, or put a token into the Headers below the query.</output>
</form>
<main id="ide">Loading…</main>
<script type="application/json" id="settings">${settings}</script>
<script src="/ide/assets/react.js"></script>
<script src="/ide/assets/react-dom.js"></script>
<script src="/ide/assets/graphiql.js"></script>
<script src="/ide/assets/live.js"></script>
<script src="/ide/assets/ide.js"></script>
</body>
</html>
`
}

/** The accounts of the demo clinic, one per role; they exist nowhere else. */
const DEMO_ACCOUNTS = ['owner', 'admin', 'doctor', 'staff', 'registration-clerk', 'pharmacist', 'cashier', 'analyst', 'patient'] as const
const DEMO_PASSWORD = 'demo clinic 2026'
