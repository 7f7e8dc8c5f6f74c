/** The generated list of error codes: is it what the jars say, and does the walk through them do what it claims. */
/* oxlint-disable vitest/no-conditional-tests -- whether there is a Kafka is found out here. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Program } from '../../scripts/kafka-codes/graph.ts';
import { codesByApi, generatedCodes, printCodes, readProgram } from '../../scripts/kafka-codes.ts';
import { fetchReferenceKafka } from '../../scripts/reference-kafka.ts';
import { refuse } from '../clients/foreign.ts';
import { kafkaTools } from '../clients/toolchains/java.ts';
import { accountOf, problemsOf } from './codes.ts';
import { kafkaCodes } from './kafka-codes.generated.ts';

const toolchain = await kafkaTools();

if ('missing' in toolchain) refuse('the list of Kafka’s error codes', toolchain.missing);
else {
  test('kafka-codes.generated.ts is what Kafka’s jars say: run "npm run compat:codes"', async () => {
    const program = readProgram(await fetchReferenceKafka());
    expect(printCodes(codesByApi(program))).toBe(readFileSync(generatedCodes, 'utf8'));
  });
}

/** A handler, what it calls, and the classes in its world; a line a fact, cells apart by blanks. */
const facts = `
exception FencedException FENCED
class Apis java.lang.Object -
method handle()
key GET
exact Apis handleGet()
key PUT
exact Apis handlePut()
method handleGet()
error NOT_FOUND
virtual Store read()
method handlePut()
new Put -
exact Queue add()
new NarrowException -
class Queue java.lang.Object -
method add()
virtual Event run()
class Event java.lang.Object -
class Put java.lang.Object Event
method run()
error PUT_FAILED
class Other java.lang.Object Event
method run()
error OTHER_FAILED
class NarrowException FencedException -
class FencedException java.lang.Object -
class Store java.lang.Object -
class Disk java.lang.Object Store
method read()
error DISK_FAILED
virtual Log line()
class Log java.lang.Object -
method line()
error LOG_FAILED
`;
const program = new Program(facts.split('\n').map((line) => line.replace(/ -$/, '').replaceAll(' ', '\t')));
const codes = (key: string): string[] => {
  const boundary = { stops: ({ owner }: { owner: string }) => owner === 'Log', runs: { Event: ['run'] } };
  const { codes: reached } = program.reached(program.dispatched('Apis', 'handle').get(key) ?? [], boundary);
  return [...reached.keys()].sort();
};

describe('a walk from a handler', () => {
  test('follows overrides, and ends at its boundary', () => {
    expect(codes('GET')).toEqual(['DISK_FAILED', 'NOT_FOUND']);
  });

  test('knows exceptions by what they extend, and runs what it made alone', () => {
    expect(codes('PUT')).toEqual(['FENCED', 'PUT_FAILED']);
  });
});

describe('the account of codes', () => {
  const seen = (...more: string[]) => new Set([...accountOf('Heartbeat').provoked, 'NONE', ...more]);

  test('holds where each is provoked or explained', () => {
    expect(problemsOf('Heartbeat', seen())).toEqual([]);
    expect(accountOf('Heartbeat').provoked).toContain('ILLEGAL_GENERATION');
    expect(kafkaCodes['Heartbeat']).toContain('UNKNOWN_SERVER_ERROR');
  });

  test.each(['GROUP_ID_NOT_FOUND', 'GROUP_AUTHORIZATION_FAILED', 'OFFSET_OUT_OF_RANGE'])(
    'does not hold where %s is answered: explained, explained everywhere, or not listed',
    (code) => {
      expect(problemsOf('Heartbeat', seen(code))).toEqual([expect.stringContaining(`Heartbeat: ${code} was `)]);
    },
  );

  test('does not hold where a code is not provoked', () => {
    const less = new Set([...seen()].filter((code) => code !== 'ILLEGAL_GENERATION'));
    expect(problemsOf('Heartbeat', less)).toEqual([expect.stringContaining('ILLEGAL_GENERATION was not provoked')]);
  });
});
