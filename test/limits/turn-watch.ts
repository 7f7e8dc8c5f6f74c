/**
 * Loaded into a broker's process (`--import`): tells the turns of its event loop since it last told, on SIGUSR2, as a
 * line of JSON on the error output.
 */
import { nodeTurns } from '../../packages/skerry/src/long-turns.ts';

const times = nodeTurns()?.times;
process.on('SIGUSR2', () => {
  const told = times && { turns: times.count, longestMs: times.max / 1e6, p999Ms: times.percentile(99.9) / 1e6 };
  times?.reset();
  process.stderr.write(`turns ${JSON.stringify(told)}\n`);
});
