/** What a server-side assignor is given, and gives. Assignors are pure: the same input gives the same output. */
import type { Uuid } from '@skerry/base';
import type { Assignment } from './assignment.ts';
import { assignRange } from './assignor-range.ts';
import { assignUniform } from './assignor-uniform.ts';

export interface AssignedMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** Topics that it reads and that exist, in a fixed order. */
  readonly topics: readonly Uuid[];
  /** What it was to have until now. */
  readonly before: Assignment;
}

export interface GroupToAssign {
  readonly members: readonly AssignedMember[];
  /** Of each topic that a member reads. */
  readonly partitionCounts: ReadonlyMap<Uuid, number>;
  /** Do all members read the same topics? */
  readonly homogeneous: boolean;
}

/** What each member is to have: an entry for each. */
export type Assign = (group: GroupToAssign) => Map<string, Assignment>;

/** By the names that clients ask for; the first is the default. */
export const assignors: ReadonlyMap<string, Assign> = new Map([
  ['uniform', assignUniform],
  ['range', assignRange],
]);
export const defaultAssignor = 'uniform';
