import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

const serverPort = process.env.REALTIME_PORT ?? process.env.PORT ?? '3009'
const server = `http://127.0.0.1:${serverPort}`

// Vite wants a default export.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [solid(), tailwindcss()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    reportCompressedSize: true,
    // How long a first build takes is nothing that whoever starts the server could change.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: {
    port: Number(process.env.UI_PORT ?? '3000'),
    strictPort: true,
    // A build beside it is no reason to load the page again.
    watch: { ignored: ['**/dist/**', '**/e2e/**'] },
    // Ready before a page asks: a tab does not wait long for the worker that tabs share.
    warmup: { clientFiles: ['src/main.tsx', 'client/shared/worker.ts'] },
    proxy: {
      '/api': server,
      '/health': server,
      '/openapi': server,
      '/ws': { target: server, ws: true },
    },
  },
})
