/** Metadata, API 3. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, message, string, uuid, type ValueOf } from '../schema.ts';
import { metadataRequestStraight, metadataResponseStraight } from './03-metadata.generated.ts';

export const metadataRequest = message({
  name: 'MetadataRequest',
  apiKey: 3,
  versions: '0-13',
  flexible: '9+',
  fields: {
    topics: array('0+', {
      topicId: uuid('10+', { ignorable: true }),
      name: string('0+', { nullable: '10+' }),
    }, { nullable: '1+' }),
    allowAutoTopicCreation: bool('4+', { absent: true }),
    includeClusterAuthorizedOperations: bool('8-10'),
    includeTopicAuthorizedOperations: bool('8+'),
  },
  straight: metadataRequestStraight,
});
export type MetadataRequest = ValueOf<typeof metadataRequest>;
export type MetadataRequestInput = InputOf<typeof metadataRequest>;

export const metadataResponse = message({
  name: 'MetadataResponse',
  apiKey: 3,
  versions: '0-13',
  flexible: '9+',
  fields: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    brokers: array('0+', {
      nodeId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      rack: string('1+', { nullable: '1+', absent: null, ignorable: true }),
    }),
    clusterId: string('2+', { nullable: '2+', absent: null, ignorable: true }),
    controllerId: int32('1+', { absent: -1, ignorable: true }),
    topics: array('0+', {
      errorCode: int16('0+'),
      name: string('0+', { nullable: '12+' }),
      topicId: uuid('10+', { ignorable: true }),
      isInternal: bool('1+', { ignorable: true }),
      partitions: array('0+', {
        errorCode: int16('0+'),
        partitionIndex: int32('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('7+', { absent: -1, ignorable: true }),
        replicaNodes: array('0+', int32),
        isrNodes: array('0+', int32),
        offlineReplicas: array('5+', int32, { ignorable: true }),
      }),
      topicAuthorizedOperations: int32('8+', { absent: -2147483648 }),
    }),
    clusterAuthorizedOperations: int32('8-10', { absent: -2147483648 }),
    errorCode: int16('13+', { ignorable: true }),
  },
  straight: metadataResponseStraight,
});
export type MetadataResponse = ValueOf<typeof metadataResponse>;
export type MetadataResponseInput = InputOf<typeof metadataResponse>;
