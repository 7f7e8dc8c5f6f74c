import type { Address } from '@skerry/base';

/** An address as people write it: a dual-stack socket shows IPv4 peers as ::ffff:1.2.3.4 (RFC 4291 section 2.5.5.2). */
export function plainAddress(host: string | undefined, port: number | undefined): Address {
  return { host: (host ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, ''), port: port ?? 0 };
}
