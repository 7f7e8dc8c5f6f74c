export { DiskFaults, type DiskOperation, type Fault, type FaultRule } from './disk-faults.ts';
export { MemoryDisk, type MemoryDiskOptions } from './memory-disk.ts';
export { SeededRandom } from './seeded-random.ts';
export { VirtualClock, type VirtualClockOptions } from './virtual-clock.ts';
