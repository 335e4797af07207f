import { createHash } from 'node:crypto'
import { Router, type RequestHandler } from 'express'
import type { Logger } from 'pino'

import { onlyMethods, refuse } from './refusals.js'
import { route } from './request-facts.js'
import { policy } from './security-headers.js'

/** What the page shows. */
export interface Board {
  readonly locationName: string
  readonly called: readonly { readonly number: number; readonly room: string | null }[]
  readonly waiting: readonly number[]
}

/** The board that a token stands for, or `null`. */
export type BoardOfToken = (token: string) => Promise<Board | null>

/** How often a screen asks again, in seconds; less often while it is told that there is nothing. */
const REFRESH = { shown: 5, missing: 30 } as const

/**
 * The page that a screen in a waiting room shows: numbers and rooms. It has no script and nothing from elsewhere; the browser loads it
 * again and again. Whatever goes wrong looks the same from outside, so that nobody learns which addresses there are.
 */
export function boardRoutes(boardOf: BoardOfToken, logger: Logger): Router {
  const show: RequestHandler = async (request, response) => {
    const board = await boardOf(String(request.params['token'])).catch((error: unknown) => {
      logger.error({ err: error }, 'a board could not be read')
      return null
    })
    response.setHeader('refresh', String(board ? REFRESH.shown : REFRESH.missing))
    if (!board) return refuse(response, 404, 'NOT_FOUND', 'There is nothing here.')
    response.setHeader('content-security-policy', BOARD_POLICY)
    response.type('html').send(pageOf(board))
  }
  return Router().all('/board/:token', route('/board'), onlyMethods('GET', 'HEAD'), show)
}

const STYLE = `
body { font: 3vw/1.3 system-ui, sans-serif; margin: 0; padding: 2vw; background: #0f1a33; color: #f2f5fc }
h1 { font-size: 3vw; font-weight: 400; margin: 0 0 2vw; color: #a9b8de }
ol { list-style: none; margin: 0; padding: 0 }
.called li { display: flex; justify-content: space-between; padding: 1vw 2vw; margin-bottom: 1vw; background: #1d2c52; border-radius: 1vw; font-size: 5vw }
.called li:first-child { background: #f2f5fc; color: #0f1a33; font-weight: 700; font-size: 7vw }
.waiting { display: flex; flex-wrap: wrap; gap: 1.5vw; color: #a9b8de }`

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

function pageOf({ locationName, called, waiting }: Board): string {
  const calls = called.map(({ number, room }) => `<li><span>${number}</span><span>${escaped(room ?? '')}</span></li>`).join('\n')
  const next = waiting.map((number) => `<li>${number}</li>`).join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(locationName)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(locationName)}</h1>
<ol class="called" aria-live="polite">
${calls}
</ol>
<h1>Next</h1>
<ol class="waiting">
${next}
</ol>
</body>
</html>
`
}

const BOARD_POLICY = policy({
  'default-src': "'none'",
  'style-src': `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src': 'data:',
})
