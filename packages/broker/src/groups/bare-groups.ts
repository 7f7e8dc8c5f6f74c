import { groupLimits } from './contract.ts';
import type { ClassicGroup } from './group.ts';

/**
 * Groups of which nothing is in the log and nothing is going on: all their candidates are gone, or all their offsets.
 *
 * Clients see such a group until the next look for what has expired, as with Kafka. Since anybody can make one by
 * asking to join, only the latest are kept.
 */
export class BareGroups {
  readonly #groups = new Set<ClassicGroup>();
  readonly #remove: (group: ClassicGroup) => void;

  constructor(remove: (group: ClassicGroup) => void) {
    this.#remove = remove;
  }

  /** Something has ended in the group: looks what is left of it. */
  look(group: ClassicGroup): void {
    if (!isBare(group)) {
      this.#groups.delete(group);
      return;
    }
    this.#groups.add(group);
    if (this.#groups.size <= groupLimits.bareGroupsMax) return;
    const [oldest] = this.#groups;
    if (oldest !== undefined) this.forget(oldest);
  }

  /** Forgets the group if nothing is left of it. */
  forget(group: ClassicGroup): void {
    this.#groups.delete(group);
    if (isBare(group)) this.#remove(group);
  }

  /** Another group has taken its place. */
  replaced(group: ClassicGroup): void {
    this.#groups.delete(group);
  }

  forgetAll(): void {
    for (const group of this.#groups) this.forget(group);
  }
}

function isBare(group: ClassicGroup): boolean {
  return (
    group.state === 'Empty' &&
    group.generationId === 0 &&
    !group.persisted &&
    group.pendingJoins.size === 0 &&
    group.offsets.size === 0 &&
    !group.offsets.hasPending &&
    group.writes.underWay === 0
  );
}
