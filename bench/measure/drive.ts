/** Runs loads against a broker, with the broker's CPU time around them. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from '../brokers.ts';
import { Histogram } from '../histogram.ts';
import type { Hold } from '../hold.ts';
import type { ClientLoad } from '../kafkajs.ts';
import type { LoadMessage, LoadResult } from '../load-process.ts';
import { type CpuTime, cpuTime } from '../process.ts';
import type { TransactionLoad } from '../transactions.ts';
import type { Load } from '../works.ts';

/** The programs that are loads, and what each is told. */
interface Loads {
  readonly 'load.ts': Load;
  readonly 'hold.ts': Hold;
  readonly 'kafkajs.ts': ClientLoad;
  readonly 'transactions.ts': TransactionLoad;
}

export interface Measurement extends LoadResult {
  /** Of the server, all threads; undefined where we cannot look. */
  readonly cpu: CpuTime | undefined;
  /** When the load ran, by the system's monotonic clock in microseconds, as V8's profiles count. */
  readonly beganUs: number;
  readonly endedUs: number;
}

/** Work that an acknowledgement does not wait for (syncs, buffers to free) belongs to the load that caused it. */
const settleMs = 100;

/** Processes under way, for the end of the run. */
export const processesRunning = new Set<ChildProcess>();

/**
 * Runs the loads at the same time, each in a process of its own; `begins` is called when all are ready, right before
 * their first requests, `ends` right after the last result, while their connections are open.
 */
async function drive<P extends keyof Loads>(
  program: P,
  loads: readonly Loads[P][],
  begins: () => void,
  ends: () => void,
): Promise<readonly LoadResult[]> {
  const children = loads.map(() =>
    fork(join(import.meta.dirname, '..', program), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
      // kafkajs waits for moments that are past; Node tells that once a process.
      execArgv: [...process.execArgv, '--disable-warning=TimeoutNegativeWarning'],
    }),
  );
  for (const child of children) processesRunning.add(child);
  try {
    return await new Promise<readonly LoadResult[]>((done, failed) => {
      const results = new Map<ChildProcess, LoadResult>();
      let ready = 0;
      for (const [i, child] of children.entries()) {
        child.on('message', (message: LoadMessage) => {
          if (message === 'ready') {
            if (++ready < children.length) return;
            begins();
            for (const one of children) one.send('go');
          } else if ('failed' in message) failed(new Error(message.failed));
          else {
            results.set(child, message);
            if (results.size < children.length) return;
            ends();
            done(children.flatMap((one) => results.get(one) ?? []));
          }
        });
        child.on('error', failed);
        child.on('exit', () => results.has(child) || failed(new Error('the load ended without a result')));
        child.send(loads[i] as Loads[P] & object);
      }
    });
  } finally {
    for (const child of children) {
      processesRunning.delete(child);
      child.kill('SIGKILL');
    }
  }
}

/** What all loads did together: the slowest tells the time, the busiest driver the driver's load. */
function together(results: readonly LoadResult[]): LoadResult {
  const latencies = new Histogram();
  for (const result of results) latencies.add(result.latencies);
  const joinMs = results.find((result) => result.joinMs !== undefined)?.joinMs;
  return {
    seconds: Math.max(...results.map((result) => result.seconds)),
    requests: results.reduce((sum, result) => sum + result.requests, 0),
    bytes: results.reduce((sum, result) => sum + result.bytes, 0),
    latencies: latencies.counts(),
    driverLoad: Math.max(...results.map((result) => result.driverLoad)),
    ...(joinMs === undefined ? {} : { joinMs }),
  };
}

/** The loads as one, and each. `ends` may look at the broker while the connections are still open. */
export async function measureLoads<P extends keyof Loads>(
  broker: Broker,
  program: P,
  loads: readonly Loads[P][],
  ends: () => void = () => {},
): Promise<Measurement & { readonly each: readonly LoadResult[] }> {
  const cpuNow = () => (broker.pid === undefined ? undefined : cpuTime(broker.pid));
  let before: CpuTime | undefined;
  let beganUs = 0;
  const each = await drive(
    program,
    loads,
    () => {
      before = cpuNow();
      beganUs = nowUs();
    },
    ends,
  );
  const endedUs = nowUs();
  await delay(settleMs);
  return { ...together(each), each, cpu: cpuBetween(before, cpuNow()), beganUs, endedUs };
}

export function cpuBetween(before: CpuTime | undefined, after: CpuTime | undefined): CpuTime | undefined {
  if (before === undefined || after === undefined) return undefined;
  return {
    userSeconds: after.userSeconds - before.userSeconds,
    systemSeconds: after.systemSeconds - before.systemSeconds,
  };
}

const nowUs = () => Number(process.hrtime.bigint() / 1000n);

/** Dirty pages of one load must not be written at the cost of the next. */
export async function settleDisk(): Promise<void> {
  await new Promise<void>((done) => {
    execFile('sync', { timeout: 30_000 }, () => done());
  });
}
