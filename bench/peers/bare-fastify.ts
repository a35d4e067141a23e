/**
 * The floor under our HTTP: the same framework with no database, no accounts and no rules behind it. Started
 * as a process of its own: `bare-fastify.ts PORT`.
 */

import { fastify } from 'fastify'
import { personOf } from '../dataset.ts'

const app = fastify({ logger: false })
const answer = { id: '7', entity: 'person', data: personOf(7) }

app.get('/ready', () => ({ status: 'ok' }))
app.get('/api/data/:table/:id', () => answer)
app.post('/api/data/:table', (_, reply) => reply.code(201).send(answer))
app.post('/api/query', () => answer)

await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
process.once('SIGTERM', () => void app.close())
