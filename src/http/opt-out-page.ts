import { createHash } from 'node:crypto'
import { Router, type Request, type RequestHandler, type Response } from 'express'
import type { Logger } from 'pino'

import { currentRequest } from '../request-scope.js'
import { onlyMethods } from './refusals.js'
import { route } from './request-facts.js'
import { policy } from './security-headers.js'

/** Links of reminders, as the page needs them. */
export interface OptOuts {
  /** Whether a link works. */
  holds(token: string): boolean
  /** Uses it; `false` when it does not work. */
  optOut(token: string, request: { readonly requestId: string; readonly remoteAddress: string }): Promise<boolean>
}

const PATH = '/reminders/opt-out'

/**
 * Where the link in a reminder leads (RFC 8058). Programs that check mails follow links, so a `GET` changes nothing and shows a button; the
 * `POST`, of the button or of the mail program itself, is what counts, whatever its body says. The page says nothing of anybody, and every
 * link that does not work, for whatever reason, looks the same.
 */
export function optOutRoutes(optOuts: OptOuts, logger: Logger): Router {
  const show: RequestHandler = (request, response) => {
    const known = optOuts.holds(tokenOf(request))
    answer(request, response, known ? 'ask' : 'unknown')
  }
  const use: RequestHandler = async (request, response) => {
    const facts = { requestId: currentRequest()?.requestId ?? '', remoteAddress: request.ip ?? '' }
    try {
      answer(request, response, (await optOuts.optOut(tokenOf(request), facts)) ? 'done' : 'unknown')
    } catch (error) {
      logger.error({ err: error, requestId: facts.requestId }, 'an opt-out could not be written')
      answer(request, response, 'failed')
    }
  }
  return Router()
    .all(`${PATH}/:token`, route(PATH), onlyMethods('GET', 'HEAD', 'POST'))
    .get(`${PATH}/:token`, show)
    .post(`${PATH}/:token`, use)
}

const tokenOf = (request: Request): string => String(request.params['token'])

type Outcome = 'ask' | 'done' | 'unknown' | 'failed'

const STATUSES: Readonly<Record<Outcome, number>> = { ask: 200, done: 200, unknown: 404, failed: 503 }

type Words = Readonly<Record<Outcome | 'title' | 'button', string>>

const WORDS = {
  en: {
    title: 'Reminders',
    ask: 'Do you want no more reminders of appointments in this way?',
    button: 'No more reminders',
    done: 'You get no more reminders in this way. If that was a mistake, please tell us.',
    unknown: 'This link does not work, or not any more. Please tell us that you want no more reminders.',
    failed: 'That did not work. Please try again later.',
  },
  de: {
    title: 'Erinnerungen',
    ask: 'Möchten Sie auf diesem Weg nicht mehr an Termine erinnert werden?',
    button: 'Nicht mehr erinnern',
    done: 'Sie werden auf diesem Weg nicht mehr erinnert. Wenn das ein Versehen war, sagen Sie uns bitte Bescheid.',
    unknown: 'Dieser Link gilt nicht oder nicht mehr. Bitte sagen Sie uns, dass Sie nicht mehr erinnert werden möchten.',
    failed: 'Das hat nicht geklappt. Bitte versuchen Sie es später noch einmal.',
  },
  fr: {
    title: 'Rappels',
    ask: 'Ne souhaitez-vous plus recevoir de rappels de rendez-vous par ce moyen ?',
    button: 'Ne plus recevoir de rappels',
    done: "Vous ne recevrez plus de rappels par ce moyen. Si c'est une erreur, merci de nous prévenir.",
    unknown: "Ce lien n'est pas valable, ou ne l'est plus. Merci de nous dire que vous ne souhaitez plus de rappels.",
    failed: "Cela n'a pas fonctionné. Merci de réessayer plus tard.",
  },
  es: {
    title: 'Recordatorios',
    ask: '¿No desea recibir más recordatorios de citas por este medio?',
    button: 'No recibir más recordatorios',
    done: 'No recibirá más recordatorios por este medio. Si ha sido un error, avísenos, por favor.',
    unknown: 'Este enlace no es válido o ya no lo es. Díganos, por favor, que no desea más recordatorios.',
    failed: 'No ha funcionado. Inténtelo de nuevo más tarde, por favor.',
  },
} as const satisfies Record<string, Words>

const LANGUAGES = Object.keys(WORDS) as (keyof typeof WORDS)[]

function answer(request: Request, response: Response, outcome: Outcome): void {
  const language = request.acceptsLanguages([...LANGUAGES]) || 'en'
  response.setHeader('content-security-policy', POLICY)
  response.setHeader('vary', 'accept-language')
  response
    .status(STATUSES[outcome])
    .type('html')
    .send(pageOf(language as keyof typeof WORDS, outcome))
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem; color: #1f2a44 }
button { padding: .5rem 1.5rem; border: 0; border-radius: 4px; background: #1f2a44; color: #fff; font: inherit; cursor: pointer }`

/** The form has no address of its own, so that it goes to where the page is. */
function pageOf(language: keyof typeof WORDS, outcome: Outcome): string {
  const words: Words = WORDS[language]
  const form = outcome === 'ask' ? `<form method="post"><button>${words.button}</button></form>\n` : ''
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${words.title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>${words.title}</h1>
<p>${words[outcome]}</p>
${form}</body>
</html>
`
}

const POLICY = policy({
  'default-src': "'none'",
  'style-src': `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src': 'data:',
  'form-action': "'self'",
})
