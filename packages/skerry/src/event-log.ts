/**
 * What happens in the broker, as lines on the standard error output: JSON for whoever collects them, plain for
 * somebody who watches.
 * SKERRY_LOG_LEVEL (info) is the least that is told; debug tells of every segment. Clients can change it until the
 * next start, as the level of Kafka's root logger.
 */
import { createRequire } from 'node:module';
import type { BrokerEvent, LogLevelName, LogLevels } from '@skerry/broker';
import type { DestinationStream, Logger } from 'pino';
import { Repeats } from './repeats.ts';
import type { Terminal } from './terminal.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

const levels: Readonly<Partial<Record<BrokerEvent['kind'], Level>>> = {
  connectionRefused: 'warn',
  connectionLimited: 'warn',
  memoryShort: 'warn',
  handlerFailed: 'error',
  partitionOffline: 'error',
  readOnly: 'error',
  journalReplayed: 'info',
  journalFull: 'warn',
  journalDamaged: 'error',
  removalFailed: 'warn',
  removalFinished: 'info',
  strangeFolder: 'warn',
  tableRebuilt: 'warn',
  tableNotSaved: 'warn',
  checkpointPutOff: 'warn',
  indexNotWritten: 'warn',
  diskFull: 'error',
  diskBudget: 'error',
  budgetRemoved: 'info',
  failed: 'error',
  recovered: 'info',
  indexRebuilt: 'info',
  truncated: 'info',
};

/** What an operator is to do about it, where that is not plain. */
const todo: Readonly<Partial<Record<BrokerEvent['kind'], string>>> = {
  partitionOffline: 'The rest goes on. Stop the node, then "skerry log verify" tells what is damaged, and what helps.',
  diskBudget: 'Producers are refused while there is a "refusal"; what frees space ends it within seconds.',
  diskFull: 'Free space: producers are refused until there is some. Nothing that was acknowledged is lost.',
};

/** Told again as often as somebody tries again. */
const repeating: ReadonlySet<BrokerEvent['kind']> = new Set([
  'diskFull',
  'indexNotWritten',
  'checkpointPutOff',
  'tableNotSaved',
  'journalFull',
  'handlerFailed',
  'connectionLimited',
  'memoryShort',
]);

export interface EventLog {
  /** Opens the log, if nothing has yet: it is loaded when first used, which a start need not wait for. */
  readonly logger: Logger;
  /** The level, by Kafka's names. */
  readonly levels: LogLevels;
  report(event: BrokerEvent): void;
  /** Writes what is still held back: before the process ends. */
  flush(): void;
}

export function eventLog(terminal: Terminal): EventLog {
  const wanted = terminal.env['SKERRY_LOG_LEVEL'] ?? 'info';
  const known = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].includes(wanted);
  let level = known ? wanted : 'info';
  const tellsAll = (): boolean => level === 'debug' || level === 'trace';
  const repeats = new Repeats();
  let opened: { readonly logger: Logger; flushSync(): void } | undefined;
  const log = (): NonNullable<typeof opened> => (opened ??= open(level, terminal));
  return {
    get logger() {
      return log().logger;
    },
    levels: {
      get level() {
        // Kafka has no name for nothing at all.
        return level === 'silent' ? 'FATAL' : (level.toUpperCase() as LogLevelName);
      },
      set level(name) {
        level = name.toLowerCase();
        if (opened !== undefined) opened.logger.level = level;
      },
    },
    report(event) {
      const { kind, ...facts } = event;
      const importance = levels[kind] ?? 'debug';
      if (importance === 'debug' && !tellsAll()) return;
      const unsaid = repeating.has(kind) ? repeats.unsaid(subjectOf(event), performance.now()) : 0;
      if (unsaid === undefined) return;
      const advice = todo[kind];
      const more = { ...(advice === undefined ? {} : { todo: advice }), ...(unsaid === 0 ? {} : { unsaid }) };
      log().logger[importance]({ ...shown(facts), ...more }, kind);
    },
    flush() {
      try {
        opened?.flushSync();
      } catch {
        // Nothing was written yet, so there is nothing to flush.
      }
    },
  };
}

/** What an event is about: the kind, and where. */
function subjectOf(event: BrokerEvent): string {
  const {
    kind,
    folder = '',
    topic = '',
    api = '',
    limit = '',
  }: { kind: string; folder?: string; topic?: string; api?: string; limit?: string } = event;
  return `${kind} ${folder} ${topic} ${api} ${limit}`;
}

function open(level: string, terminal: Terminal): { readonly logger: Logger; flushSync(): void } {
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino');
  const file = pino.destination({ dest: 2, sync: false });
  const target: DestinationStream = terminal.isInteractive
    ? { write: (line) => terminal.note(plain(line, terminal)) }
    : file;
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return { logger: pino(options, target), flushSync: () => file.flushSync() };
}

/** Errors as what they say: the stack of an expected one helps nobody. */
function shown(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      if (!(value instanceof Error)) return [name, value];
      const stack = value.name === 'OperatingError' || value.name === 'ProtocolError' ? {} : { stack: value.stack };
      const code = 'code' in value && typeof value.code === 'string' ? { code: value.code } : {};
      return [name, { name: value.name, ...code, message: value.message, ...stack }];
    }),
  );
}

/** `07:12:03 warn  connectionRefused host=10.0.0.9 reason="…"` */
function plain(line: string, terminal: Terminal): string {
  const { level, time, msg, ...facts } = JSON.parse(line) as Record<string, unknown>;
  const word = String(level).padEnd(5);
  const style = level === 'error' || level === 'fatal' ? 'red' : level === 'warn' ? 'yellow' : 'dim';
  const told = Object.entries(facts).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [String(time).slice(11, 19), terminal.styled(style, word), String(msg), ...told].join(' ');
}
