/** LeaveGroup, API 13. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const leaveGroupRequest = message({
  name: 'LeaveGroupRequest',
  apiKey: 13,
  versions: '0-5',
  flexible: '4+',
  fields: {
    groupId: string('0+'),
    memberId: string('0-2'),
    members: array('3+', {
      memberId: string('3+'),
      groupInstanceId: string('3+', { nullable: '3+', absent: null }),
      reason: string('5+', { nullable: '5+', absent: null, ignorable: true }),
    }),
  },
});
export type LeaveGroupRequest = ValueOf<typeof leaveGroupRequest>;
export type LeaveGroupRequestInput = InputOf<typeof leaveGroupRequest>;

export const leaveGroupResponse = message({
  name: 'LeaveGroupResponse',
  apiKey: 13,
  versions: '0-5',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    members: array('3+', {
      memberId: string('3+'),
      groupInstanceId: string('3+', { nullable: '3+' }),
      errorCode: int16('3+'),
    }),
  },
});
export type LeaveGroupResponse = ValueOf<typeof leaveGroupResponse>;
export type LeaveGroupResponseInput = InputOf<typeof leaveGroupResponse>;
