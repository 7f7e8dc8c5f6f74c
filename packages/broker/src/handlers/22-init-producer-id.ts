import {
  type ErrorName,
  errorCode,
  type InitProducerIdRequest,
  type InitProducerIdResponseInput,
  initProducerIdRequest,
  initProducerIdResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/** Before v4 (KIP-588) a fenced producer is told INVALID_PRODUCER_EPOCH. */
const fencedKnownFrom = 4;

/**
 * InitProducerId, v0-v5: an id under which a producer's batches are recognised (KIP-98).
 *
 * - Without a transactional id every request gets a new id with epoch 0, whatever id it names: only a transaction's
 *   coordinator knows epochs. Ids are taken from the metadata log in blocks, and never given twice, restarts included.
 * - With one, it gets the id's next epoch, which shuts out who had it before; what that left open is aborted first
 *   (CONCURRENT_TRANSACTIONS, and the client asks again). A producer that names the epoch it has (v3, KIP-360) goes on
 *   with the next, unless another has come.
 * - Not done: v6 with two-phase commit (KIP-939), which Kafka 4.4 marks unstable.
 */
export const initProducerId: Handler<InitProducerIdRequest, InitProducerIdResponseInput> = {
  request: initProducerIdRequest,
  response: initProducerIdResponse,
  versions: [0, 5],

  handle(request, context, reply) {
    const refuse = (error: ErrorName): void => reply(this.refuse(request, error, context.apiVersion));
    const { transactionalId: id, transactionTimeoutMs: timeoutMs } = request;
    if (id !== null && id !== '' && !context.allowed('write', 'transactionalId', id)) {
      return refuse('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
    }
    const mayWrite =
      id !== null ||
      context.allowed('idempotentWrite', 'cluster', 'kafka-cluster') ||
      context.allowed('write', 'topic', '*');
    if (!mayWrite) return refuse('CLUSTER_AUTHORIZATION_FAILED');
    const claim = { producerId: Number(request.producerId), epoch: request.producerEpoch };
    if ((request.producerId === -1n) !== (claim.epoch === -1) || id === '') return refuse('INVALID_REQUEST');
    if (context.readOnly !== undefined) return refuse('KAFKA_STORAGE_ERROR');
    if (id !== null) {
      const asked = { id, timeoutMs, claim: claim.epoch === -1 ? undefined : claim };
      return context.transactions.init(asked, ({ error, producerId, epoch }) => {
        if (error === 'NONE') reply({ producerId: BigInt(producerId), producerEpoch: epoch });
        else refuse(error);
      });
    }
    context.cluster.newProducerId((error, newId) => {
      if (error !== undefined) return refuse('COORDINATOR_NOT_AVAILABLE');
      reply({ producerId: BigInt(newId), producerEpoch: 0 });
    });
  },

  refuse: (_request, error, version) => {
    const isOld = error === 'PRODUCER_FENCED' && version < fencedKnownFrom;
    return { errorCode: errorCode(isOld ? 'INVALID_PRODUCER_EPOCH' : error), producerId: -1n, producerEpoch: -1 };
  },
};
