import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { referenceKafkaJars } from './scripts/reference-kafka.ts';

const conditions = ['skerry-source'];

/** One project a kind of test: `vitest run --project unit`. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results.json' },
    // Generous: a shared machine may be ten times slower than an idle one.
    testTimeout: 60_000,
    maxWorkers: 2,
    // With Kafka's tools at hand, its reader of segments is held against our logs.
    env: existsSync(referenceKafkaJars) ? { KAFKA_LIB: referenceKafkaJars } : {},
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/test/**/*.test.ts', 'test/bench/**/*.test.ts'] } },
      // Both cores have their half of the frames.
      { extends: true, test: { name: 'fuzz', include: ['test/fuzz/**/*.test.ts'], testTimeout: 900_000 } },
      { extends: true, test: { name: 'tidy', include: ['test/tidy/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'crash-states', include: ['test/crash-states/**/*.test.ts'], testTimeout: 600_000 },
      },
      {
        extends: true,
        // It keeps both cores busy by itself.
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts'],
          testTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        // Most of their time is waiting, for timers of the clients and for other processes.
        test: {
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          exclude: ['**/*.more.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
          maxWorkers: 3,
          // After the others: three brokers and their clients want both cores.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // The clients that npm test leaves to npm run clients.
        test: {
          name: 'more-clients',
          include: ['test/clients/**/*.more.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          sequence: { groupOrder: 5 },
        },
      },
      {
        extends: true,
        // Two brokers keep both cores busy: after what is timed.
        test: {
          name: 'compat',
          include: ['test/compat/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          name: 'crash',
          include: ['test/crash/**/*.test.ts', 'test/limits/**/*.test.ts'],
          testTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
