/**
 * Runs the broker: settings, data folder, the doors of the world, the broker, then until somebody says stop.
 *
 *   SIGINT, SIGTERM      stop in good order, exit 0; once more after a while: at once
 *   broken invariant     name, message, a short stack; exit 70; the next start recovers
 *   failed disk          no acknowledgement any more; exit 74; the next start recovers
 */
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { OperatingError } from '@skerry/base';
import {
  Broker,
  type BrokerEvent,
  type BrokerInfo,
  type Entry,
  parseProperties,
  parseSettings,
  type Settings,
} from '@skerry/broker';
import { lmdbStore, lockFolder, nodeClock, nodeCompute, nodeDisk, nodeNetwork, nodeRandom } from '@skerry/io';
import { type Parsed, pair } from '../args.ts';
import { shortStack } from '../cli.ts';
import { type EventLog, eventLog } from '../event-log.ts';
import { exitCodeOf, exitCodes, UsageError } from '../failure.ts';
import { cautions, insideContainer } from '../surroundings.ts';
import type { Terminal } from '../terminal.ts';

/** A Ctrl-C may reach us twice, through npm and by itself; only one after this long means "now". */
const impatientMs = 2000;
/** A stop in good order that takes longer is given up: the next start recovers. */
const stopMsMax = 30_000;

export async function start(parsed: Parsed, terminal: Terminal): Promise<number> {
  const settings = parseSettings(entries(parsed));
  const data = resolve(settings['log.dirs'][0] ?? 'data');
  const log = eventLog(terminal);
  const ending = new Ending(log, terminal);
  const lock = lockFolder(data);
  const store = lmdbStore(join(data, 'store'));
  const world = {
    clock: nodeClock(),
    random: nodeRandom(),
    disk: nodeDisk(data),
    store,
    network: nodeNetwork(),
    compute: nodeCompute(),
  };
  const report = (event: BrokerEvent): void => {
    log.report(event);
    if (isDiskFailure(event)) ending.now(exitCodes.disk);
  };
  const broker = new Broker({ world, settings, report });
  const info = await new Promise<BrokerInfo>((resolved, reject) => {
    broker.start((error, started) => {
      if (started === undefined) reject(error ?? new Error('the broker did not start'));
      else resolved(started);
    });
  });
  const { withoutEffect } = settings;
  if (withoutEffect.length > 0) log.logger.info({ names: withoutEffect }, 'settingsWithoutEffect');
  for (const caution of cautions(settings, insideContainer(terminal.env)))
    terminal.note(terminal.styled('yellow', caution));
  await terminal.out(greeting(info, data));
  // Now that clients are served: the log, for the day when loading it could fail; and what was compiled, in case we
  // are killed.
  log.logger.debug('started');
  flushCompileCache();

  const signal = await ending.asked();
  log.logger.info({ signal }, 'stopping');
  await new Promise<void>((resolved, reject) => {
    broker.stop((error) => (error === undefined ? resolved() : reject(error)));
  });
  await new Promise<void>((resolved, reject) => {
    store.close((error) => (error === undefined ? resolved() : reject(error)));
  });
  lock.release();
  log.logger.info('stopped');
  log.flush();
  process.exit(exitCodes.ok);
}

/** What was set, the weakest first: the file, --override, the flags. */
function entries(parsed: Parsed): Entry[] {
  const file = parsed.text('config');
  const found: Entry[] = file === undefined ? [] : readFile(file);
  for (const given of parsed.all('override')) {
    const [key, value] = pair(given, '--override');
    found.push({ key, value, origin: '--override' });
  }
  const data = parsed.text('data');
  if (data !== undefined) found.push({ key: 'log.dirs', value: data, origin: '--data' });
  const port = parsed.number('port', 0, 65535);
  if (port !== undefined) found.push({ key: 'listeners', value: withPort(found, port), origin: '--port' });
  return found;
}

function readFile(file: string): Entry[] {
  if (/\.(ya?ml|json|toml)$/i.test(file)) {
    throw new UsageError(`--config ${file}: this version reads Kafka's server.properties form only`);
  }
  try {
    return parseProperties(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof OperatingError) throw error;
    const where = isAbsolute(file) ? '' : ` (in ${process.cwd()})`;
    throw new OperatingError('SKR_CONFIG_INVALID', `--config ${file}${where}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The listeners given so far, or the default, with `port` in the first of them. */
function withPort(given: readonly Entry[], port: number): string {
  const listeners = given.findLast(({ key }) => key === 'listeners')?.value ?? String(defaultListeners());
  const [first = '', ...rest] = listeners.split(',');
  return [first.replace(/:\d*$/, `:${port}`), ...rest].join(',');
}

const defaultListeners = (): Settings['listeners'] => parseSettings([]).listeners;

function isDiskFailure(event: BrokerEvent): boolean {
  if (event.kind !== 'failed' || !(event.error instanceof OperatingError)) return false;
  return event.error.code === 'SKR_DISK_FAILED' || event.error.code === 'SKR_STORE_FAILED';
}

function greeting({ nodeId, clusterId, listeners }: BrokerInfo, data: string): string {
  const places = listeners.map(({ name, host, port }) => {
    const shown =
      host === '' || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
    return `  Kafka     ${shown}:${port}${listeners.length > 1 ? `  (${name})` : ''}`;
  });
  const port = listeners[0]?.port ?? 9092;
  const named = port === 9092 ? '' : ` -b 127.0.0.1:${port}`;
  return [
    `Skerry is ready: node ${nodeId}, cluster ${clusterId}, started in ${Math.round(process.uptime() * 1000)} ms`,
    ...places,
    `  Data      ${data}`,
    `  Try       echo '{"t":21.5}' | npx skerry produce lab.temp${named}`,
    `            npx skerry consume lab.temp${named}`,
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

/** How the process comes to its end: told to, or because it cannot go on. */
class Ending {
  readonly #log: EventLog;
  readonly #terminal: Terminal;
  #askedAt: number | undefined;
  #tell: ((signal: string) => void) | undefined;

  constructor(log: EventLog, terminal: Terminal) {
    this.#log = log;
    this.#terminal = terminal;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.#signalled(signal));
    process.on('uncaughtException', (error) => this.#broken(error));
    process.on('unhandledRejection', (reason) => {
      this.#broken(reason instanceof Error ? reason : new Error(String(reason)));
    });
  }

  /** Resolves with the signal that asks for a stop. */
  asked(): Promise<string> {
    return new Promise((resolved) => {
      this.#tell = resolved;
    });
  }

  now(code: number): never {
    this.#log.flush();
    process.exit(code);
  }

  #signalled(signal: string): void {
    const now = performance.now();
    if (this.#askedAt !== undefined) {
      if (now - this.#askedAt > impatientMs) this.now(exitCodes.interrupted);
      return;
    }
    this.#askedAt = now;
    // Before it has started there is nothing to close in good order.
    if (this.#tell === undefined) this.now(exitCodes.interrupted);
    this.#tell(signal);
    setTimeout(() => this.now(exitCodes.failed), stopMsMax).unref();
  }

  #broken(error: Error): void {
    this.#terminal.note(`skerry: ${error.name}: ${error.message}\n${shortStack(error)}`);
    this.now(error.name === 'OperatingError' ? exitCodeOf(error) : exitCodes.software);
  }
}
