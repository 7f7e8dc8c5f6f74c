import { readFileSync } from 'node:fs';
import { type RawClient, World } from '@skerry/testkit';
import { errorCode } from '@skerry/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulatedNode } from '../simulated-node.ts';
import { plain, steps } from './cases.ts';

const lines = readFileSync(`${import.meta.dirname}/kafka-answers.jsonl`, 'utf8')
  .trimEnd()
  .split('\n');
const answers = lines.map((line) => JSON.parse(line) as { readonly name: string; readonly answer: unknown });
const kafka = Object.fromEntries(answers.map(({ name, answer }) => [name, answer]));

let node: SimulatedNode;
let client: RawClient;

beforeAll(() => {
  node = new SimulatedNode(new World(3), {
    'skerry.listeners.legacy': 'PLAINTEXT',
    'auto.create.topics.enable': 'false',
  });
  node.start();
  client = node.client();
});

afterAll(() => node.stop());

test('every case has an answer of Kafka', () => {
  expect(Object.keys(kafka)).toEqual(steps.map(({ name }) => name));
});

/** Where Kafka says no more than that something went wrong on its side, and we know what. */
const clearer: Readonly<Record<string, string>> = {
  'produce v2: bytes that are not gzip': 'CORRUPT_MESSAGE',
  'produce v2: compression 7': 'UNSUPPORTED_COMPRESSION_TYPE',
  'produce v2: a negative time': 'INVALID_TIMESTAMP',
};

// Each goes on from what those before it left.
test.each(steps)('$name: as Kafka 3.9', ({ name, request, response, version, value }) => {
  if (client.isClosed) client = node.client();
  const answer = plain(client.ask(request, response, version, value as never));
  const error = clearer[name];
  if (error === undefined) return expect(asFarAs(kafka[name], answer)).toEqual(kafka[name]);
  expect(JSON.stringify(kafka[name])).toContain('"errorCode":-1');
  expect(answer).toMatchObject({ responses: [{ partitionResponses: [{ errorCode: errorCode(error as 'NONE') }] }] });
});

/**
 * `ours`, without messages beyond those of `theirs`: Kafka sends as many bytes as it has stored, and old messages are
 * longer.
 */
function asFarAs(theirs: unknown, ours: unknown): unknown {
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    const isSet = theirs.length > 0 && Object.hasOwn(theirs[0] as object, 'magic');
    return ours.slice(0, isSet ? theirs.length : ours.length).map((each, at) => asFarAs(theirs[at], each));
  }
  if (typeof theirs !== 'object' || typeof ours !== 'object' || theirs === null || ours === null) return ours;
  const fields = Object.entries(ours).map(([key, each]) => [key, asFarAs(theirs[key as keyof typeof theirs], each)]);
  return Object.fromEntries(fields) as unknown;
}
