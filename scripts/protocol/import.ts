/**
 * Writes the message tables, the internal records' tables, the table of APIs and the error codes from the definitions
 * inside Kafka's jars. A new release: change `kafkaVersion` in definitions.ts, run this, review the difference.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Message } from '@skerry/wire';
import {
  artifacts,
  classPath,
  definitions,
  kafkaVersion,
  legacyKafkaVersion,
  type MessageDefinition,
  protocolCache,
} from './definitions.ts';
import { legacyMessages } from './legacy.ts';
import { kebab, lowerFirst, table } from './print-table.ts';
import { printStraight, printStubs, straightApis, straightName } from './straight.ts';

const root = join(import.meta.dirname, '../..');
const cache = protocolCache();
const target = join(root, 'packages/wire/src');
const noticeOf = (release: string): string =>
  `// Written by scripts/protocol/import.ts from Kafka ${release}; not edited by hand.`;
const notice = noticeOf(kafkaVersion);

async function main(): Promise<void> {
  const clients = definitions(artifacts.clients, cache);
  const requests = clients.filter(({ type }) => type === 'request').sort((a, b) => (a.apiKey ?? 0) - (b.apiKey ?? 0));
  mkdirSync(join(target, 'messages'), { recursive: true });
  mkdirSync(join(target, 'internal'), { recursive: true });
  mkdirSync(join(target, 'messages/legacy'), { recursive: true });
  for (const request of requests) writeApi(request, responseOf(request, clients), isStraight(request));
  for (const request of requests.filter(isStraight)) await writeStraight(request, responseOf(request, clients));
  write(
    'messages/headers.ts',
    'The headers of requests and responses.',
    clients.filter(({ type }) => type === 'header'),
  );
  writeLegacy(clients);
  writeApiKeys(requests);
  writeInternal(clients);
  writeErrors();
}

function responseOf(request: MessageDefinition, all: readonly MessageDefinition[]): MessageDefinition {
  const response = all.find(({ type, apiKey }) => type === 'response' && apiKey === request.apiKey);
  if (response === undefined) throw new Error(`${request.name} has no response`);
  return response;
}

const isStraight = (request: MessageDefinition): boolean => straightApis.includes(apiName(request));
const apiName = (request: MessageDefinition): string => request.name.replace(/Request$/, '');
const apiFile = (request: MessageDefinition, folder = 'messages'): string =>
  `${folder}/${String(request.apiKey).padStart(2, '0')}-${kebab(apiName(request))}`;

function writeApi(request: MessageDefinition, response: MessageDefinition, straight: boolean): void {
  const file = apiFile(request);
  const generated = join(target, `${file}.generated.ts`);
  if (straight && !existsSync(generated)) writeFileSync(generated, printStubs([request.name, response.name]));
  const options = straight ? { straightFile: file } : {};
  write(`${file}.ts`, `${apiName(request)}, API ${request.apiKey}.`, [request, response], options);
}

/** What brokers before Kafka 4 served besides. */
function writeLegacy(clients: readonly MessageDefinition[]): void {
  const before = definitions(artifacts.clients, protocolCache(legacyKafkaVersion), legacyKafkaVersion);
  for (const { request, response } of legacyMessages(before, clients)) {
    write(
      `${apiFile(request, 'messages/legacy')}.ts`,
      `${apiName(request)}, API ${request.apiKey}, in the versions that Kafka 4 no longer has.`,
      [request, response],
      { prefix: 'Legacy', release: `${legacyKafkaVersion} and ${kafkaVersion}`, schema: '../../schema.ts' },
    );
  }
}

async function writeStraight(request: MessageDefinition, response: MessageDefinition): Promise<void> {
  const file = join(target, apiFile(request));
  // Asked for anew: the table that was loaded with the package is the one from before this run.
  const tables = (await import(`${pathToFileURL(file).href}.ts?remade`)) as Record<string, Message<unknown, never>>;
  const messages = [request, response].map(({ name }) => tables[lowerFirst(name)]).filter((each) => each !== undefined);
  writeFileSync(`${file}.generated.ts`, printStraight(messages));
}

interface WriteOptions {
  /** The API's file, if straight-line code stands beside it. */
  readonly straightFile?: string;
  readonly prefix?: string;
  readonly release?: string;
  readonly schema?: string;
}

function write(
  path: string,
  about: string,
  messages: readonly MessageDefinition[],
  { straightFile, prefix, release = kafkaVersion, schema: from = '../schema.ts' }: WriteOptions = {},
): void {
  const straight = (name: string): string | undefined => (straightFile === undefined ? undefined : straightName(name));
  const tables = messages.map((each) => table(each, { straight: straight(each.name), prefix }));
  const uses = [...new Set(tables.flatMap((each) => [...each.uses]))].sort((a, b) => (bare(a) < bare(b) ? -1 : 1));
  const schema = `import { ${uses.join(', ')} } from '${from}';\n`;
  const imports = [
    schema.length <= 121 ? schema : `import {\n${uses.map((name) => `  ${name},\n`).join('')}} from '${from}';\n`,
  ];
  if (straightFile !== undefined) {
    const names = messages.map(({ name }) => straightName(name)).sort();
    imports.push(`import { ${names.join(', ')} } from './${straightFile.replace(/^.*\//, '')}.generated.ts';\n`);
  }
  const text = tables.map((each) => each.text).join('\n');
  writeFileSync(join(target, path), `/** ${about} */\n${noticeOf(release)}\n${imports.join('')}\n${text}`);
}

