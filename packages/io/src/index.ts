export { nodeClock } from './clock.ts';
export { type ComputeOptions, nodeCompute } from './compute.ts';
export { nodeDisk } from './disk.ts';
export { type FolderLock, folderLockNames, lockFolder } from './folder-lock.ts';
export { nodeNetwork } from './network.ts';
export { nodeRandom } from './random.ts';
export { type LmdbStoreOptions, lmdbStore } from './store.ts';
