import { Bytes, Offset } from '@skerry/base';
import { logLimits } from '@skerry/log';
import { World } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { Observer } from './observer.ts';

const folder = 'topics/t-0';
const log = (base: number): string => `${folder}/${String(base).padStart(20, '0')}.log`;

test('what its process wrote a moment ago is no safe file: it is served from the page cache as it is', () => {
  const world = new World(1);
  const observer = new Observer(world);
  const { disk } = world.machine('node');
  disk.makeFolder(folder);
  for (const base of [0, 7, 9]) disk.open(log(base), { create: true }).writeNow([new Uint8Array(5)], Bytes(0));
  const safe = (): string[] => observer.safeFiles(disk).map(({ path }) => path);
  world.clock.advance(60_000);
  observer.reported({ kind: 'rolled', folder, base: Offset(7) });
  world.clock.advance(logLimits.hotMs - 1);
  observer.reported({ kind: 'rolled', folder, base: Offset(9) });
  observer.reported({ kind: 'checkpoint', folder, recoveryPoint: Offset(9) });
  expect(safe()).toEqual([]);
  world.clock.advance(1);
  expect(safe()).toEqual([log(0)]);
  // The next process has read nothing of it yet.
  observer.ended('kill');
  expect(safe()).toEqual([log(0), log(7)]);
});
