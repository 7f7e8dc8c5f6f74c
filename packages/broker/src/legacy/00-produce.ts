import { inTurn, limits, Offset } from '@skerry/base';
import { type ErrorName, errorCode, type ProduceRequest, type ProduceResponseInput } from '@skerry/wire';
import { type LegacyProduceRequest, legacyProduceRequest, legacyProduceResponse } from '@skerry/wire/legacy';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import { produce } from '../handlers/00-produce.ts';
import type { Turns } from './turns.ts';
import { toBatch } from './up-conversion.ts';

type Topic = ProduceRequest['topicData'][number];
type PartitionData = Topic['partitionData'][number];

/** A partition that is answered without going the ordinary way. */
interface Aside {
  readonly topic: string;
  readonly index: number;
  readonly error: ErrorName;
}

interface Converted {
  readonly topicData: readonly Topic[];
  readonly aside: readonly Aside[];
}

/**
 * Produce, v0-v2: messages of format 0 and 1, stored as record batches.
 *
 * - Each partition's set becomes one batch, in the codec it came in; then all goes the ordinary way, whose checks and
 *   refusals hold. What is for a partition that is not there, or that the client may not write, is not converted.
 * - Every message's CRC is checked, also of those within a compressed one.
 * - No whole message is no error, as in Kafka: nothing is appended, and the offset is −1.
 */
export function legacyProduce(turns: Turns): Handler<LegacyProduceRequest, ProduceResponseInput> {
  return {
    request: legacyProduceRequest,
    response: legacyProduceResponse,
    versions: [0, 2],
    overlap: true,

    handle(request, context, reply) {
      // What comes later on this connection must not be appended first.
      context.hold(true);
      turns.take((leave) => {
        convert(request, context, ({ topicData, aside }) => {
          leave();
          produce.handle({ ...request, topicData }, context, (answer) => {
            reply(answer === undefined ? undefined : merged(answer, aside));
            const failed = aside.some(({ error }) => error !== 'NONE');
            if (answer === undefined && failed) context.client.disconnect('a produce with acks=0 failed');
          });
          context.hold(false);
        });
      });
    },

    refuse: (request, error, version) => produce.refuse(request, error, version),
  };
}

/** Converts one partition after the other. */
function convert({ topicData }: ProduceRequest, context: Context, done: (converted: Converted) => void): void {
  const aside: Aside[] = [];
  const topics: Topic[] = [];
  const due = topicData.flatMap((topic) => {
    const partitionData: PartitionData[] = [];
    topics.push({ ...topic, partitionData });
    return topic.partitionData.map((data) => ({ name: topic.name, partitionData, data }));
  });
  inTurn(
    due,
    ({ name, partitionData, data }, next) => {
      const partition = context.catalog.partition(name, data.index);
      if (partition === undefined || data.records === null || !context.allowed('write', 'topic', name)) {
        partitionData.push(data);
        return next();
      }
      const bytesMax = Math.min(limits.convertedPlainBytesMax, partition.settings.maxDecompressedBytes);
      toBatch(data.records, bytesMax, context, (error, records) => {
        if (records !== undefined && records.length > 0) partitionData.push({ ...data, records });
        else aside.push({ topic: name, index: data.index, error: error ?? 'NONE' });
        next();
      });
    },
    () => done({ topicData: topics, aside }),
  );
}

/** The answer of the ordinary way, and what did not go there. */
function merged(answer: ProduceResponseInput, aside: readonly Aside[]): ProduceResponseInput {
  if (aside.length === 0) return answer;
  const topics = (answer.responses ?? []).map(({ name = '', partitionResponses = [] }) => ({
    name,
    partitionResponses: [...partitionResponses],
  }));
  for (const { topic, index, error } of aside) {
    let slot = topics.find(({ name }) => name === topic);
    if (slot === undefined) topics.push((slot = { name: topic, partitionResponses: [] }));
    slot.partitionResponses.push({ index, errorCode: errorCode(error), baseOffset: Offset(-1) });
  }
  return { ...answer, responses: topics };
}
