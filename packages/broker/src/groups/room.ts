import type { MemoryBudget } from '@skerry/base';
import { groupLimits } from './contract.ts';

/** Groups take no more of the memory budget. */
const budgetShare = 1 / 2;
/** What a group and a committed offset take beside what clients tell, about. */
const groupBytes = 1500;
const offsetBytes = 250;

/** What all groups of the node hold together. */
export class GroupRoom {
  /** What members told and were assigned. */
  memberBytes = 0;
  offsets = 0;
  /** Of what clients gave with their offsets. */
  metadataBytes = 0;
  readonly #count: () => number;
  readonly #bytesMax: number;

  constructor(memory: MemoryBudget, count: () => number) {
    this.#count = count;
    this.#bytesMax = memory.bytesMax * budgetShare;
    memory.add({ name: 'groups', bytes: () => this.#bytes });
  }

  get forGroup(): boolean {
    return this.#count() < groupLimits.groupsMax && !this.#isFull;
  }

  get forMember(): boolean {
    return this.memberBytes < groupLimits.memberBytesMax && !this.#isFull;
  }

  /** Room for so many offsets more. */
  forOffsets(more: number): boolean {
    return this.offsets + more <= groupLimits.offsetsMax && this.#bytes + more * offsetBytes <= this.#bytesMax;
  }

  get #isFull(): boolean {
    return this.#bytes >= this.#bytesMax;
  }

  get #bytes(): number {
    return this.memberBytes + this.metadataBytes + this.offsets * offsetBytes + this.#count() * groupBytes;
  }
}
