import type { Address } from '@skerry/base';
import { UnreachableError } from './errors.ts';

const portDefault = 9092;

/** Reads `host:port`, `[v6]:port` or `host`. */
export function parseAddress(text: string): Address {
  const [, host, port = String(portDefault)] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (host === undefined || Number(port) > 65535) {
    throw new UnreachableError(`${text}: not a broker's address: must be HOST:PORT, such as 127.0.0.1:9092`);
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
