import type { Address } from '@skerry/base';
import type { Client } from './context.ts';
import type { Settings } from './settings/settings.ts';

/**
 * Where clients of a listener are told to find this node: the address in `advertised.listeners`, else the one by
 * which this very client reached us, which it has just proved to work. The SNI name counts as that where there is
 * one.
 */
export function advertisedListener({ client, settings }: { client: Client; settings: Settings }): Address {
  return settings.advertised.get(client.listener) ?? client.dialled;
}
