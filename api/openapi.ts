import { z } from 'zod'
import { ok, route, type Route, type Who } from './route.ts'

const WHO: Record<Who, string> = {
  anyone: 'Anybody.',
  directline: 'The bearer of a Direct Line token.',
  agent: 'A signed-in agent.',
  supervisor: 'A signed-in supervisor or administrator.',
  administrator: 'A signed-in administrator.',
}

/** `GET /api/v1/openapi.json`: the table of routes as OpenAPI 3.1, made from the rows themselves. */
export function openApiRoute(routes: readonly Route[]): Route {
  const row = route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This description',
    who: 'anyone',
    handle: () => Promise.resolve(ok(document)),
  })
  const document = describeRoutes([...routes, row])
  return row
}

/** The OpenAPI document of a table of routes. */
export function describeRoutes(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const row of routes) {
    const path = row.path.replaceAll(/:([A-Za-z]+)/g, '{$1}')
    ;(paths[path] ??= {})[row.method.toLowerCase()] = operation(row)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Parcours', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: {
        desk: { type: 'apiKey', in: 'cookie', name: 'parcours_desk' },
        directLine: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['code', 'message'],
              properties: { code: { type: 'string' }, message: { type: 'string' } },
            },
          },
        },
      },
    },
  }
}

function operation(row: Route): object {
  const answers = Object.entries(row.answers ?? { 200: 'Done' }).map(([status, description]) => [
    status,
    { description },
  ])
  return {
    summary: row.summary,
    description: WHO[row.who],
    ...(row.who === 'anyone' ? {} : { security: [row.who === 'directline' ? { directLine: [] } : { desk: [] }] }),
    parameters: [...parameters(row.params, 'path'), ...parameters(row.query, 'query')],
    ...(row.body === undefined
      ? {}
      : {
          requestBody: {
            required: !('json' in row.body && row.body.optional === true),
            content: 'json' in row.body ? { 'application/json': { schema: schemaOf(row.body.json) } } : { '*/*': {} },
          },
        }),
    responses: {
      ...Object.fromEntries(answers),
      default: {
        description: 'An error',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function parameters(schema: z.ZodType | undefined, where: 'path' | 'query'): object[] {
  const { properties = {}, required = [] } = (schema === undefined ? {} : schemaOf(schema)) as {
    properties?: Record<string, object>
    required?: string[]
  }
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: of,
  }))
}

const schemaOf = (schema: z.ZodType): object => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
