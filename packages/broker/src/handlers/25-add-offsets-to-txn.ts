import {
  type AddOffsetsToTxnRequest,
  type AddOffsetsToTxnResponseInput,
  addOffsetsToTxnRequest,
  addOffsetsToTxnResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';
import { offsetsTopic } from '../topic-plan.ts';
import { fencedAs } from '../transactions/told.ts';

/**
 * AddOffsetsToTxn, v0-v4: a group's offsets join a producer's transaction, by the partition of `__consumer_offsets`
 * that keeps them (KIP-98). Clients of transaction version 2 do without: TxnOffsetCommit v5 says it too.
 */
export const addOffsetsToTxn: Handler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponseInput> = {
  request: addOffsetsToTxnRequest,
  response: addOffsetsToTxnResponse,
  versions: [0, 4],

  handle(request, context, reply) {
    const { transactionalId: id, groupId, producerEpoch: epoch } = request;
    const answer = (error: ErrorName): void => reply(this.refuse(request, error, context.apiVersion));
    if (!context.allowed('write', 'transactionalId', id)) return answer('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
    if (!context.allowed('read', 'group', groupId)) return answer('GROUP_AUTHORIZATION_FAILED');
    if (id === '') return answer('INVALID_REQUEST');
    if (context.readOnly !== undefined) return answer('KAFKA_STORAGE_ERROR');
    context.groupLogs.ready((error) => {
      if (error !== undefined) return answer('COORDINATOR_NOT_AVAILABLE');
      const partitions = new Map([[offsetsTopic, new Set([context.groupLogs.partitionOf(groupId)])]]);
      const claim = { producerId: Number(request.producerId), epoch };
      context.transactions.add({ id, claim, partitions, clientVersion: 0 }, answer);
    });
  },

  refuse: (_request, error, version) => ({ errorCode: errorCode(fencedAs(error, version < 2)) }),
};
