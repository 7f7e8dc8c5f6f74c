/** AssignReplicasToDirs, API 73. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, message, uuid, type ValueOf } from '../schema.ts';

export const assignReplicasToDirsRequest = message({
  name: 'AssignReplicasToDirsRequest',
  apiKey: 73,
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { absent: -1n }),
    directories: array('0+', {
      id: uuid('0+'),
      topics: array('0+', {
        topicId: uuid('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
        }),
      }),
    }),
  },
});
export type AssignReplicasToDirsRequest = ValueOf<typeof assignReplicasToDirsRequest>;
export type AssignReplicasToDirsRequestInput = InputOf<typeof assignReplicasToDirsRequest>;

export const assignReplicasToDirsResponse = message({
  name: 'AssignReplicasToDirsResponse',
  apiKey: 73,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    directories: array('0+', {
      id: uuid('0+'),
      topics: array('0+', {
        topicId: uuid('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          errorCode: int16('0+'),
        }),
      }),
    }),
  },
});
export type AssignReplicasToDirsResponse = ValueOf<typeof assignReplicasToDirsResponse>;
export type AssignReplicasToDirsResponseInput = InputOf<typeof assignReplicasToDirsResponse>;
