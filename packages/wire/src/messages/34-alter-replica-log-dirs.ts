/** AlterReplicaLogDirs, API 34. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const alterReplicaLogDirsRequest = message({
  name: 'AlterReplicaLogDirsRequest',
  apiKey: 34,
  versions: '1-2',
  flexible: '2+',
  fields: {
    dirs: array('0+', {
      path: string('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitions: array('0+', int32),
      }),
    }),
  },
});
export type AlterReplicaLogDirsRequest = ValueOf<typeof alterReplicaLogDirsRequest>;
export type AlterReplicaLogDirsRequestInput = InputOf<typeof alterReplicaLogDirsRequest>;

export const alterReplicaLogDirsResponse = message({
  name: 'AlterReplicaLogDirsResponse',
  apiKey: 34,
  versions: '1-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
      }),
    }),
  },
});
export type AlterReplicaLogDirsResponse = ValueOf<typeof alterReplicaLogDirsResponse>;
export type AlterReplicaLogDirsResponseInput = InputOf<typeof alterReplicaLogDirsResponse>;
