/**
 * The broker's settings under Kafka's names, typed: `settings['log.segment.bytes']` is a number. A setting is added
 * by adding its row.
 */
import type { Address } from '@skerry/base';
import type { Endpoint } from './listeners.ts';
import type { Row } from './row.ts';
import { groupRows } from './rows-groups.ts';
import { logRows } from './rows-log.ts';
import { networkRows } from './rows-network.ts';
import { nodeRows } from './rows-node.ts';
import { quotaRows } from './rows-quotas.ts';

export const brokerRows = { ...nodeRows, ...networkRows, ...logRows, ...groupRows, ...quotaRows } as const;

export type BrokerRows = typeof brokerRows;
export type SettingName = keyof BrokerRows;
export type ValueOf<R> = R extends Row<infer T> ? T : never;
export type SettingValues = { readonly [K in SettingName]: ValueOf<BrokerRows[K]> };

export interface Settings extends SettingValues {
  /** What `listeners` opens. */
  readonly endpoints: readonly Endpoint[];
  /**
   * What `advertised.listeners` tells clients, by listener; a listener not in it tells the address a client dialled.
   */
  readonly advertised: ReadonlyMap<string, Address>;
  /** What the operator set, as written, with or without effect: for DescribeConfigs. */
  readonly given: ReadonlyMap<string, string>;
  /** What clients have altered since, as written: for all brokers, and over it for this one. */
  readonly altered: { readonly cluster: ReadonlyMap<string, string>; readonly node: ReadonlyMap<string, string> };
  /** Names in `given` that this broker has no use for. */
  readonly withoutEffect: readonly string[];
}
