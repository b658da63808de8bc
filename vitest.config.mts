import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['__test__/**/*.test.ts'],
    // The native binding belongs to the process: forks end with their test file, threads would share it.
    pool: 'forks',
    // A server is started per file; a slow shared machine must not turn that into a failure.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\/native\//, /\/dist\//] } },
    typecheck: { enabled: true, include: ['__test__/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
  },
})
