import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';

const { InitProducerId } = apis;
const init = (more: object = {}) =>
  ask(InitProducerId, {
    transactionalId: null,
    transactionTimeoutMs: 60_000,
    producerId: -1n,
    producerEpoch: -1,
    ...more,
  });

export const initProducerIdCases: readonly Case[] = [
  story(InitProducerId, 'new ids', [init(), init(), init({ transactionTimeoutMs: -1 })], { quick: true }),
  story(
    InitProducerId,
    'ids that are named',
    [
      init(),
      ask(InitProducerId, (side) => ({
        transactionalId: null,
        transactionTimeoutMs: 1,
        producerId: side.answer(InitProducerId).producerId,
        producerEpoch: 0,
      })),
      init({ producerId: 5n, producerEpoch: -1 }),
      init({ producerId: -1n, producerEpoch: 3 }),
      init({ producerId: 123_456_789n, producerEpoch: 3 }),
      init({ producerId: -2n, producerEpoch: -2 }),
    ],
    { from: 3 },
  ),
  story(InitProducerId, 'an empty transactional id', [init({ transactionalId: '' })]),
];
