import { defineConfig } from 'vitest/config'

/** `--pool=vmThreads` or `threads`, in which the package works and the official client's addon ends the process. */
const inThreads = process.argv.some((word) => /^(--pool=)?(vmThreads|threads)$/.test(word))
/** Tests that are nothing but comparisons with the official client. */
const OFFICIAL = ['official-*', 'filters', 'migration-page', 'operate-computed', 'particles'].map(
  (name) => `__test__/${name}.test.ts`,
)

export default defineConfig({
  test: {
    include: ['__test__/**/*.test.ts'],
    exclude: inThreads ? OFFICIAL : [],
    // The native binding belongs to the process: forks end with their test file, threads would share it.
    pool: 'forks',
    // A file for every processor: the default leaves one idle, which on a small machine is half of it.
    maxWorkers: '100%',
    // These limits find what hangs. They are so long that a busy machine does not turn work into a failure.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    server: { deps: { external: [/\/native\//, /\/dist\//] } },
    typecheck: { enabled: true, include: ['__test__/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
  },
})
