/**
 * Sends the same requests to Skerry and to the reference Apache Kafka and compares the answers.
 *
 *   npm run compat                                 everything
 *   npm run compat -- --api Metadata               cases of one API
 *   npm run compat -- --ends                       sequences
 *   npm run compat -- --case "no topics"           cases whose name contains this
 *   npm run compat -- --skerry PORT --kafka PORT   brokers that run already, with the settings of brokers.ts
 *   npm run compat -- --seed 7                     other random sequences
 *
 * Exit code 1: a difference that explained.ts does not explain, an explanation that no difference needs, or an error
 * code of Kafka's handlers (kafka-codes.generated.ts) that was neither provoked nor is explained in codes.ts.
 */
import { parseArgs } from 'node:util';
import { startBrokers } from './brokers.ts';
import { allCases } from './cases/index.ts';
import { report } from './report.ts';
import { newTally } from './run.ts';
import { runCases } from './schedule.ts';

const { values } = parseArgs({
  options: {
    api: { type: 'string' },
    case: { type: 'string' },
    skerry: { type: 'string' },
    kafka: { type: 'string' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '6' },
    ends: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
  },
});

const whole = values.api === undefined && values.case === undefined;
const cases = allCases(Number(values.seed)).filter(
  (one) =>
    (!values.ends || one.ends === true) &&
    (values.api === undefined || values.api.split(',').includes(one.api.name)) &&
    (values.case === undefined || one.name.includes(values.case)),
);
const port = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
const [skerry, kafka] = [port(values.skerry), port(values.kafka)];
const started = performance.now();
const brokers = await startBrokers({ ...(skerry && { skerry }), ...(kafka && { kafka }) });
try {
  const say = (line: string): void => console.error(line);
  const tally = newTally();
  // Ended early: what was found until then.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      report(tally, brokers.pair, { whole: false });
      void brokers.stop().then(() => process.exit(1));
    });
  }
  await runCases(brokers.pair, cases, { lanes: Number(values.lanes), say, tally });
  const failed = report(tally, brokers.pair, { whole, verbose: values.all });
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  process.exitCode = failed ? 1 : 0;
} finally {
  await brokers.stop();
}
