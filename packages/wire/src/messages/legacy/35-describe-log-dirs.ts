/** DescribeLogDirs, API 35, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../../schema.ts';

export const legacyDescribeLogDirsRequest = message({
  name: 'DescribeLogDirsRequest',
  apiKey: 35,
  versions: '0',
  flexible: '2+',
  fields: {
    topics: array('0+', {
      topic: string('0+'),
      partitions: array('0+', int32),
    }, { nullable: '0+' }),
  },
});
export type LegacyDescribeLogDirsRequest = ValueOf<typeof legacyDescribeLogDirsRequest>;
export type LegacyDescribeLogDirsRequestInput = InputOf<typeof legacyDescribeLogDirsRequest>;

export const legacyDescribeLogDirsResponse = message({
  name: 'DescribeLogDirsResponse',
  apiKey: 35,
  versions: '0',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('3+', { ignorable: true }),
    results: array('0+', {
      errorCode: int16('0+'),
      logDir: string('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          partitionSize: int64('0+'),
          offsetLag: int64('0+'),
          isFutureKey: bool('0+'),
        }),
      }),
      totalBytes: int64('4+', { absent: -1n, ignorable: true }),
      usableBytes: int64('4+', { absent: -1n, ignorable: true }),
      isCordoned: bool('5+', { ignorable: true }),
    }),
  },
});
export type LegacyDescribeLogDirsResponse = ValueOf<typeof legacyDescribeLogDirsResponse>;
export type LegacyDescribeLogDirsResponseInput = InputOf<typeof legacyDescribeLogDirsResponse>;
