/** Taking in what `__consumer_offsets` says at start. */
import type { GroupMetadataValue } from '@skerry/wire';
import type { GroupSettings } from './contract.ts';
import type { ClassicGroup, Moment } from './group.ts';
import type { Member } from './member.ts';
import type { OffsetTable } from './offset-table.ts';
import { bornMs } from './offsets.ts';
import type { Rebalance } from './rebalance.ts';
import type { WrittenOffset } from './records.ts';

interface LoadWorld {
  readonly now: Moment;
  readonly settings: GroupSettings;
}

export function loadOffset(
  group: { readonly offsets: OffsetTable },
  { topic, partition }: { readonly topic: string; readonly partition: number },
  written: WrittenOffset,
  { now, settings }: LoadWorld,
): void {
  const { commitTimestampMs, expireTimestampMs } = written;
  const retentionMs = expireTimestampMs === -1 ? retentionOf(settings) : expireTimestampMs - commitTimestampMs;
  group.offsets.set(topic, partition, { ...written, bornMs: bornMs(commitTimestampMs, retentionMs, now) });
}

export function loadGroup(
  group: ClassicGroup,
  value: GroupMetadataValue,
  { now, settings, rebalance }: LoadWorld & { readonly rebalance: Rebalance },
): void {
  const { protocolType, protocol, generation, leader, currentStateTimestamp } = value;
  const members = value.members.map((read): Member => {
    const { memberId, groupInstanceId, clientId, clientHost, sessionTimeout, rebalanceTimeout } = read;
    const terms = {
      sessionTimeoutMs: sessionTimeout,
      rebalanceTimeoutMs: rebalanceTimeout === -1 ? sessionTimeout : rebalanceTimeout,
      // Of what a member supports only the protocol in use is written down.
      protocols: protocol === null ? [] : [{ name: protocol, metadata: read.subscription.slice() }],
    };
    const session = rebalance.session(group, memberId);
    const waiting = { isNew: false, awaitingJoin: undefined, awaitingSync: undefined, session };
    return { memberId, groupInstanceId, clientId, clientHost, terms, assignment: read.assignment.slice(), ...waiting };
  });
  const wallMs = Number(currentStateTimestamp);
  group.load(
    {
      protocolType: protocolType === '' ? null : protocolType,
      protocolName: protocol,
      generationId: generation,
      leaderId: leader ?? undefined,
      members,
    },
    { wallMs, monotonicMs: bornMs(wallMs, retentionOf(settings), now) },
  );
}

function retentionOf(settings: GroupSettings): number {
  return settings['offsets.retention.minutes'] * 60_000;
}
