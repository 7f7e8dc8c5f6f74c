/**
 * Features with levels (KIP-584): what clients and tools may ask for in a newer or an older form. ApiVersions tells
 * which levels this broker knows, and which are in use; UpdateFeatures changes that.
 */
import type { ApiVersionsResponseInput } from '@skerry/wire';

/** The newest level that this broker knows, in use from the start; Kafka 4.3 begins there too. */
const newest = {
  /** KIP-848: consumer groups. */
  'group.version': 1,
  /** KIP-932: share groups. */
  'share.version': 1,
  /** KIP-890: 1 writes `__transaction_state` in the flexible format, 2 gives each transaction an epoch of its own. */
  'transaction.version': 2,
} as const;

export type FeatureName = keyof typeof newest;

/** The levels in use: those that were set, else the newest. */
export class FeatureLevels {
  readonly #set = new Map<string, number>();

  set(name: string, level: number): void {
    this.#set.set(name, level);
  }

  level(name: FeatureName): number {
    return this.#set.get(name) ?? newest[name];
  }

  /** For ApiVersions, as of `epoch`, the end of the metadata log. Level 0 is one that is not in use. */
  told(epoch: number): ApiVersionsResponseInput {
    const names = Object.keys(newest) as FeatureName[];
    return {
      supportedFeatures: names.map((name) => ({ name, minVersion: 0, maxVersion: newest[name] })),
      finalizedFeaturesEpoch: BigInt(epoch),
      finalizedFeatures: names
        .filter((name) => this.level(name) > 0)
        .map((name) => ({ name, minVersionLevel: this.level(name), maxVersionLevel: this.level(name) })),
    };
  }
}

/** The newest level of a feature; undefined if there is no such feature here. */
export function newestLevel(name: string): number | undefined {
  return Object.hasOwn(newest, name) ? newest[name as FeatureName] : undefined;
}
