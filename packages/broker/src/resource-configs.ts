/** What has settings of its own, by Kafka's numbers (KIP-133, KIP-412, KIP-714, KIP-848). */
export const resourceTypes = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const;

const nothing: ReadonlyMap<string, string> = new Map();

/**
 * What was altered of resources other than topics: brokers by their number (no name is all brokers), groups, client
 * metrics subscriptions. A resource without a setting is not there.
 */
export class ResourceConfigs {
  readonly #byType = new Map<number, Map<string, Map<string, string>>>();

  /** The settings of one resource. */
  of(type: number, resource: string): ReadonlyMap<string, string> {
    return this.#byType.get(type)?.get(resource) ?? nothing;
  }

  /** Names of the resources of a type that have a setting. */
  names(type: number): Iterable<string> {
    return this.#byType.get(type)?.keys() ?? [];
  }

  /** Sets one setting, or with null takes it away. */
  set(type: number, resource: string, name: string, value: string | null): void {
    let resources = this.#byType.get(type);
    if (resources === undefined) this.#byType.set(type, (resources = new Map()));
    let configs = resources.get(resource);
    if (configs === undefined) resources.set(resource, (configs = new Map()));
    if (value === null) configs.delete(name);
    else configs.set(name, value);
    if (configs.size === 0) resources.delete(resource);
  }
}
