/**
 * A group of processes that may take so much memory together, page cache included (cgroup v1 or v2). Needs root, and a
 * system that has the memory controller to give.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

export interface MemoryGroup {
  /** In front of a command: it then runs in the group. */
  readonly wrap: readonly string[];
  /** Times that the system ended a process of the group for want of memory. */
  readonly killed: () => number;
  /** What its processes have of their own, without the page cache, in MB. */
  readonly ownMb: () => number;
  remove(): void;
}

/** Undefined where there is no such thing, or it may not be used. */
export function memoryGroup(bytes: number): MemoryGroup | undefined {
  const isV2 = existsSync(join(root, 'cgroup.controllers'));
  const folder = join(isV2 ? root : join(root, 'memory'), `skerry-${process.pid}`);
  const file = (name: string): string => join(folder, name);
  try {
    if (isV2) writeFileSync(join(root, 'cgroup.subtree_control'), '+memory');
    mkdirSync(folder);
    writeFileSync(file(isV2 ? 'memory.max' : 'memory.limit_in_bytes'), String(bytes));
  } catch {
    if (existsSync(folder)) rmdirSync(folder);
    return undefined;
  }
  const number = (name: string, pattern: RegExp): number =>
    Number(pattern.exec(readFileSync(file(name), 'utf8'))?.[1] ?? 0);
  return {
    wrap: ['/bin/sh', '-c', 'echo $$ > "$0" && exec "$@"', file('cgroup.procs')],
    killed: () => number(isV2 ? 'memory.events' : 'memory.oom_control', /^oom_kill (\d+)/m),
    ownMb: () => number('memory.stat', isV2 ? /^anon (\d+)/m : /^total_rss (\d+)/m) / 1e6,
    remove: () => rmdirSync(folder),
  };
}
