import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { topics } from './support.ts';

const { AlterReplicaLogDirs, DescribeLogDirs } = apis;
const elsewhere = (path: string, name: string, ...partitions: readonly number[]) => ({
  path,
  topics: [{ name, partitions }],
});

export const alterReplicaLogDirsCases: readonly Case[] = [
  story(AlterReplicaLogDirs, 'to where partitions are, and elsewhere', [
    topics(['a'], { partitions: 2 }),
    ask(DescribeLogDirs, { topics: [] }, { version: 'newest' }),
    ask(AlterReplicaLogDirs, (side) => {
      const path = side.answer(DescribeLogDirs).results[0]?.logDir ?? '';
      return { dirs: [elsewhere(path, side.name('a'), 0, 7), elsewhere(path, side.name('nobody'), 0)] };
    }),
    ask(AlterReplicaLogDirs, (side) => {
      const path = side.answer(DescribeLogDirs).results[0]?.logDir ?? '';
      return { dirs: [elsewhere(path, side.name('a'), 0), elsewhere('/elsewhere', side.name('a'), 0)] };
    }),
    ask(AlterReplicaLogDirs, { dirs: [elsewhere('/elsewhere', '~a', 0, 7), elsewhere('/elsewhere', '~nobody', 0)] }),
    // What Kafka calls a folder on its way, with an id in its name, would be longer than a file's name may be.
    ask(AlterReplicaLogDirs, (side) => {
      const path = side.answer(DescribeLogDirs).results[0]?.logDir ?? '';
      return { dirs: [elsewhere(path, '~@249:b', 0), elsewhere('/elsewhere', '~@250:b', 0)] };
    }),
    ask(AlterReplicaLogDirs, {
      dirs: [213, 214, 215, 216].map((length) => elsewhere('/elsewhere', `~@${length}:b`, 0, 10)),
    }),
    ask(AlterReplicaLogDirs, { dirs: [elsewhere('relative', '~a', 0)] }),
    ask(AlterReplicaLogDirs, { dirs: [elsewhere('', '~a', 0)] }),
    ask(AlterReplicaLogDirs, { dirs: [] }),
    ask(AlterReplicaLogDirs, { dirs: [elsewhere('/elsewhere', '~a')] }),
  ]),
];
