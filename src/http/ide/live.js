// Subscriptions for GraphiQL: the protocol graphql-transport-ws, with a socket for each.
globalThis.liveFetcher = (endpoint, params, headers) => ({
  subscribe: (observer) => {
    const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1]
    const socket = new WebSocket(new URL(endpoint, location.href).href.replace(/^http/, 'ws'), 'graphql-transport-ws')
    const send = (message) => socket.send(JSON.stringify(message))
    socket.addEventListener('open', () => send({ type: 'connection_init', payload: { authorization } }))
    socket.addEventListener('message', ({ data }) => {
      const { type, payload } = JSON.parse(data)
      if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: params })
      if (type === 'next') observer.next(payload)
      if (type === 'error') observer.next({ errors: payload })
      if (type === 'error' || type === 'complete') socket.close(1000)
    })
    socket.addEventListener('close', ({ code, reason }) => {
      if (code !== 1000) observer.next({ errors: [{ message: `The connection was closed (${code}): ${reason}` }] })
      observer.complete()
    })
    return { unsubscribe: () => socket.close(1000) }
  },
})
