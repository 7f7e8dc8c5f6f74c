import {
  type DeleteGroupsRequest,
  type DeleteGroupsResponseInput,
  deleteGroupsRequest,
  deleteGroupsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';

/**
 * DeleteGroups, v0-v3: removes groups without members, with all that they have committed (KIP-229).
 *
 * - Each group has its own answer, once its removal is in the log; a group named twice is answered once.
 * - The empty name is one that groups of old could have, so it is looked up like any other.
 */
export const deleteGroups: Handler<DeleteGroupsRequest, DeleteGroupsResponseInput> = {
  request: deleteGroupsRequest,
  response: deleteGroupsResponse,
  versions: [0, 3],

  handle({ groupsNames }, context, reply) {
    const names = [...new Set(groupsNames)];
    const errors: ErrorName[] = [];
    const waiting = gather(() => reply(answer(names, (place) => errors[place])));
    names.forEach((groupId, place) => {
      const settle = waiting.one();
      remove(groupId, context, (error) => {
        errors[place] = error;
        settle();
      });
    });
    waiting.all();
  },

  refuse: ({ groupsNames }, error) => answer([...new Set(groupsNames)], () => error),
};

function remove(groupId: string, context: Context, done: (error: ErrorName) => void): void {
  if (!context.allowed('delete', 'group', groupId)) return done('GROUP_AUTHORIZATION_FAILED');
  if (context.readOnly !== undefined) return done('KAFKA_STORAGE_ERROR');
  if (context.share.groups.get(groupId) !== undefined) return context.share.remove(groupId, done);
  context.groups.deleteGroup(groupId, done);
}

function answer(
  names: readonly string[],
  errorOf: (place: number) => ErrorName | undefined,
): DeleteGroupsResponseInput {
  return {
    results: names.map((groupId, place) => ({ groupId, errorCode: errorCode(errorOf(place) ?? 'NONE') })),
  };
}
