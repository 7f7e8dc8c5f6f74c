import { expect, test } from 'vitest';
import { run } from '../src/cli.ts';
import { recorded } from './terminal.ts';

test.each([
  [['tpic', 'list'], 2, 'skerry: no command "tpic". Did you mean "skerry topic"?'],
  [['topic', 'lst'], 2, 'skerry: no command "topic lst". Did you mean "skerry topic list"?'],
  [['fly'], 2, 'skerry: no command "fly", only start, topic, produce, consume'],
  [['topic'], 2, 'skerry: skerry topic: which one? create, list, describe, delete'],
  [['topic', 'create'], 2, 'skerry: TOPIC is missing\nusage: skerry topic create TOPIC… [options]'],
  [['produce', 't', '--acks', 'some'], 2, 'skerry: --acks some: must be all, leader or none'],
  [['produce', 't', '-z', 'rar'], 2, 'skerry: --compression rar: must be one of none, gzip, snappy, lz4, zstd'],
  [
    ['consume', 't', '-o', 'soon'],
    2,
    'skerry: --offset soon: must be start, end, a number, -N for the last N, or @TIME',
  ],
  [['consume', 't', '-f', '%q'], 2, 'skerry: --format: "%q" means nothing. Known: %t'],
  [['start', '--port', '70000'], 2, 'skerry: --port 70000: must be a whole number from 0 to 65535'],
  [['start', '--override', 'x'], 2, 'skerry: --override x: must be KEY=VALUE'],
  [
    ['start', '--override', 'num.partitons=3'],
    2,
    'skerry: --override: num.partitons is not a setting. Did you mean num.partitions?',
  ],
  [
    ['start', '--config', 'skerry.yaml'],
    2,
    "skerry: --config skerry.yaml: this version reads Kafka's server.properties form only",
  ],
  [['start', '--config', '/nowhere/server.properties'], 2, 'skerry: --config /nowhere/server.properties: ENOENT'],
  [
    ['topic', 'list', '-b', '127.0.0.1:1'],
    11,
    'skerry: 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\nIs the broker running?',
  ],
  [['topic', 'list', '-b', 'a:b:c'], 11, "skerry: a:b:c: not a broker's address: must be HOST:PORT"],
])('skerry %j exits with %i and says why', async (args, code, said) => {
  const terminal = recorded();
  expect(await run(args, terminal)).toBe(code);
  expect(terminal.written.note).toContain(said);
  expect(terminal.written.out).toBe('');
});

test('without a command the overview is shown, and that is a usage error', async () => {
  const terminal = recorded();
  expect(await run([], terminal)).toBe(2);
  expect(terminal.written.out).toContain('First steps:');
});

test('help COMMAND is COMMAND --help', async () => {
  const [a, b] = [recorded(), recorded()];
  await run(['help', 'produce'], a);
  await run(['produce', '-h'], b);
  expect(a.written.out).toBe(b.written.out);
});

test.each([['--version'], ['version']])('%s tells the version, as JSON too', async (word) => {
  const [plain, json] = [recorded(), recorded()];
  expect(await run([word], plain)).toBe(0);
  expect(plain.written.out).toMatch(/^skerry \d+\.\d+\.\d+\n$/);
  await run([word, '--json'], json);
  expect(JSON.parse(json.written.out)).toMatchObject({ version: expect.stringMatching(/^\d/) as string });
});
