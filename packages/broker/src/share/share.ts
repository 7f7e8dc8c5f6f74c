/** Share groups (KIP-932) of this node: who is in them, what they read, and the logs that keep both. */
import type { Clock } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import { CoordinatorLogs, type CoordinatorWorld } from '../coordinator-logs.ts';
import { gather } from '../gather.ts';
import type { GroupRecord } from '../groups/contract.ts';
import { shareStateTopic } from '../topic-plan.ts';
import { ShareGroups } from './share-groups.ts';
import { ShareReads } from './share-reads.ts';
import { ShareStates } from './states.ts';

interface Around {
  append(groupId: string, records: readonly GroupRecord[], done: (error?: ErrorName) => void): void;
  refusal(groupId: string): ErrorName | undefined;
  isTaken(groupId: string): boolean;
}

interface World extends CoordinatorWorld {
  readonly clock: Clock;
  readonly isReadOnly: boolean;
}

export class Share {
  readonly groups: ShareGroups;
  readonly reads: ShareReads;
  readonly logs: CoordinatorLogs;

  constructor(world: World, around: Around) {
    const { clock, settings, catalog, isReadOnly } = world;
    this.groups = new ShareGroups({
      clock,
      settings,
      catalog,
      ...around,
      append: (groupId, records, done) => {
        if (isReadOnly) clock.soon(() => done('KAFKA_STORAGE_ERROR'));
        else around.append(groupId, records, done);
      },
    });
    this.logs = new CoordinatorLogs(world, {
      topic: shareStateTopic,
      prefix: 'share',
      lingerMs: () => -1,
      machine: () => {
        let replaying = true;
        return {
          apply: ({ key, value }) => {
            if (key === null) return [];
            if (replaying) states.replay({ key, value });
            return [{ key: key.slice(), value: value === null ? undefined : value.slice() }];
          },
          restore: (key, value) => states.replay({ key, value }),
          loaded: () => {
            replaying = false;
          },
        };
      },
    });
    const states = new ShareStates({
      wallMs: () => clock.wallMs(),
      append: (name, record, done) => {
        if (isReadOnly) clock.soon(() => done('KAFKA_STORAGE_ERROR'));
        else this.logs.append(name, [record], done);
      },
    });
    this.reads = new ShareReads({ clock, catalog, settings, states });
  }

  /** For ListGroups. */
  listed() {
    return this.groups.list().map(({ groupId, members }) => {
      const state = members.size === 0 ? 'Empty' : 'Stable';
      return { groupId, protocolType: 'share', state, type: 'share' };
    });
  }

  /** Removes a group without members, and all that it has read. */
  remove(groupId: string, done: (error: ErrorName) => void): void {
    this.groups.remove(groupId, (error) => {
      if (error !== undefined) return done(error);
      let failed: ErrorName | undefined;
      const waiting = gather(() => done(failed ?? 'NONE'));
      for (const key of this.reads.states.keysOf(groupId)) {
        const settle = waiting.one();
        this.reads.remove(key, (removalError) => {
          failed ??= removalError;
          settle();
        });
      }
      waiting.all();
    });
  }

  close(): void {
    this.groups.close();
    this.reads.close();
  }
}
