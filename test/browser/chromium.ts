import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'

/** Where distributions put Chromium, or Chrome, which is as good. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The browser on this machine, if there is one. */
export const browserPath: string | undefined = PLACES.find((path) => existsSync(path))

if (browserPath === undefined) {
  console.warn('Browser tests are skipped: there is no Chromium on this machine. On Debian: apt-get install chromium')
}

/** A browser that reaches nothing but this machine, so that a page that needs the internet shows it. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath ?? '',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
  })
}

/** What a page did that a good page does not: requests elsewhere, errors, blocked content. */
export function misdeedsOf(page: Page, origin: string): string[] {
  const misdeeds: string[] = []
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !/^(data|blob|about):/.test(url)) misdeeds.push(`asked ${new URL(url).origin}`)
  })
  page.on('pageerror', (error) => misdeeds.push(`threw ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') misdeeds.push(`complained ${message.text()}`)
  })
  return misdeeds
}
