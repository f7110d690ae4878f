import pg from 'pg'
import restify from 'restify'

/**
 * The limit: what a turn must cost at least, done as most servers do it. restify; BEGIN, SELECT FOR
 * UPDATE, UPDATE, INSERT of two rows, COMMIT as five round trips of named statements; no dialog, no
 * sockets, nothing sealed. `node bench/contenders/limit.ts PORT CONNECTION`
 */
const [port = '0', connection = '{}'] = process.argv.slice(2)
const pool = new pg.Pool({ ...(JSON.parse(connection) as pg.PoolConfig), max: 16 })
const state = JSON.stringify({ filler: 'x'.repeat(1_250) })

await pool.query(`
  create table if not exists limit_conversations (id text primary key, seq integer not null default 0, state text not null);
  create table if not exists limit_messages (id bigint generated always as identity primary key, conversation_id text not null, seq integer not null, body text not null, unique (conversation_id, seq))`)

async function turn(id: string, text: string): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query({ name: 'begin', text: 'begin' })
    const { rows } = await client.query<{ seq: number }>({
      name: 'lock',
      text: 'select seq, state from limit_conversations where id = $1 for update',
      values: [id],
    })
    const seq = rows[0]?.seq ?? 0
    await client.query({
      name: 'save',
      text: 'update limit_conversations set seq = $2, state = $3 where id = $1',
      values: [id, seq + 2, state],
    })
    await client.query({
      name: 'log',
      text: 'insert into limit_messages (conversation_id, seq, body) values ($1, $2, $3), ($1, $4, $5)',
      values: [id, seq + 1, text, seq + 2, `echo: ${text}`],
    })
    await client.query({ name: 'commit', text: 'commit' })
    return seq + 2
  } finally {
    client.release()
  }
}

const server = restify.createServer()
server.use(restify.plugins.bodyParser())
const open = async (request: restify.Request, response: restify.Response): Promise<void> => {
  await pool.query({
    name: 'open',
    text: 'insert into limit_conversations (id, state) values ($1, $2)',
    values: [(request.body as { id: string }).id, state],
  })
  response.send(201, {})
}
const say = async (request: restify.Request, response: restify.Response): Promise<void> => {
  const { id } = request.params as { id: string }
  response.send(200, { seq: await turn(id, (request.body as { text: string }).text) })
}
server.post('/conversations', open)
server.post('/conversations/:id', say)
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
