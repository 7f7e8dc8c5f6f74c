/**
 * Hostile frames for as long as one likes:
 *
 *   npm run fuzz -- [--frames N] [--tcp N] [--seed S]
 *
 * `--frames` go to brokers in virtual time, one million if nothing is said; `--tcp` to a process.
 *
 * Prints what was found, with the seed that finds it again. Exit code 1 if anything was.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './in-process.ts';
import { fuzzOverTcp } from './tcp.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    tcp: { type: 'string', default: '0' },
    seed: { type: 'string' },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 30) : Number(values.seed);
const before = process.cpuUsage();
const { frames, answers, closed, findings } = fuzz(seed, Number(values.frames));
const { user, system } = process.cpuUsage(before);
const micros = Math.round((user + system) / frames);
for (const finding of findings) process.stdout.write(`${finding}\n`);
const counts = `${frames} frames, ${answers} answered, ${closed} closed their connection, ${findings.length} findings`;
process.stdout.write(`seed ${seed}: ${counts}; ${micros} us of CPU a frame\n`);
const overTcp = Number(values.tcp) === 0 ? undefined : await fuzzOverTcp(seed, Number(values.tcp));
if (overTcp !== undefined) process.stdout.write(`over TCP: ${overTcp.frames} frames; the broker ${overTcp.end}\n`);
process.exitCode = findings.length === 0 && (overTcp?.end ?? 'serves') === 'serves' ? 0 : 1;
