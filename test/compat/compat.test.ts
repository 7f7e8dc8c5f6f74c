/**
 * The fast part of `npm run compat`: the quick cases and a few random sequences. An unexplained difference fails;
 * what is not seen by so few cases is no stale explanation.
 */
/* oxlint-disable vitest/no-conditional-tests, vitest/valid-title -- whether there is a Kafka is found out here. */
import { beforeAll, describe, expect, test } from 'vitest';
import { refuse } from '../clients/foreign.ts';
import { kafkaTools } from '../clients/toolchains/java.ts';
import { type Brokers, startBrokers } from './brokers.ts';
import { allCases } from './cases/index.ts';
import { findingsOf } from './report.ts';
import { runCases } from './schedule.ts';

const toolchain = await kafkaTools();
const quick = allCases(1).filter((one) => one.quick === true);

if ('missing' in toolchain) refuse('compat: the same requests to Skerry and to Kafka', toolchain.missing);
else {
  describe('the same requests to Skerry and to Kafka', () => {
    let brokers: Brokers;
    beforeAll(async () => {
      brokers = await startBrokers();
      return () => brokers.stop();
    });

    test.each([...new Set(quick.map(({ api }) => api.name))])('%s answers as Kafka does', async (name) => {
      const cases = quick.filter(({ api }) => api.name === name);
      const tally = await runCases(brokers.pair, cases, { lanes: 6 });
      expect(tally.asks).toBeGreaterThan(0);
      expect(findingsOf(tally, brokers.pair).unexplained.join('\n')).toBe('');
    });
  });
}
