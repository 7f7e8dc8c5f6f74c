export { DiskFaults, type DiskOperation, type Fault, type FaultEffect, type FaultRule } from './disk-faults.ts';
export { checkHistory } from './history/check.ts';
export type {
  Finding,
  FindingKind,
  History,
  HistoryEvent,
  PartitionPromise,
} from './history/history.ts';
export { MemoryConnection } from './memory-connection.ts';
export { MemoryDisk, type MemoryDiskOptions } from './memory-disk.ts';
export { MemoryNetwork, type MemoryNetworkOptions } from './memory-network.ts';
export { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { decodeAnswer, frameOf, RawClient, type RawRequest } from './raw-client.ts';
export { type Recorded, type RecordedCall, Recording } from './recording-disk.ts';
export { SeededRandom } from './seeded-random.ts';
export { TraceHash, type Tracer } from './trace.ts';
export { VirtualClock, type VirtualClockOptions } from './virtual-clock.ts';
export { Machine, MachineClock, World } from './world.ts';
