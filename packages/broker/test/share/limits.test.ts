import { uuidFrom } from '@skerry/base';
import { World } from '@skerry/testkit';
import { expect, it } from 'vitest';
import { parseSettings } from '../../src/index.ts';
import { ResourceConfigs } from '../../src/resource-configs.ts';
import { ShareGroups, shareGroupsMax } from '../../src/share/share-groups.ts';
import { ShareStates, shareStatesMax } from '../../src/share/states.ts';

it('so many share partitions and no more: one more is to be tried again, one that is known goes on', () => {
  const states = new ShareStates({ wallMs: () => 0, append: (_name, _record, done) => done() });
  const topicId = uuidFrom(new Uint8Array(16).fill(7));
  const write = (partition: number): string | undefined => {
    let refused: string | undefined = 'never called back';
    const state = { stateEpoch: 0, startOffset: 0, batches: [] };
    states.write({ groupId: 'g', topicId, partition }, state, (error) => {
      refused = error;
    });
    return refused;
  };
  for (let partition = 0; partition < shareStatesMax; partition++) write(partition);
  expect(write(shareStatesMax)).toBe('COORDINATOR_NOT_AVAILABLE');
  expect(write(0)).toBeUndefined();
});

it('so many share groups and no more: a new one is to be tried again', () => {
  const groups = new ShareGroups({
    clock: new World(1).clock,
    settings: parseSettings([]),
    catalog: { topic: () => undefined, resources: new ResourceConfigs() },
    append: (_groupId, _records, done) => done(),
    refusal: () => undefined,
    isTaken: () => false,
  });
  const join = (groupId: string): string => {
    const member = { memberId: 'm', memberEpoch: 0, rackId: null, clientId: '', clientHost: '' };
    let error = 'never answered';
    groups.heartbeat({ groupId, ...member, subscribedTopicNames: ['t'] }, (refused) => {
      error = refused?.error ?? 'NONE';
    });
    return error;
  };
  for (let i = 0; i < shareGroupsMax; i++) join(`group-${i}`);
  expect(join('one-more')).toBe('COORDINATOR_NOT_AVAILABLE');
  expect(join('group-0')).toBe('NONE');
  groups.close();
});
