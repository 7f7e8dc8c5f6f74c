/** Heartbeat, API 12. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';
import { heartbeatRequestStraight, heartbeatResponseStraight } from './12-heartbeat.generated.ts';

export const heartbeatRequest = message({
  name: 'HeartbeatRequest',
  apiKey: 12,
  versions: '0-4',
  flexible: '4+',
  fields: {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: string('3+', { nullable: '3+', absent: null }),
  },
  straight: heartbeatRequestStraight,
});
export type HeartbeatRequest = ValueOf<typeof heartbeatRequest>;
export type HeartbeatRequestInput = InputOf<typeof heartbeatRequest>;

export const heartbeatResponse = message({
  name: 'HeartbeatResponse',
  apiKey: 12,
  versions: '0-4',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
  },
  straight: heartbeatResponseStraight,
});
export type HeartbeatResponse = ValueOf<typeof heartbeatResponse>;
export type HeartbeatResponseInput = InputOf<typeof heartbeatResponse>;
