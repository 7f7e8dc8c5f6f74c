import { apis } from '../apis.ts';
import { type Case, story } from '../steps.ts';
import { heartbeat, join, joined, nobody, stable } from './groups.ts';

const { Heartbeat } = apis;

export const heartbeatCases: readonly Case[] = [
  story(
    Heartbeat,
    'of a member, and with everything wrong in turn',
    [
      ...stable(),
      heartbeat(),
      heartbeat({ generationId: 0 }),
      heartbeat({ generationId: 5 }),
      heartbeat({ generationId: -1 }),
      heartbeat({ memberId: nobody }),
      heartbeat({ memberId: '' }),
      heartbeat({ groupId: '~g1' }),
      heartbeat({ groupId: '' }),
      heartbeat({ groupInstanceId: 'one' }),
      heartbeat(),
    ],
    { quick: true },
  ),
  story(Heartbeat, 'nulls', [...stable(), heartbeat({ groupId: null }), heartbeat({ memberId: null })]),
  story(Heartbeat, 'before the first sync', [...joined(), heartbeat()]),
  story(Heartbeat, 'while another joins', [
    ...stable(),
    join({}, { on: 'two', as: 'two', later: true, version: 3 }),
    heartbeat({}, { until: (answer) => (answer as { errorCode: number }).errorCode === 27 }),
    join({ memberId: '~member:JoinGroup' }, { version: 'newest' }),
  ]),
  story(
    Heartbeat,
    'of a static member',
    [
      ...stable({ groupInstanceId: 'one' }),
      heartbeat({ groupInstanceId: 'one' }),
      heartbeat({ groupInstanceId: 'one', memberId: nobody }),
      heartbeat({ groupInstanceId: 'two' }),
      heartbeat({ groupInstanceId: '' }),
    ],
    { from: 3 },
  ),
];
