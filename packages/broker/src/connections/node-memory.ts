/**
 * The memory budget of a node (`skerry.memory.budget`): the account, the buffers that draw on it, and the gate that
 * keeps it.
 */
import { type Clock, MemoryBudget } from '@skerry/base';
import { type ConnectionWorld, Newcomers, ReadGate, SlabPool } from '@skerry/wire';
import type { Report } from '../report.ts';
import { memoryShare } from '../settings/memory-share.ts';
import type { Settings } from '../settings/settings.ts';

/** Buffers kept for the next frame or answer, of all connections together; and as a part of the budget. */
const slabBytesKept = 16 * 1024 * 1024;
const slabShareKept = 1 / 8;
/** Of a system that does not tell: the smallest that is worth a broker. */
const totalBytesMin = 256 * 1024 * 1024;

/** For the operator. */
export interface MemoryState {
  readonly bytesMax: number;
  /** What each holds, by its name. */
  readonly held: Readonly<Record<string, number>>;
  /** How often the budget was spent since the start. */
  readonly shortTimes: number;
  /** Connections that are not read now for want of memory. */
  readonly starved: number;
}

export interface NodeMemoryOptions {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly report: Report;
  /** What the system, or the container, gives. */
  readonly memoryBytes?: number;
}

export class NodeMemory {
  readonly budget: MemoryBudget;
  readonly slabs: SlabPool;
  readonly gate: ReadGate;
  #shortTimes = 0;

  constructor({ clock, settings, report, memoryBytes = totalBytesMin }: NodeMemoryOptions) {
    const budget = new MemoryBudget(memoryShare(settings['skerry.memory.budget'])(memoryBytes));
    const slabs = new SlabPool(Math.min(slabBytesKept, budget.bytesMax * slabShareKept));
    const short = (): void => {
      this.#shortTimes++;
      report({ kind: 'memoryShort', bytesMax: budget.bytesMax, held: budget.held() });
    };
    const gate = new ReadGate({ clock, memory: budget, short });
    budget.add({
      name: 'slabs',
      bytes: () => slabs.takenBytes + slabs.keptBytes,
      trim: () => slabs.trim(),
    });
    budget.add({ name: 'answers', bytes: () => gate.queuedBytes });
    this.budget = budget;
    this.slabs = slabs;
    this.gate = gate;
  }

  get state(): MemoryState {
    const { budget, gate } = this;
    const { bytesMax } = budget;
    return { bytesMax, held: budget.held(), shortTimes: this.#shortTimes, starved: gate.starvedCount };
  }

  /** What all connections share. */
  connectionWorld(clock: Clock, settings: Settings): ConnectionWorld {
    return {
      slabs: this.slabs,
      newcomers: new Newcomers(clock),
      gate: this.gate,
      frameBytesMax: () => settings['socket.request.max.bytes'],
      quietBytesMax: () => settings['skerry.request.max.bytes'],
      after: (delayMs, run) => clock.after(delayMs, run),
    };
  }
}
