import {
  errorCode,
  type ListTransactionsRequest,
  type ListTransactionsResponseInput,
  listTransactionsRequest,
  listTransactionsResponse,
} from '@skerry/wire';
import { compileRegex, regexProblem } from '../groups/regex/regex.ts';
import type { Handler } from '../handler.ts';
import { type Status, statuses } from '../transactions/state.ts';

/**
 * ListTransactions, v0-v2: the transactional ids that this node coordinates and the client may see (KIP-664), if asked
 * only those in certain states, of certain producers, with a transaction that began long ago (v1, KIP-994), or that
 * match a regular expression of RE2's syntax as a whole (v2, KIP-1152).
 */
export const listTransactions: Handler<ListTransactionsRequest, ListTransactionsResponseInput> = {
  request: listTransactionsRequest,
  response: listTransactionsResponse,
  versions: [0, 2],

  handle({ stateFilters, producerIdFilters, durationFilter, transactionalIdPattern: pattern }, context, reply) {
    const asksPattern = pattern !== null && pattern !== '';
    if (asksPattern && regexProblem(pattern) !== undefined) {
      return reply({ errorCode: errorCode('INVALID_REGULAR_EXPRESSION') });
    }
    const matches = asksPattern ? compileRegex(pattern) : () => true;
    const states = new Set(stateFilters.filter((name) => statuses.includes(name as Status)));
    const unknownStateFilters = stateFilters.filter((name) => !states.has(name));
    const producers = new Set(producerIdFilters);
    const now = context.clock.monotonicMs();
    const isAsked = (status: Status, producerId: number, startedMs: number): boolean => {
      if (stateFilters.length > 0 && !states.has(status)) return false;
      if (producers.size > 0 && !producers.has(BigInt(producerId))) return false;
      if (durationFilter < 0n) return true;
      return status === 'Ongoing' && now - startedMs > Number(durationFilter);
    };
    const transactionStates = [...context.transactions.all()]
      .filter(({ state, startedMs }) => isAsked(state.status, state.producerId, startedMs))
      .filter(({ id }) => matches(id) && context.allowed('describe', 'transactionalId', id))
      .map(({ id, state }) => ({
        transactionalId: id,
        producerId: BigInt(state.producerId),
        transactionState: state.status,
      }));
    reply({ unknownStateFilters, transactionStates });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
