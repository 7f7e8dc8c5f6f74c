/**
 * What goes wrong on a {@link MemoryDisk}, and when: rules that count operations, or a function that decides on each.
 */
import { OperatingError } from '@skerry/base';

/** Everything a disk can be asked to do that may fail. */
export type DiskOperation = 'open' | 'read' | 'write' | 'truncate' | 'sync' | 'rename' | 'remove';

/** What a fault can have done to a run. */
export type FaultEffect =
  | 'failed sync'
  | 'refused sync'
  | 'lost unsynced bytes'
  | 'lost unsynced name'
  | 'full disk within a write'
  | 'crash during a store commit'
  | 'failed store commit';

export interface Fault {
  readonly code: 'EIO' | 'ENOSPC' | 'EDQUOT' | 'EFBIG';
  /** Bytes of a write that go in before it fails. */
  readonly bytesBefore?: number;
}

export interface FaultRule extends Fault {
  readonly on: DiskOperation;
  /** Spare so many operations first. */
  readonly skip?: number;
  /** How many then fail; all, if it is left out. */
  readonly times?: number;
  /** Only where this is part of the path. */
  readonly path?: string;
}

export class DiskFaults {
  readonly #rules: { rule: FaultRule; seen: number }[] = [];
  /** Asked about each operation before the rules are. */
  decide: ((operation: DiskOperation, path: string) => Fault | undefined) | undefined;

  /** Fails operations as `rule` says, from now on. */
  inject(rule: FaultRule): void {
    this.#rules.push({ rule, seen: 0 });
  }

  /** The disk is well again. What was lost stays lost. */
  clear(): void {
    this.#rules.length = 0;
    this.decide = undefined;
  }

  /** For the disk: counts one operation, and says what becomes of it. */
  next(operation: DiskOperation, path: string): Fault | undefined {
    let fault = this.decide?.(operation, path);
    for (const entry of this.#rules) {
      if (entry.rule.on !== operation) continue;
      const { skip = 0, times = Number.POSITIVE_INFINITY, path: part = '' } = entry.rule;
      if (!path.includes(part)) continue;
      const nth = entry.seen++;
      if (nth >= skip && nth < skip + times) fault ??= entry.rule;
    }
    return fault;
  }
}

/** The error that the real disk would give for the system's `code`, of `kind` if that does not depend on it. */
export function memoryDiskError(what: string, path: string, code: string, kind?: 'SKR_DISK_FAILED'): OperatingError {
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return new OperatingError(
    kind ?? (full ? 'SKR_DISK_FULL' : 'SKR_DISK_FAILED'),
    `${what} ${path || '.'}: ${code} (simulated)`,
  );
}
