/** A bare Apollo Server on Express, with nothing to answer but `__typename`: what the clinic's own transport costs at least. */
import { createServer } from 'node:http'
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import express from 'express'

import { serveUntilStopped } from './peer-process.ts'

const apollo = new ApolloServer({ typeDefs: 'type Query { nothing: Boolean }', introspection: false, stopOnTerminationSignals: false })
await apollo.start()
const app = express().use('/graphql', express.json(), expressMiddleware(apollo))
await serveUntilStopped(createServer(app))
