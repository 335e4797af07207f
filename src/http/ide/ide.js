// Runs in the browser, beside GraphiQL's own bundle: the sign-in form fills the token into the Headers editor.
;(() => {
  const { React, ReactDOM, GraphiQL, liveFetcher } = globalThis
  const settings = JSON.parse(document.getElementById('settings').textContent)
  const form = document.getElementById('sign-in')
  const state = document.getElementById('signed-in')
  const headersWith = (token) => JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2)

  /** Once somebody has signed in, the browser sends cookies along; what changes something needs this beside them. */
  const csrf = () => /(?:^|; )csrf=([^;]+)/.exec(document.cookie)?.[1]

  const post = async (body, headers = {}) => {
    const token = csrf()
    const response = await fetch(settings.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...(token && { 'x-csrf-token': token }), ...headers },
      body: JSON.stringify(body),
    })
    return response.json()
  }

  /** GraphiQL's headers, without the token's place as long as it is empty. */
  const fetcher = (params, { headers = {}, documentAST } = {}) => {
    const sent = Object.fromEntries(
      Object.entries(headers).filter(([name, value]) => !(name.toLowerCase() === 'authorization' && /^Bearer\s*$/.test(value))),
    )
    return isSubscription(params, documentAST) ? liveFetcher(settings.endpoint, params, sent) : post(params, sent)
  }

  const isSubscription = ({ operationName }, document) => {
    const operations = document?.definitions.filter(({ kind }) => kind === 'OperationDefinition') ?? []
    return operations.find(({ name }) => operationName == null || name?.value === operationName)?.operation === 'subscription'
  }

  const show = (text, outcome) => {
    state.textContent = text
    state.dataset.state = outcome
  }

  function Ide() {
    const [headers, setHeaders] = React.useState(headersWith(''))
    React.useEffect(() => {
      const signIn = async () => {
        const button = form.querySelector('button')
        button.disabled = true
        try {
          const { username, password } = Object.fromEntries(new FormData(form))
          const { data, errors } = await post({ query: settings.login, variables: { username, password } })
          if (data?.login) {
            setHeaders(headersWith(data.login.accessToken))
            show(
              `Signed in as ${data.login.viewer.displayName} (${data.login.viewer.roles.join(', ')}); the token is in the Headers.`,
              'signed-in',
            )
          } else {
            show(errors?.[0]?.message ?? 'Signing in failed.', 'failed')
          }
        } catch {
          show('The server did not answer.', 'failed')
        } finally {
          button.disabled = false
        }
      }
      const onSubmit = (event) => {
        event.preventDefault()
        void signIn()
      }
      form.addEventListener('submit', onSubmit)
      return () => form.removeEventListener('submit', onSubmit)
    }, [])
    return React.createElement(GraphiQL, {
      fetcher,
      headers,
      onEditHeaders: setHeaders,
      defaultQuery: settings.query,
      defaultEditorToolsVisibility: 'headers',
      shouldPersistHeaders: false,
      isHeadersEditorEnabled: true,
    })
  }

  ReactDOM.createRoot(document.getElementById('ide')).render(React.createElement(Ide))
})()
