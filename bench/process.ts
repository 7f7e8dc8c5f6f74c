/** What the operating system says about a process (Linux's /proc, in the kernel's own units), and its page cache. */
import { readFileSync, writeFileSync } from 'node:fs';

/** USER_HZ, which Linux fixes at 100 for user space on every architecture that Node runs on. */
const ticksPerSecond = 100;

export interface CpuTime {
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

/**
 * CPU time of all threads, those that have ended included, to a hundredth of a second; undefined when the process is
 * gone.
 */
export function cpuTime(pid: number): CpuTime | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may hold spaces: fields count from behind it. utime and stime are the 14th and 15th of
  // proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { userSeconds: Number(fields[11]) / ticksPerSecond, systemSeconds: Number(fields[12]) / ticksPerSecond };
}

export interface ResidentMemory {
  readonly nowMb: number;
  readonly peakMb: number;
}

/** VmRSS and VmHWM, in MB of a million bytes. */
export function residentMemory(pid: number): ResidentMemory | undefined {
  const status = read(`/proc/${pid}/status`);
  if (status === undefined) return undefined;
  const megabytes = (field: string) => (Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { nowMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') };
}

/** Empties the page cache, directory entries and inodes too; false when not root. What is dirty stays: sync first. */
export function dropPageCache(): boolean {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
