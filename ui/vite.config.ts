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
    port: 3000,
    strictPort: true,
    proxy: {
      '/api': server,
      '/health': server,
      '/openapi': server,
      '/ws': { target: server, ws: true },
    },
  },
})
