/** SyncGroup, API 14. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bytes, type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const syncGroupRequest = message({
  name: 'SyncGroupRequest',
  apiKey: 14,
  versions: '0-5',
  flexible: '4+',
  fields: {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: string('3+', { nullable: '3+', absent: null }),
    protocolType: string('5+', { nullable: '5+', absent: null, ignorable: true }),
    protocolName: string('5+', { nullable: '5+', absent: null, ignorable: true }),
    assignments: array('0+', {
      memberId: string('0+'),
      assignment: bytes('0+'),
    }),
  },
});
export type SyncGroupRequest = ValueOf<typeof syncGroupRequest>;
export type SyncGroupRequestInput = InputOf<typeof syncGroupRequest>;

export const syncGroupResponse = message({
  name: 'SyncGroupResponse',
  apiKey: 14,
  versions: '0-5',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    protocolType: string('5+', { nullable: '5+', absent: null, ignorable: true }),
    protocolName: string('5+', { nullable: '5+', absent: null, ignorable: true }),
    assignment: bytes('0+'),
  },
});
export type SyncGroupResponse = ValueOf<typeof syncGroupResponse>;
export type SyncGroupResponseInput = InputOf<typeof syncGroupResponse>;
