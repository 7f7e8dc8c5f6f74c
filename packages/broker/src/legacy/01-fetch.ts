import { inTurn, Offset, zeroUuid } from '@skerry/base';
import { type ErrorName, errorCode, type FetchRequest, type FetchResponseInput, isFileRange } from '@skerry/wire';
import { type LegacyFetchRequest, legacyFetchRequest, legacyFetchResponse } from '@skerry/wire/legacy';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import { fetch } from '../handlers/01-fetch.ts';
import { type DownOptions, toMessages } from './down-conversion.ts';
import type { HeldAnswers } from './held-answers.ts';
import type { Turns } from './turns.ts';

type Asked = FetchRequest['topics'][number]['partitions'][number];
type PartitionAnswer = NonNullable<NonNullable<FetchResponseInput['responses']>[number]['partitions']>[number];

/** One partition of the request. */
interface Wanted {
  readonly topic: string;
  readonly asked: Asked;
  /** Where to read: goes on where nothing on the way was for this client. */
  offset: Offset;
}

const noRecords = new Uint8Array(0);
const nowhere = Offset(-1);

/** Before v4 clients know no other error for "not here, not now" (Kafka's translation). */
const translated = new Map([[errorCode('KAFKA_STORAGE_ERROR'), errorCode('NOT_LEADER_OR_FOLLOWER')]]);

/**
 * Fetch, v0-v3: what is stored as record batches, as messages of format 0 (v0, v1) or 1 (v2, v3).
 *
 * - Collected and waited for in the ordinary way, then converted, one batch at a time. The messages are not compressed,
 *   whatever the batches were. Control batches are stepped over.
 * - An answer is bounded, since it is held in memory until it is sent; the next fetch goes on from there. Partitions
 *   take turns at being first, so that one with much to read starves none: before v3 clients ask in one order.
 * - v0 to v2 cut a message that is larger than the partition's `maxBytes`; v3 gives the first one whole (KIP-74).
 */
export function legacyFetch(turns: Turns, held: HeldAnswers): Handler<LegacyFetchRequest, FetchResponseInput> {
  let turn = 0;
  return {
    request: legacyFetchRequest,
    response: legacyFetchResponse,
    versions: [0, 3],

    handle(request, context, reply) {
      const wanted = wantedOf(request);
      const first = wanted.length === 0 ? 0 : turn++ % wanted.length;
      const turned = [...wanted.slice(first), ...wanted.slice(0, first)];
      new LegacyFetch({ request, context, turns, held, wanted: turned, reply }).ask();
    },

    refuse: ({ topics }, error) => ({
      responses: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({
          partitionIndex: partition,
          errorCode: errorCode(error),
          highWatermark: nowhere,
        })),
      })),
    }),
  };
}

function wantedOf({ topics }: FetchRequest): Wanted[] {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map((asked) => ({ topic, asked, offset: asked.fetchOffset })),
  );
}

interface Parts {
  readonly request: FetchRequest;
  readonly context: Context;
  readonly turns: Turns;
  readonly held: HeldAnswers;
  readonly wanted: readonly Wanted[];
  readonly reply: (answer: FetchResponseInput) => void;
}

interface Found {
  readonly topic: string;
  readonly answer: PartitionAnswer;
}

/** One request under way. */
class LegacyFetch {
  readonly #parts: Parts;
  #bytesLeft = 0;
  /** Nothing goes to the client yet but that there is nothing. */
  #isEmpty = true;
  #isRefused = false;
  #hasMoved = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  ask(): void {
    const { request, context, turns, held, wanted } = this.#parts;
    const maxBytes = Math.min(request.maxBytes, held.answerBytesMax);
    const topics = wanted.map(({ topic, asked, offset }) => ({
      topic,
      topicId: zeroUuid,
      partitions: [{ ...asked, fetchOffset: offset }],
    }));
    fetch.handle({ ...request, maxBytes, topics }, context, (collected) => {
      const found = (collected?.responses ?? []).flatMap(({ topic = '', partitions = [] }) =>
        partitions.map((answer) => ({ topic, answer })),
      );
      this.#bytesLeft = maxBytes;
      turns.take((leave) => {
        this.#convert(found, (slots) => {
          leave();
          this.#finish(slots);
        });
      });
    });
  }

  #convert(found: readonly Found[], done: (slots: readonly Found[]) => void): void {
    const slots: Found[] = [];
    inTurn(
      found,
      (one, next) => {
        this.#convertOne(one, (answer) => {
          slots.push({ topic: one.topic, answer });
          next();
        });
      },
      () => done(slots),
    );
  }

  #convertOne({ topic, answer }: Found, done: (answer: PartitionAnswer) => void): void {
    const { partitionIndex = 0, errorCode: code = 0, highWatermark, records: range } = answer;
    const bare = { partitionIndex, errorCode: translated.get(code) ?? code, highWatermark, records: noRecords };
    if (code !== 0) this.#isRefused = true;
    const wanted = this.#parts.wanted.find(
      ({ topic: name, asked }) => name === topic && asked.partition === partitionIndex,
    );
    if (range === undefined || range === null || !isFileRange(range) || wanted === undefined) return done(bare);
    const refuse = (error: ErrorName): void => {
      this.#isRefused = true;
      done({ ...bare, errorCode: errorCode(error) });
    };
    const bytes = new Uint8Array(range.byteLength);
    range.read(bytes, 0, (unread) => {
      range.release();
      // What could not be read is told as it is before v4: not here, not now.
      if (unread !== undefined) return refuse('NOT_LEADER_OR_FOLLOWER');
      toMessages(bytes, this.#optionsFor(wanted), this.#parts.context, (error, converted) => {
        if (converted === undefined || error !== undefined) return refuse('CORRUPT_MESSAGE');
        const { messages, next } = converted;
        if (next > wanted.offset) this.#hasMoved = true;
        wanted.offset = next;
        if (messages.length === 0) return done(bare);
        this.#isEmpty = false;
        this.#bytesLeft -= messages.length;
        done({ ...bare, records: this.#parts.held.hold(messages) });
      });
    });
  }

  #optionsFor({ asked, offset }: Wanted): DownOptions {
    const { apiVersion } = this.#parts.context;
    const bytesMax = Math.min(Math.max(asked.partitionMaxBytes, 0), Math.max(this.#bytesLeft, 0));
    return {
      magic: apiVersion < 2 ? 0 : 1,
      from: offset,
      bytesMax,
      atLeastOne: this.#isEmpty,
      cutAt: apiVersion < 3 ? Math.max(asked.partitionMaxBytes, 0) : Number.POSITIVE_INFINITY,
    };
  }

  #finish(slots: readonly Found[]): void {
    const { context, reply } = this.#parts;
    if (this.#isEmpty && !this.#isRefused && this.#hasMoved) {
      this.#hasMoved = false;
      return context.clock.soon(() => this.ask());
    }
    const topics = new Map<string, PartitionAnswer[]>();
    for (const { topic, answer } of slots) {
      const known = topics.get(topic);
      if (known === undefined) topics.set(topic, [answer]);
      else known.push(answer);
    }
    reply({ responses: [...topics].map(([topic, partitions]) => ({ topic, partitions })) });
  }
}
