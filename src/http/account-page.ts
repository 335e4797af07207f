import { createHash } from 'node:crypto'
import { Router, type RequestHandler } from 'express'

import { onlyMethods } from './refusals.js'
import { route } from './request-facts.js'
import { policy } from './security-headers.js'

/**
 * The page that one-time links lead to when the clinic has no front end that takes them: a new password, an invitation to the portal, the
 * first owner. One file without anything from elsewhere. The token stands behind the `#` of the address, so that it reaches no log.
 */
export function accountRoutes(): Router {
  const show: RequestHandler = (_request, response) => {
    response.setHeader('content-security-policy', ACCOUNT_POLICY)
    response.type('html').send(PAGE)
  }
  return Router().all('/account', route('/account'), onlyMethods('GET', 'HEAD'), show)
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem; color: #1f2a44 }
label { display: block; margin: 1rem 0 }
input { display: block; width: 100%; box-sizing: border-box; padding: .5rem; border: 1px solid #8795b5; border-radius: 4px; font: inherit }
button { padding: .5rem 1.5rem; border: 0; border-radius: 4px; background: #1f2a44; color: #fff; font: inherit; cursor: pointer }
[hidden] { display: none }
#outcome { margin-top: 1rem; white-space: pre-line }`

/** Runs in the browser. What the link is for decides which fields are shown and which mutation is sent. */
const SCRIPT = `
(() => {
  const KINDS = {
    reset: {
      title: 'Choose a new password', fields: ['password'],
      query: 'mutation ($input: ResetPasswordByLinkInput!) { resetPasswordByLink(input: $input) }',
      input: ({ password }) => ({ newPassword: password }),
      done: 'Your password is changed. You can sign in with it now.',
    },
    invitation: {
      title: 'Welcome to the patient portal', fields: ['birthDate', 'username', 'password'],
      query: 'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { viewer { username } } }',
      input: ({ birthDate, username, password }) => ({ birthDate, username: username || null, password }),
      done: 'Your account is ready. You sign in as: ',
    },
    'set-up': {
      title: 'Set up your clinic', fields: ['displayName', 'username', 'password'],
      query: 'mutation ($input: SetUpOwnerInput!) { setUpOwner(input: $input) { viewer { username } } }',
      input: ({ displayName, username, password }) => ({ displayName, username, password }),
      done: 'Your clinic is ready. You sign in as: ',
    },
  }
  const [, name, token] = /^#([a-z-]+)=([\\w-]+)$/.exec(location.hash) ?? []
  const kind = KINDS[name]
  const form = document.querySelector('form')
  const outcome = document.getElementById('outcome')
  if (!kind) { outcome.textContent = 'This link is not complete. Copy all of it from the mail.'; return }
  // The token leaves the address bar and the history; the page keeps it.
  history.replaceState(null, '', location.pathname)
  document.querySelector('h1').textContent = document.title = kind.title
  for (const field of form.querySelectorAll('label')) {
    const wanted = kind.fields.includes(field.dataset.field)
    field.hidden = !wanted
    field.querySelector('input').disabled = !wanted
    field.querySelector('input').required = wanted && !(name === 'invitation' && field.dataset.field === 'username')
  }
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const button = form.querySelector('button')
    button.disabled = true
    try {
      const input = { token, ...kind.input(Object.fromEntries(new FormData(form))) }
      const headers = { 'content-type': 'application/json' }
      const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query: kind.query, variables: { input } }) })
      const { data, errors } = await response.json()
      if (errors) {
        const fields = errors[0].extensions?.fields ?? []
        outcome.textContent = fields.length > 0 ? fields.map(({ field, message }) => field.replace('input.', '') + ' ' + message).join('\\n') : errors[0].message
      } else {
        form.hidden = true
        outcome.textContent = kind.done + (Object.values(data)[0].viewer?.username ?? '')
      }
    } catch {
      outcome.textContent = 'The server did not answer. Try again.'
    } finally {
      button.disabled = false
    }
  })
})()
`

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Account</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>Account</h1>
<form hidden>
  <label data-field="displayName">First and last name <input name="displayName" autocomplete="name" maxlength="200"></label>
  <label data-field="birthDate">Date of birth <input name="birthDate" type="date" autocomplete="bday"></label>
  <label data-field="username">Name to sign in with <input name="username" autocomplete="username" maxlength="100"></label>
  <label data-field="password">Password <input name="password" type="password" autocomplete="new-password" maxlength="1024"></label>
  <button type="submit">Save</button>
</form>
<p id="outcome" role="status"></p>
<script>${SCRIPT}</script>
</body>
</html>
`

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const ACCOUNT_POLICY = policy({
  'default-src': "'none'",
  'script-src': hashOf(SCRIPT),
  'style-src': hashOf(STYLE),
  'img-src': 'data:',
  'connect-src': "'self'",
})
