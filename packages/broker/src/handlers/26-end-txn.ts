import {
  type EndTxnRequest,
  type EndTxnResponseInput,
  type ErrorName,
  endTxnRequest,
  endTxnResponse,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';
import { fencedAs } from '../transactions/told.ts';

/** From v5 on the client takes the next epoch with every end (KIP-890). */
const bumpsFrom = 5;

/**
 * EndTxn, v0-v5: a producer commits its transaction, or aborts it (KIP-98).
 *
 * - Answered once the decision is in the log: nothing changes it any more. The markers follow; who reads committed
 *   records sees the transaction when they are written.
 * - v5 answers with the epoch, and should the last be reached the producer id, of the next transaction (KIP-890).
 *   Asked again, it answers the same.
 */
export const endTxn: Handler<EndTxnRequest, EndTxnResponseInput> = {
  request: endTxnRequest,
  response: endTxnResponse,
  versions: [0, 5],

  handle(request, context, reply) {
    const { apiVersion } = context;
    const { transactionalId: id, producerEpoch, committed: commit } = request;
    const refuse = (error: ErrorName): void => reply(this.refuse(request, error, apiVersion));
    if (!context.allowed('write', 'transactionalId', id)) return refuse('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
    if (id === '') return refuse('INVALID_REQUEST');
    if (context.readOnly !== undefined) return refuse('KAFKA_STORAGE_ERROR');
    const claim = { producerId: Number(request.producerId), epoch: producerEpoch };
    const clientVersion = apiVersion >= bumpsFrom ? 2 : 0;
    context.transactions.end({ id, claim, commit, clientVersion }, ({ error, producerId, epoch }) => {
      if (error === 'NONE') reply({ producerId: BigInt(producerId), producerEpoch: epoch });
      else refuse(error);
    });
  },

  refuse: (_request, error, version) => ({ errorCode: errorCode(fencedAs(error, version < 2)) }),
};
