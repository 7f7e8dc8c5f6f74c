/**
 * What Kafka 3.9.1, the last release that serves them, answers to requests of old versions: starts it, asks what
 * packages/broker/test/legacy/cases.ts lists, and writes kafka-answers.jsonl beside that. Needs `java` 17 or newer, and
 * `mvn` for the first fetch of the jars.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeAnswer, frameOf } from '@skerry/testkit';
import { plain, type Step, steps, warmUp } from '../../packages/broker/test/legacy/cases.ts';
import { Link } from '../../test/compat/link.ts';
import { startReferenceKafka } from '../reference-kafka.ts';
import { legacyKafkaVersion } from './definitions.ts';

const port = 19_391;
const answersFile = join(import.meta.dirname, '../../packages/broker/test/legacy/kafka-answers.jsonl');

async function main(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'legacy-answers-'));
  const properties = { 'auto.create.topics.enable': false, 'offsets.topic.num.partitions': 1 };
  const kafka = await startReferenceKafka({ port, data, properties, release: legacyKafkaVersion, heap: '512m' });
  const lines: string[] = [];
  let link = new Link(port);
  try {
    await ask(link, warmUp);
    for (const step of steps) {
      if (link.closed) link = new Link(port);
      lines.push(`${JSON.stringify({ name: step.name, answer: await ask(link, step) })}\n`);
    }
  } finally {
    link.close();
    await kafka.stop();
    rmSync(data, { recursive: true, force: true });
  }
  writeFileSync(answersFile, lines.join(''));
  console.log(`${steps.length} answers of Kafka ${legacyKafkaVersion} in ${answersFile}`);
}

/** Asked again while the broker has only just made the topic, or the coordinator's. */
async function ask(link: Link, step: Step, left = 40): Promise<unknown> {
  const { request, response, version, value } = step;
  const answer = await link.ask(frameOf({ message: request, version, value: value as never }));
  if (typeof answer === 'string') return answer;
  const said = plain(decodeAnswer(response, version, answer));
  if (left === 0 || !/"errorCode":(6|14|15|16)\b/.test(JSON.stringify(said))) return said;
  await delay(250);
  return ask(link, step, left - 1);
}

await main();
