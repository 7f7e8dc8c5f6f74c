/**
 * The node's settings while it runs: what the operator's file says, under what clients have altered (KIP-226).
 *
 * Only names that Kafka calls dynamic can be altered. A value that is not right (a later version's, say) is as if it
 * were not set.
 */
import { kafkaBrokerConfigs } from './kafka-configs.generated.ts';
import { contradictions, resolveRows } from './parse-settings.ts';
import { parseValue, ValueError } from './row.ts';
import { brokerRows, type SettingName, type Settings } from './settings.ts';

type Altered = ReadonlyMap<string, string>;

/** Whether a setting can be altered while the node runs. */
export function isDynamic(name: string): boolean {
  return kafkaBrokerConfigs[name]?.dynamic !== undefined && !fixed.has(name);
}

/** Whether a setting that a file may hold can be altered by a restart alone. */
export function isFixed(name: string): boolean {
  return !isDynamic(name) && (kafkaBrokerConfigs[name] !== undefined || Object.hasOwn(brokerRows, name));
}

/** Kafka can change these while it runs; here they are what the start made of them. */
const fixed: ReadonlySet<string> = new Set(['listeners', 'listener.security.protocol.map']);

export class LiveSettings {
  /** One object for the life of the node: whoever holds it reads what holds now. */
  readonly now: Settings;
  readonly #file: ReadonlyMap<string, unknown>;

  constructor(settings: Settings) {
    this.now = { ...settings };
    this.#file = new Map([...settings.given].flatMap(([name, value]) => parsed(name, value)));
  }

  /** What was altered for all brokers, and over it for this one. */
  alter(cluster: Altered, node: Altered): void {
    Object.assign(this.now, this.#resolved(cluster, node), { altered: { cluster, node } });
  }

  /** What settings that were altered so would contradict, in words. */
  contradiction(cluster: Altered, node: Altered): string | undefined {
    return contradictions(this.#resolved(cluster, node), (_name, what) => what)[0];
  }

  #resolved(cluster: Altered, node: Altered) {
    const values = new Map(this.#file);
    for (const altered of [cluster, node]) {
      for (const [name, value] of altered) {
        if (isDynamic(name)) for (const [key, made] of parsed(name, value)) values.set(key, made);
      }
    }
    return resolveRows(values);
  }
}

function parsed(name: string, value: string): [string, unknown][] {
  if (!Object.hasOwn(brokerRows, name)) return [];
  try {
    return [[name, parseValue(brokerRows[name as SettingName], value)]];
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return [];
  }
}
