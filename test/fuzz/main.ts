/**
 * Hostile frames for as long as one likes:
 *
 *   npm run fuzz -- [--frames N] [--tcp N] [--seed S] [--ledger FILE]
 *
 * `--frames` go to brokers in virtual time, one million if nothing is said; `--tcp` to a process. The run adds itself
 * to docs/fuzz-ledger.json, or to FILE.
 *
 * Prints what was found, with the seed that finds it again. Exit code 1 if anything was.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './in-process.ts';
import { addToLedger, headCommit } from './ledger.ts';
import { fuzzOverTcp } from './tcp.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    tcp: { type: 'string', default: '0' },
    seed: { type: 'string' },
    ledger: { type: 'string' },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 30) : Number(values.seed);
const commit = headCommit();
const startedMs = performance.now();
const before = process.cpuUsage();
// Most frames end in an error, whose stack takes a fifth of the time. Its message and the frame are in a finding.
Error.stackTraceLimit = 0;
const { frames, answers, closed, findings } = fuzz(seed, Number(values.frames));
Error.stackTraceLimit = 10;
const { user, system } = process.cpuUsage(before);
const micros = Math.round((user + system) / Math.max(frames, 1));
for (const finding of findings) process.stdout.write(`${finding}\n`);
const counts = `${frames} frames, ${answers} answered, ${closed} closed their connection, ${findings.length} findings`;
process.stdout.write(`seed ${seed}: ${counts}; ${micros} us of CPU a frame\n`);
const overTcp = Number(values.tcp) === 0 ? undefined : await fuzzOverTcp(seed, Number(values.tcp));
if (overTcp !== undefined) process.stdout.write(`over TCP: ${overTcp.frames} frames; the broker ${overTcp.end}\n`);
const ended = overTcp !== undefined && overTcp.end !== 'serves' ? 1 : 0;
const seconds = Math.round((performance.now() - startedMs) / 1000);
const tcpFrames = overTcp?.frames ?? 0;
addToLedger({ commit, seed, seconds, frames, tcpFrames, findings: findings.length + ended }, values.ledger);
process.exitCode = findings.length + ended === 0 ? 0 : 1;
