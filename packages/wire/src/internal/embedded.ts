/** What clients and brokers wrap in bytes fields. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, bytes, type InputOf, int32, message, string, type ValueOf } from '../schema.ts';

export const consumerProtocolAssignment = message({
  name: 'ConsumerProtocolAssignment',
  versions: '0-3',
  flexible: 'none',
  fields: {
    assignedPartitions: array('0+', {
      topic: string('0+'),
      partitions: array('0+', int32),
    }),
    userData: bytes('0+', { nullable: '0+', absent: null }),
  },
});
export type ConsumerProtocolAssignment = ValueOf<typeof consumerProtocolAssignment>;
export type ConsumerProtocolAssignmentInput = InputOf<typeof consumerProtocolAssignment>;

export const consumerProtocolSubscription = message({
  name: 'ConsumerProtocolSubscription',
  versions: '0-3',
  flexible: 'none',
  fields: {
    topics: array('0+', string),
    userData: bytes('0+', { nullable: '0+', absent: null }),
    ownedPartitions: array('1+', {
      topic: string('1+'),
      partitions: array('1+', int32),
    }, { ignorable: true }),
    generationId: int32('2+', { absent: -1, ignorable: true }),
    rackId: string('3+', { nullable: '3+', absent: null, ignorable: true }),
  },
});
export type ConsumerProtocolSubscription = ValueOf<typeof consumerProtocolSubscription>;
export type ConsumerProtocolSubscriptionInput = InputOf<typeof consumerProtocolSubscription>;

export const defaultPrincipalData = message({
  name: 'DefaultPrincipalData',
  versions: '0',
  flexible: '0+',
  fields: {
    type: string('0+'),
    name: string('0+'),
    tokenAuthenticated: bool('0+'),
  },
});
export type DefaultPrincipalData = ValueOf<typeof defaultPrincipalData>;
export type DefaultPrincipalDataInput = InputOf<typeof defaultPrincipalData>;
