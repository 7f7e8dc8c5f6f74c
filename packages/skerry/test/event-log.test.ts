import { OperatingError } from '@skerry/base';
import { expect, test } from 'vitest';
import { eventLog } from '../src/event-log.ts';
import { recorded } from './terminal.ts';

test('a full disk is said once, with what to do, however often producers try again', () => {
  const terminal = { ...recorded(), isInteractive: true };
  const log = eventLog(terminal);
  const error = new OperatingError('SKR_DISK_FULL', 'write x: ENOSPC');
  for (let i = 0; i < 100; i++) log.report({ kind: 'diskFull', folder: 'topics/a-0.x', end: 5 as never, error });
  log.report({ kind: 'diskFull', folder: 'topics/b-0.x', end: 5 as never, error });
  const lines = terminal.written.note.trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/error diskFull folder="topics\/a-0.x".*SKR_DISK_FULL.*todo="Free space/);
});

test('a partition that goes offline is said each time', () => {
  const terminal = { ...recorded(), isInteractive: true };
  const log = eventLog(terminal);
  const error = new OperatingError('SKR_DATA_CORRUPT', 'x at byte 5');
  for (const partition of [0, 1]) log.report({ kind: 'partitionOffline', topic: 't', partition, error });
  expect(terminal.written.note.match(/partitionOffline/g)).toHaveLength(2);
  expect(terminal.written.note).toContain('skerry log verify');
});

test('the level is told by Kafka’s name, and a new one counts at once', () => {
  const terminal = { ...recorded(), isInteractive: true };
  const log = eventLog(terminal);
  const error = new OperatingError('SKR_DATA_CORRUPT', 'x at byte 5');
  const say = (topic: string): void => log.report({ kind: 'removalFailed', topic, partition: 0, error });
  expect(log.levels.level).toBe('INFO');
  say('one');
  log.levels.level = 'ERROR';
  say('two');
  log.levels.level = 'DEBUG';
  say('tri');
  log.report({ kind: 'rolled', folder: 'topics/a-0.x', base: 5 } as never);
  expect(terminal.written.note.match(/"(one|two|tri)"|rolled/g)).toEqual(['"one"', '"tri"', 'rolled']);
});
