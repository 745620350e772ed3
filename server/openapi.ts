import { dirname, join } from 'node:path'
import { openapi } from '@elysiajs/openapi'
import { Elysia } from 'elysia'
import { version } from '../package.json'
import { AppError } from './errors'
import { CONTENT_SECURITY_POLICY } from './ui'

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']

/** Swagger UI's own script that starts it on a page; a file, as the pages allow no inline script. */
const START_SCRIPT = `window.addEventListener('load', () => {
  SwaggerUIBundle({ url: '/openapi/json', dom_id: '#api', deepLinking: true })
})
`

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Orderwire API</title>
    <link rel="icon" type="image/png" href="/openapi/assets/favicon-32x32.png">
    <link rel="stylesheet" href="/openapi/assets/swagger-ui.css">
  </head>
  <body>
    <div id="api"></div>
    <script src="/openapi/assets/swagger-ui-bundle.js"></script>
    <script src="/openapi/assets/start.js"></script>
  </body>
</html>
`

/** `/openapi/json` as the routes declare themselves, `/openapi` to read it; all from this server. */
export function apiDocumentation() {
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'))
  return new Elysia({ name: 'api-documentation' })
    .use(
      openapi({
        // Elysia's own page loads its script from a CDN.
        provider: null,
        path: '/openapi',
        specPath: '/openapi/json',
        exclude: { paths: ['/openapi', '/openapi/assets/:name', '/ws'], methods: ['options'] },
        documentation: {
          info: {
            title: 'Orderwire',
            version,
            description: 'Orders over REST. Their changes come over the WebSocket at /ws.',
          },
          components: {
            securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
          },
        },
      }),
    )
    .get('/openapi', ({ set }) => {
      set.headers['content-type'] = 'text/html;charset=utf-8'
      set.headers['content-security-policy'] = CONTENT_SECURITY_POLICY
      set.headers['cache-control'] = 'no-cache'
      return PAGE
    })
    .get('/openapi/assets/:name', ({ params: { name }, set }) => {
      set.headers['cache-control'] = 'public, max-age=3600'
      if (name === 'start.js') {
        set.headers['content-type'] = 'text/javascript;charset=utf-8'
        return START_SCRIPT
      }
      if (ASSETS.includes(name)) return Bun.file(join(folder, name))
      throw new AppError('not_found', 404, 'There is no such file.')
    })
}
