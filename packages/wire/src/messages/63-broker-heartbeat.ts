/** BrokerHeartbeat, API 63. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int64, message, offset, uuid, type ValueOf } from '../schema.ts';

export const brokerHeartbeatRequest = message({
  name: 'BrokerHeartbeatRequest',
  apiKey: 63,
  versions: '0-2',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { absent: -1n }),
    currentMetadataOffset: offset('0+'),
    wantFence: bool('0+'),
    wantShutDown: bool('0+'),
    offlineLogDirs: array('1+', uuid, { tag: 0 }),
    cordonedLogDirs: array('2+', uuid, { nullable: '2+', absent: null, tag: 1 }),
  },
});
export type BrokerHeartbeatRequest = ValueOf<typeof brokerHeartbeatRequest>;
export type BrokerHeartbeatRequestInput = InputOf<typeof brokerHeartbeatRequest>;

export const brokerHeartbeatResponse = message({
  name: 'BrokerHeartbeatResponse',
  apiKey: 63,
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    isCaughtUp: bool('0+'),
    isFenced: bool('0+', { absent: true }),
    shouldShutDown: bool('0+'),
  },
});
export type BrokerHeartbeatResponse = ValueOf<typeof brokerHeartbeatResponse>;
export type BrokerHeartbeatResponseInput = InputOf<typeof brokerHeartbeatResponse>;
