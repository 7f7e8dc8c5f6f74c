/** AlterReplicaLogDirs, API 34, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, type ValueOf } from '../../schema.ts';

export const legacyAlterReplicaLogDirsRequest = message({
  name: 'AlterReplicaLogDirsRequest',
  apiKey: 34,
  versions: '0',
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
export type LegacyAlterReplicaLogDirsRequest = ValueOf<typeof legacyAlterReplicaLogDirsRequest>;
export type LegacyAlterReplicaLogDirsRequestInput = InputOf<typeof legacyAlterReplicaLogDirsRequest>;

export const legacyAlterReplicaLogDirsResponse = message({
  name: 'AlterReplicaLogDirsResponse',
  apiKey: 34,
  versions: '0',
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
export type LegacyAlterReplicaLogDirsResponse = ValueOf<typeof legacyAlterReplicaLogDirsResponse>;
export type LegacyAlterReplicaLogDirsResponseInput = InputOf<typeof legacyAlterReplicaLogDirsResponse>;
