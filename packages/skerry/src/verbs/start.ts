/**
 * Runs the broker: settings, data folder, the doors of the world, the broker, then until somebody says stop.
 *
 *   SIGINT, SIGTERM      stop in good order, exit 0; once more after a while: at once
 *   broken invariant     name, message, a short stack; exit 70; the next start recovers
 *   failed disk          no acknowledgement any more; exit 74; the next start recovers
 *   five of these        within an hour: the next start is read-only, and says why
 */
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { OperatingError } from '@skerry/base';
import {
  Broker,
  type BrokerEvent,
  type BrokerInfo,
  type BrokerOptions,
  type Entry,
  parseProperties,
  parseSettings,
  type ReadOnlyReason,
  type Settings,
} from '@skerry/broker';
import { type Parsed, pair } from '../args.ts';
import { openWorld } from '../broker-world.ts';
import { connectionsPossible } from '../descriptors.ts';
import { Ending } from '../ending.ts';
import { eventLog } from '../event-log.ts';
import { exitCodeOf, exitCodes, UsageError } from '../failure.ts';
import { LongTurns, nodeTurns } from '../long-turns.ts';
import { memoryGiven } from '../memory-given.ts';
import { keepHeapSmall } from '../small-heap.ts';
import { cautions, insideContainer } from '../surroundings.ts';
import type { Terminal } from '../terminal.ts';

export async function start(parsed: Parsed, terminal: Terminal): Promise<number> {
  const settings = parseSettings(entries(parsed));
  const data = resolve(settings['log.dirs'][0] ?? 'data');
  const log = eventLog(terminal);
  const ending = new Ending(log);
  const opened = openWorld(data, settings);
  const { world, readOnly, writable } = opened;
  if (writable !== undefined) ending.noteIn(writable);
  const report = (event: BrokerEvent): void => {
    if (isDiskFailure(event)) ending.failed(event.error, exitCodes.disk);
    log.report(event);
  };
  const legacyRoutes = settings.endpoints.some(({ legacy }) => legacy) ? await loadLegacy() : undefined;
  const broker = new Broker({
    legacyRoutes,
    connectionsPossible: connectionsPossible(),
    memoryBytes: memoryGiven(),
    world,
    settings,
    report,
    readOnly,
    dataFolder: data,
    logLevels: log.levels,
  });
  const info = await started(broker, ending, data);
  const { withoutEffect } = settings;
  if (withoutEffect.length > 0) log.logger.info({ names: withoutEffect }, 'settingsWithoutEffect');
  for (const caution of cautions(settings, insideContainer(terminal.env)))
    terminal.note(terminal.styled('yellow', caution));
  await terminal.out(greeting(info, data));
  if (readOnly !== undefined) terminal.note(terminal.styled('red', readOnlyNotice(readOnly)));
  // Now that clients are served: the log, for the day when loading it could fail; and what was compiled, in case we
  // are killed.
  log.logger.debug('started');
  flushCompileCache();
  keepHeapSmall();
  const turns = nodeTurns();
  const longTurns = turns && new LongTurns(turns, (minute) => log.logger.info(minute, 'longTurns'));

  const signal = await ending.asked();
  log.logger.info({ signal }, 'stopping');
  await ended((done) => broker.stop(done));
  await ended((done) => opened.close(done));
  const reached = Object.entries(broker.connectionCounters).filter(([, count]) => count > 0);
  const { shortTimes } = broker.memoryBudget;
  log.logger.info({ longTurns: longTurns?.count, limits: Object.fromEntries(reached), shortTimes }, 'stopped');
  log.flush();
  process.exit(exitCodes.ok);
}

/** Loaded where it is wanted: a start pays for every file. */
async function loadLegacy(): Promise<BrokerOptions['legacyRoutes']> {
  const { legacyRoutes } = await import('@skerry/broker/legacy');
  return legacyRoutes();
}

async function started(broker: Broker, ending: Ending, data: string): Promise<BrokerInfo> {
  try {
    return await new Promise((resolved, reject) => {
      broker.start((error, info) => {
        if (info === undefined) reject(error ?? new Error('the broker did not start'));
        else resolved(info);
      });
    });
  } catch (error) {
    if (error instanceof OperatingError && error.code === 'SKR_DATA_CORRUPT' && !error.message.includes('skerry log'))
      error.message += `\n"skerry log verify --data ${data}" tells all that is damaged, and what helps.`;
    const code = exitCodeOf(error);
    if (error instanceof Error && (code === exitCodes.disk || code === exitCodes.software)) ending.failed(error, code);
    throw error;
  }
}

function ended(run: (done: (error?: Error) => void) => void): Promise<void> {
  return new Promise((resolved, reject) => {
    run((error) => (error === undefined ? resolved() : reject(error)));
  });
}

/** Why nothing is written, since when, and how that ends. */
function readOnlyNotice({ why, sinceMs, untilMs }: ReadOnlyReason): string {
  const since = new Date(sinceMs).toISOString();
  const said = `READ-ONLY: ${why} (since ${since}). Records can be read; nothing is written. `;
  if (untilMs === undefined) return `${said}A start takes records again once that is no longer so.`;
  const until = new Date(untilMs).toISOString();
  return `${said}A start after ${until}, or at once with "skerry start --read-write", takes records again.`;
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
  if (parsed.isSet('read-write')) found.push({ key: 'skerry.read.only', value: 'false', origin: '--read-write' });
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

/** What the disk or the store cannot keep any more. A full disk, or damage to one partition, is none. */
function isDiskFailure(event: BrokerEvent): event is BrokerEvent & { readonly kind: 'failed' } {
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
