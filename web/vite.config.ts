import { fileURLToPath } from 'node:url';
import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.PYAIRTABLE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [tanstackRouter({ target: 'react', autoCodeSplitting: true }), react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  html: { cspNonce: '__CSP_NONCE__' },
  server: { proxy: { '/api': server, '/health': server, '/v0': server, '/mcp': server } },
  build: {
    outDir: '../static',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: 'core', test: /node_modules\/@tanstack\/(?!react-virtual|virtual)/ },
            { name: 'ui', test: /node_modules\/(@mantine|@floating-ui|react-)/, minShareCount: 3 },
          ],
        },
      },
    },
  },
});
