import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startMini, type Mini } from '../http/clinic-in-miniature.js'
import { browserPath, misdeedsOf, openBrowser } from './chromium.js'
import { Ide } from './ide.js'

describe.skipIf(browserPath === undefined)('the IDE in a browser without internet', () => {
  let browser: Browser
  let server: Mini
  beforeAll(async () => {
    ;[browser, server] = await Promise.all([openBrowser(), startMini({ NODE_ENV: 'development' })])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it('opens with a chart query and a place for the token, signs in, and shows the patient', async () => {
    const page = await browser.newPage()
    const misdeeds = misdeedsOf(page, server.url)
    const ide = new Ide(page)
    await ide.open(server.url)
    expect(await ide.query()).toContain('query Charts')
    expect(await ide.headers()).toContain('"Authorization": "Bearer "')

    expect(await ide.signIn('doctor', 'demo clinic 2026')).toContain('Signed in as Dr. doctor (DOCTOR)')
    expect(await ide.headers()).toContain('Bearer token-of-doctor')
    expect(await ide.run('Ostrowski')).toContain('Mathilde')
    expect(server.log.some((line) => line.includes('"operationName":"Charts"') && line.includes('"userId":"token-of-doctor"'))).toBe(true)
    expect(misdeeds).toEqual([])
  })

  it('says so when signing in fails', async () => {
    const page = await browser.newPage()
    const ide = new Ide(page)
    await ide.open(server.url)
    expect(await ide.signIn('doctor', 'wrong')).toBe('No such account.')
    expect(await ide.headers()).toContain('"Authorization": "Bearer "')
  })

  it('is named by the page of Apollo Sandbox, which needs the internet', async () => {
    const page = await browser.newPage()
    await page.goto(`${server.url}/graphql`)
    await page.getByRole('link', { name: 'The other IDE' }).waitFor()
    expect(await page.content()).toContain('embeddable-sandbox')
  })
})

describe('the pages of the IDEs', () => {
  it('run scripts of their own only', async () => {
    const server = await startMini({ NODE_ENV: 'development' })
    const ide = await server.get('/ide')
    const sandbox = await server.get('/graphql', { headers: { accept: 'text/html,application/xhtml+xml' } })
    await server.close()
    expect(ide.headers.get('content-security-policy')).toContain("script-src 'self';")
    expect(sandbox.headers.get('content-security-policy')).toMatch(/script-src 'nonce-[\da-f]{64}' https:\/\/embeddable-sandbox/)
    expect(ide.text).not.toContain('https://')
    expect(ide.text).not.toMatch(/<script>|onclick|onload/)
  })

  it('offer the demo accounts in the demo clinic only', async () => {
    const server = await startMini({ NODE_ENV: 'development', DEMO: false })
    const page = await server.get('/ide')
    await server.close()
    expect(page.text).not.toContain('demo clinic')
    expect(page.text).toContain('Username')
  })
})
