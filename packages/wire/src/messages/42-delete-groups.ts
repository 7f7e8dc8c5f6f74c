/** DeleteGroups, API 42. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const deleteGroupsRequest = message({
  name: 'DeleteGroupsRequest',
  apiKey: 42,
  versions: '0-3',
  flexible: '2+',
  fields: {
    groupsNames: array('0+', string),
  },
});
export type DeleteGroupsRequest = ValueOf<typeof deleteGroupsRequest>;
export type DeleteGroupsRequestInput = InputOf<typeof deleteGroupsRequest>;

export const deleteGroupsResponse = message({
  name: 'DeleteGroupsResponse',
  apiKey: 42,
  versions: '0-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      groupId: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('3+', { nullable: '3+', absent: null, ignorable: true }),
    }),
  },
});
export type DeleteGroupsResponse = ValueOf<typeof deleteGroupsResponse>;
export type DeleteGroupsResponseInput = InputOf<typeof deleteGroupsResponse>;
