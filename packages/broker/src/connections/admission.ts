/**
 * Who may connect, under Kafka's names: how many at once, how many from one address.
 *
 * What Kafka leaves in the system's queue until another connection ends is closed at once here: its client knows, and
 * tries again. Beyond max.connections there is room for skerry.connections.reserved from this machine, so that an
 * operator gets in when nobody else does.
 */
import { canonicalAddress } from '../quotas/address.ts';
import type { ConnectionLimit } from './counters.ts';

export interface AdmissionSettings {
  readonly 'max.connections': number;
  readonly 'max.connections.per.ip': number;
  readonly 'max.connections.per.ip.overrides': string;
  readonly 'skerry.connections.reserved': number;
}

export class Admission {
  readonly #settings: AdmissionSettings;
  /** What the system can open, whatever the settings say. */
  readonly #possible: number;
  readonly #byHost = new Map<string, number>();
  #total = 0;
  #overridesText = '';
  #overrides: ReadonlyMap<string, number> = new Map();

  constructor(settings: AdmissionSettings, possible: number) {
    this.#settings = settings;
    this.#possible = possible;
  }

  /** Connections that were admitted and have not left. */
  get total(): number {
    return this.#total;
  }

  /** Counts a connection from `host`, until {@link leave}; or says by which limit it is not admitted. */
  enter(host: string): ConnectionLimit | undefined {
    const reserved = this.#settings['skerry.connections.reserved'];
    const most = Math.min(this.#settings['max.connections'], this.#possible - reserved);
    if (this.#total >= most && (this.#total >= most + reserved || !isLoopback(host))) return 'max.connections';
    const ofHost = this.#byHost.get(host) ?? 0;
    if (ofHost >= this.#mostOf(host)) return 'max.connections.per.ip';
    this.#byHost.set(host, ofHost + 1);
    this.#total++;
    return undefined;
  }

  leave(host: string): void {
    const ofHost = this.#byHost.get(host) ?? 0;
    this.#total--;
    if (ofHost > 1) this.#byHost.set(host, ofHost - 1);
    else this.#byHost.delete(host);
  }

  #mostOf(host: string): number {
    const text = this.#settings['max.connections.per.ip.overrides'];
    if (text !== this.#overridesText) {
      this.#overridesText = text;
      this.#overrides = parseOverrides(text);
    }
    const canonical = this.#overrides.size === 0 ? undefined : (canonicalAddress(host) ?? host);
    const own = canonical === undefined ? undefined : this.#overrides.get(canonical);
    return own ?? this.#settings['max.connections.per.ip'];
  }
}

/** `HOST:COUNT` with commas between; the last colon divides, as IPv6 has others. */
export function parseOverrides(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const pair of text.split(',')) {
    const [, host, count] = /^\s*\[?(.+?)\]?:(\d+)\s*$/.exec(pair) ?? [];
    if (host === undefined || count === undefined) continue;
    found.set(host === 'localhost' ? '127.0.0.1' : (canonicalAddress(host) ?? host), Number(count));
  }
  return found;
}

function isLoopback(host: string): boolean {
  const address = canonicalAddress(host);
  return address === '0:0:0:0:0:0:0:1' || address?.startsWith('127.') === true;
}
