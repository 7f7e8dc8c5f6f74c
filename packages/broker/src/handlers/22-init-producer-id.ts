import {
  type ErrorName,
  errorCode,
  type InitProducerIdRequest,
  type InitProducerIdResponseInput,
  initProducerIdRequest,
  initProducerIdResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * InitProducerId, v0-v5: an id under which a producer's batches are recognised (KIP-98).
 *
 * - Without a transactional id every request gets a new id with epoch 0, whatever id it names: only a transaction's
 *   coordinator knows epochs.
 * - Ids are taken from the metadata log in blocks, and never given twice, restarts included.
 * - Not done: transactional ids (UNSUPPORTED_VERSION, so that clients say what is missing); v6, which Kafka 4.4 marks
 *   unstable.
 */
export const initProducerId: Handler<InitProducerIdRequest, InitProducerIdResponseInput> = {
  request: initProducerIdRequest,
  response: initProducerIdResponse,
  versions: [0, 5],

  handle(request, context, reply) {
    const refuse = (error: ErrorName): void => reply(this.refuse(request, error, context.apiVersion));
    const { transactionalId } = request;
    if (transactionalId !== null) {
      if (transactionalId === '') return refuse('INVALID_REQUEST');
      if (!context.allowed('write', 'transactionalId', transactionalId)) {
        return refuse('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
      }
      return refuse('UNSUPPORTED_VERSION');
    }
    const mayWrite =
      context.allowed('idempotentWrite', 'cluster', 'kafka-cluster') || context.allowed('write', 'topic', '*');
    if (!mayWrite) return refuse('CLUSTER_AUTHORIZATION_FAILED');
    if ((request.producerId === -1n) !== (request.producerEpoch === -1)) return refuse('INVALID_REQUEST');
    if (context.readOnly !== undefined) return refuse('KAFKA_STORAGE_ERROR');
    context.cluster.newProducerId((error, id) => {
      if (error !== undefined) return refuse('COORDINATOR_NOT_AVAILABLE');
      reply({ producerId: BigInt(id), producerEpoch: 0 });
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), producerId: -1n, producerEpoch: -1 }),
};
