import { defineConfig } from 'vitest/config'
export default defineConfig({ root: '/work/a', test: { include: ['test/acceptance/remove.test.ts'], testTimeout: 600000, hookTimeout: 1200000 } })
