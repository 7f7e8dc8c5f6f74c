/**
 * How groups of one kind take the place of those of another: a consumer group that of a classic one of which only the
 * offsets are left, and the other way round. What they have committed goes with them.
 */
import type { ErrorName } from '@skerry/wire';
import type { BareGroups } from '../bare-groups.ts';
import type { GroupRecord } from '../contract.ts';
import type { ClassicGroup } from '../group.ts';
import { groupTombstone } from '../records.ts';
import type { GroupRoom } from '../room.ts';
import { ConsumerGroup } from './consumer-group.ts';
import type { Opened } from './consumer-groups.ts';
import type { Refusal } from './contract.ts';
import { groupTombstones } from './tombstones.ts';

type Groups = Map<string, ClassicGroup | ConsumerGroup>;

/** A consumer group to join. */
export function openConsumerGroup(
  groupId: string,
  { groups, room, bare }: { readonly groups: Groups; readonly room: GroupRoom; readonly bare: BareGroups },
): Opened | Refusal {
  const known = groups.get(groupId);
  if (known?.kind === 'consumer') {
    return { group: known, before: [], adopt: () => undefined, abandon: () => undefined };
  }
  if (known?.deleting === true || (known === undefined && !room.forGroup)) {
    return { error: 'COORDINATOR_NOT_AVAILABLE', message: 'There is no room for the group now.' };
  }
  if (known !== undefined && known.state !== 'Empty') {
    return { error: 'GROUP_ID_NOT_FOUND', message: `Group ${groupId} is not a consumer group.` };
  }
  const group = new ConsumerGroup(groupId, room, known);
  return {
    group,
    before: known?.persisted === true ? [groupTombstone(groupId)] : [],
    adopt: () => {
      if (known !== undefined) bare.replaced(known);
      groups.set(groupId, group);
    },
    abandon: () => {
      if (known === undefined) groups.delete(groupId);
      else groups.set(groupId, known);
    },
  };
}

/** What putting a classic group in the place of one without members needs of the coordinator. */
interface ClosingWorld {
  readonly groups: Groups;
  inTurn(group: ConsumerGroup, run: (done: () => void) => void): void;
  append(group: ConsumerGroup, make: () => readonly GroupRecord[], done: (error?: ErrorName) => void): void;
  create(groupId: string, before: ConsumerGroup): ClassicGroup;
}

/** Calls back when something else may be there, so that what was asked is asked again. */
export function closeConsumerGroup(group: ConsumerGroup, world: ClosingWorld, done: (error?: ErrorName) => void): void {
  world.inTurn(group, (settled) => {
    const ended = (error?: ErrorName): void => {
      settled();
      done(error);
    };
    if (group.members.size > 0 || world.groups.get(group.groupId) !== group) return ended();
    world.append(
      group,
      () => groupTombstones(group),
      (error) => {
        if (error === undefined) world.create(group.groupId, group);
        ended(error);
      },
    );
  });
}
