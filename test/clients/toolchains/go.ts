/** The clients for Go: one module, pinned by go.sum, a program each; and the tests that franz-go brings itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../scripts/reference-kafka.ts';
import { notYet } from '../go/kgo-tests.ts';
import { type Client, hashOf, once, run, type Toolchain } from './run.ts';

const module = join(import.meta.dirname, '..', 'go');
const folder = join(cacheFolder, 'go');
const env = {
  GOMODCACHE: join(folder, 'mod'),
  // A module cache that nobody can write to could not be removed either.
  GOFLAGS: '-modcacherw -buildvcs=false',
};

async function lackingGo(): Promise<string | undefined> {
  const [, minor] = /^go1\.(\d+)/.exec(await run('go', ['env', 'GOVERSION']).catch(() => '')) ?? [];
  return Number(minor ?? 0) < 26 ? 'Go 1.26 or newer is not on this machine' : undefined;
}

const sources = (...folders: readonly string[]) =>
  folders.flatMap((one) => readdirSync(join(module, one)).map((file) => readFileSync(join(module, one, file))));

/** Builds once what the arguments of `go` say; the name holds the hash of all that went in. */
async function built(name: string, went: readonly Uint8Array[], command: readonly string[]): Promise<Toolchain> {
  const missing = await lackingGo();
  if (missing !== undefined) return { missing };
  const pins = ['go.mod', 'go.sum'].map((file) => readFileSync(join(module, file)));
  const made = join(folder, 'bin', `${name}-${hashOf(...went, ...pins)}`);
  const program = join(made, name);
  const [verb = 'build', ...rest] = command;
  await once(made, async () => void (await run('go', [verb, '-o', program, ...rest], { cwd: module, env })));
  return { command: program, args: [] };
}

const program = (name: string): Promise<Toolchain> => built(name, sources(name, 'harness'), ['build', `./${name}`]);

const withMain = 'no test of its own; the cases of franz-go have it';

/** Where the sources of kgo lie: some of its tests read them. */
export const kgoSources = join(env.GOMODCACHE, 'github.com', 'twmb', 'franz-go@v1.22.2', 'pkg', 'kgo');

/** The tests of franz-go's package kgo, compiled as they are. */
export const kgoTests: Client = {
  name: 'franz-go 1.22.2, its own tests',
  tests: ['go/kgo.more.test.ts'],
  install: () => built('kgo.test', [], ['test', '-c', 'github.com/twmb/franz-go/pkg/kgo']),
  notYet,
  lacks: {
    idempotence: withMain,
    timestamps: withMain,
    'static membership': withMain,
    restart: withMain,
    'admin configs': withMain,
    'admin groups': withMain,
    'admin records': withMain,
    'admin quotas': withMain,
    'admin other': withMain,
  },
};

export const franzGo: Client = {
  name: 'Go franz-go 1.22.2',
  tests: ['go/franz.more.test.ts'],
  install: () => program('franz'),
};

export const saramaGo: Client = {
  name: 'Go sarama 1.61.1',
  tests: ['go/sarama.more.test.ts'],
  install: () => program('sarama'),
  lacks: { cooperative: 'its groups rebalance eagerly' },
};

export const kafkaGo: Client = {
  name: 'Go kafka-go 0.4.51',
  tests: ['go/kafka-go.more.test.ts'],
  install: () => program('kafkago'),
  lacks: {
    idempotence: 'its writer has none',
    'static membership': 'it sends no group.instance.id',
    cooperative: 'its groups rebalance eagerly',
    'admin records': 'it has no call for DeleteRecords',
  },
};

export const goClients: readonly Client[] = [franzGo, kgoTests, saramaGo, kafkaGo];
