/**
 * How a load, which is a process of its own so that what it costs is not counted as the broker's, speaks with the
 * bench: the bench sends the load, we answer `ready`, it sends `go`, we answer a {@link LoadResult} or a
 * {@link LoadFailure} and leave.
 */
import type { Counts } from './histogram.ts';

export interface LoadResult {
  readonly seconds: number;
  readonly requests: number;
  readonly bytes: number;
  readonly latencies: Counts;
  /** Share of a core that the driver took: near 1, it was the driver that limited the rate. */
  readonly driverLoad: number;
  /** Of a consumer group: until all members had their assignment. */
  readonly joinMs?: number;
}

interface LoadFailure {
  readonly failed: string;
}

export type LoadMessage = 'ready' | LoadResult | LoadFailure;

/** Does what need not be measured, and gives what is. The bench sends each program what it is meant to get. */
type Prepare = (load: never) => Promise<() => Promise<Omit<LoadResult, 'driverLoad' | 'seconds'>>>;

/** Runs one load. */
export async function runLoad(prepare: Prepare): Promise<void> {
  process.on('disconnect', () => process.exit());
  // The terminal sends its interrupt to us too; the parent ends us.
  process.on('SIGINT', () => {});
  try {
    const run = await prepare((await told()) as never);
    const go = told();
    say('ready');
    await go;
    const start = performance.now();
    const cpuBefore = process.cpuUsage();
    const result = await run();
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    say({ ...result, seconds, driverLoad: (user + system) / 1e6 / seconds });
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

const told = (): Promise<unknown> => new Promise((done) => process.once('message', done));

function say(message: LoadMessage): void {
  process.send?.(message);
}
