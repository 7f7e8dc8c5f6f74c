import {
  type ErrorName,
  errorCode,
  type Marker,
  type WriteTxnMarkersRequest,
  type WriteTxnMarkersResponseInput,
  writeTxnMarkersRequest,
  writeTxnMarkersResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';

type Asked = WriteTxnMarkersRequest['markers'][number];

/**
 * WriteTxnMarkers, v1-v2: markers that end a transaction in partitions, for brokers, and for an administrator who ends
 * one that hangs (KIP-664).
 *
 * - Each partition has its own error; a marker of an earlier epoch than the producer's is INVALID_PRODUCER_EPOCH.
 * - Of transaction version 2 (v2) a marker's epoch is later than that of the transaction's records (KIP-1228).
 */
export const writeTxnMarkers: Handler<WriteTxnMarkersRequest, WriteTxnMarkersResponseInput> = {
  request: writeTxnMarkersRequest,
  response: writeTxnMarkersResponse,
  versions: [1, 2],

  handle(request, context, reply) {
    const mayWrite = (['alter', 'clusterAction'] as const).some((one) =>
      context.allowed(one, 'cluster', 'kafka-cluster'),
    );
    if (!mayWrite) return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    if (context.readOnly !== undefined) return reply(this.refuse(request, 'KAFKA_STORAGE_ERROR', context.apiVersion));
    const waiting = gather(() => reply({ markers }));
    const markers = request.markers.map((asked) => ({
      producerId: asked.producerId,
      topics: asked.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => {
          const slot = { partitionIndex, errorCode: 0 };
          const settle = waiting.one();
          writeOne(name, partitionIndex, asked, context, (error) => {
            slot.errorCode = errorCode(error ?? 'NONE');
            settle();
          });
          return slot;
        }),
      })),
    }));
    waiting.all();
  },

  refuse: ({ markers }, error) => ({
    markers: markers.map(({ producerId, topics }) => ({
      producerId,
      topics: topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode: errorCode(error) })),
      })),
    })),
  }),
};

function writeOne(
  topic: string,
  index: number,
  asked: Asked,
  { clock, catalog, coordinators }: Context,
  done: (error?: ErrorName) => void,
): void {
  const partition = catalog.partition(topic, index);
  if (partition === undefined) return done('UNKNOWN_TOPIC_OR_PARTITION');
  if (partition.refusal !== undefined) return done(partition.refusal);
  const producerId = Number(asked.producerId);
  const known = partition.log.producers.get(producerId);
  const isOpen = known?.transactionFirstOffset !== undefined;
  if (asked.transactionVersion >= 2 && isOpen && asked.producerEpoch <= known.epoch)
    return done('INVALID_PRODUCER_EPOCH');
  const marker: Marker = {
    kind: asked.transactionResult ? 'commit' : 'abort',
    coordinatorEpoch: asked.coordinatorEpoch,
    producerId,
    producerEpoch: asked.producerEpoch,
    timestamp: clock.wallMs(),
  };
  coordinators.writeMarker(topic, index, marker, done);
}
