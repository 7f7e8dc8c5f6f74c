/** JoinGroup, API 11. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, bytes, type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const joinGroupRequest = message({
  name: 'JoinGroupRequest',
  apiKey: 11,
  versions: '0-9',
  flexible: '6+',
  fields: {
    groupId: string('0+'),
    sessionTimeoutMs: int32('0+'),
    rebalanceTimeoutMs: int32('1+', { absent: -1, ignorable: true }),
    memberId: string('0+'),
    groupInstanceId: string('5+', { nullable: '5+', absent: null }),
    protocolType: string('0+'),
    protocols: array('0+', {
      name: string('0+'),
      metadata: bytes('0+'),
    }),
    reason: string('8+', { nullable: '8+', absent: null, ignorable: true }),
  },
});
export type JoinGroupRequest = ValueOf<typeof joinGroupRequest>;
export type JoinGroupRequestInput = InputOf<typeof joinGroupRequest>;

export const joinGroupResponse = message({
  name: 'JoinGroupResponse',
  apiKey: 11,
  versions: '0-9',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    errorCode: int16('0+'),
    generationId: int32('0+', { absent: -1 }),
    protocolType: string('7+', { nullable: '7+', absent: null, ignorable: true }),
    protocolName: string('0+', { nullable: '7+' }),
    leader: string('0+'),
    skipAssignment: bool('9+'),
    memberId: string('0+'),
    members: array('0+', {
      memberId: string('0+'),
      groupInstanceId: string('5+', { nullable: '5+', absent: null, ignorable: true }),
      metadata: bytes('0+'),
    }),
  },
});
export type JoinGroupResponse = ValueOf<typeof joinGroupResponse>;
export type JoinGroupResponseInput = InputOf<typeof joinGroupResponse>;