const bare = (name: string): string => name.replace('type ', '').toLowerCase();

function writeApiKeys(requests: readonly MessageDefinition[]): void {
  const imports = requests.map((request) => {
    const name = lowerFirst(apiName(request));
    const line = `import { ${name}Request, ${name}Response } from './${apiFile(request)}.ts';\n`;
    return line.length <= 121
      ? line
      : `import {\n  ${name}Request,\n  ${name}Response,\n} from './${apiFile(request)}.ts';\n`;
  });
  const rows = requests.map((request) => {
    const name = apiName(request);
    const listeners = (request.listeners ?? []).map((each) => `'${each}'`).join(', ');
    const unstable = request.latestVersionUnstable === true ? 'true' : 'false';
    const messages = `${lowerFirst(name)}Request, ${lowerFirst(name)}Response`;
    const line = `  api('${name}', ${messages}, [${listeners}], ${unstable}),\n`;
    if (line.length <= 121) return line;
    const lines = [`'${name}'`, ...messages.split(', '), `[${listeners}]`, unstable].map((each) => `    ${each},\n`);
    return `  api(\n${lines.join('')}  ),\n`;
  });
  const tail = `
function api(
  name: string,
  request: Message<unknown, never>,
  response: Message<unknown, never>,
  listeners: readonly Listener[],
  latestVersionUnstable: boolean,
): readonly [number, Api] {
  return [request.apiKey, { key: request.apiKey, name, request, response, listeners, latestVersionUnstable }];
}
`;
  const head = `/** Every API that some version still has. */
${notice}
${imports.join('')}import type { Message } from './schema.ts';

/** Where an API is served: to clients, or among controllers. */
export type Listener = 'broker' | 'controller';

export interface Api {
  readonly key: number;
  readonly name: string;
  readonly request: Message<unknown, never>;
  readonly response: Message<unknown, never>;
  readonly listeners: readonly Listener[];
  /** The newest version may still change, and is advertised by nobody but testers. */
  readonly latestVersionUnstable: boolean;
}

/** API by key. */
export const apiKeys: ReadonlyMap<number, Api> = new Map([
`;
  writeFileSync(join(target, 'api-keys.ts'), `${head}${rows.join('')}]);\n${tail}`);
}

function writeInternal(clients: readonly MessageDefinition[]): void {
  const group = definitions(artifacts.group, cache);
  const families = ['ConsumerGroup', 'ShareGroup', 'StreamsGroup'];
  const family = (prefix: string): readonly MessageDefinition[] => group.filter(({ name }) => name.startsWith(prefix));
  const classic = group.filter(({ name }) => !families.some((prefix) => name.startsWith(prefix)));
  const data = clients.filter(({ type }) => type === 'data');
  const embedded = data.filter(({ name }) => /^ConsumerProtocol|^DefaultPrincipal/.test(name));
  const offsets = 'Records of __consumer_offsets';
  write('internal/consumer-offsets.ts', `${offsets}: offsets and classic groups.`, classic);
  write('internal/consumer-groups.ts', `${offsets}: consumer groups (KIP-848).`, family('ConsumerGroup'));
  write('internal/share-groups.ts', `${offsets}: share groups (KIP-932).`, family('ShareGroup'));
  write('internal/streams-groups.ts', `${offsets}: streams groups (KIP-1071).`, family('StreamsGroup'));
  write('internal/transaction-state.ts', 'Records of __transaction_state.', definitions(artifacts.transaction, cache));
  write('internal/share-group-state.ts', 'Records of __share_group_state.', definitions(artifacts.share, cache));
  const metadata = [...definitions(artifacts.metadata, cache)].sort((a, b) => (a.apiKey ?? 0) - (b.apiKey ?? 0));
  write('internal/cluster-metadata.ts', 'Records of __cluster_metadata.', metadata);
  write(
    'internal/control-records.ts',
    'Control records, and the index of aborted transactions.',
    data.filter((each) => !embedded.includes(each)),
  );
  write('internal/embedded.ts', 'What clients and brokers wrap in bytes fields.', embedded);
}

function writeErrors(): void {
  const program = join(import.meta.dirname, 'ErrorList.java');
  const lines = execFileSync('java', ['-cp', classPath(cache), program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const rows = lines
    .trim()
    .split('\n')
    .map((line) => {
      const [name, code, retriable] = line.split(' ');
      return `  ${name}: { code: ${code}, retriable: ${retriable} },\n`;
    });
  const head = `/** Kafka's error codes. */\n${notice}\nexport const errors = {\n`;
  const tail = `} as const satisfies Record<string, { code: number; retriable: boolean }>;\n`;
  writeFileSync(join(target, 'error-codes.ts'), head + rows.join('') + tail);
}

await main();
