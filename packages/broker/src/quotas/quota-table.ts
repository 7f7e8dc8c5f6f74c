/** What clients may use, by whom it was set for: the table of the metadata log's quota records (KIP-13, KIP-546). */
import { canonicalAddress } from './address.ts';

export type EntityType = 'client-id' | 'user' | 'ip';

/** Types in the order in which Kafka tells them. */
export const entityTypes: readonly EntityType[] = ['client-id', 'user', 'ip'];

/** A part of what a quota is set for; null is the default of its type, for those without a quota of their own. */
export interface EntityPart {
  readonly entityType: string;
  readonly entityName: string | null;
}

export interface QuotaEntry {
  readonly entity: readonly EntityPart[];
  readonly values: ReadonlyMap<string, number>;
}

/** The quota that binds a client, and with whom it shares it: both empty if it shares it with all. */
export interface BindingQuota {
  readonly limit: number;
  readonly user: string;
  readonly clientId: string;
}

interface MutableEntry extends QuotaEntry {
  readonly values: Map<string, number>;
}

export class QuotaTable {
  readonly #entries = new Map<string, MutableEntry>();
  /** Entries of addresses, in their one spelling; of undefined, that of all others. */
  readonly #byAddress = new Map<string | undefined, QuotaEntry>();
  #revision = 0;

  /** Grows with each change. */
  get revision(): number {
    return this.#revision;
  }

  get entries(): Iterable<QuotaEntry> {
    return this.#entries.values();
  }

  valuesOf(entity: readonly EntityPart[]): ReadonlyMap<string, number> | undefined {
    return this.#entries.get(entityKey(entity))?.values;
  }

  set(entity: readonly EntityPart[], key: string, value: number | undefined): void {
    const place = entityKey(entity);
    const entry = this.#entries.get(place) ?? { entity: inOrder(entity), values: new Map<string, number>() };
    if (value === undefined) entry.values.delete(key);
    else entry.values.set(key, value);
    if (entry.values.size > 0) this.#entries.set(place, entry);
    else this.#entries.delete(place);
    this.#indexAddress(entry);
    this.#revision++;
  }

  #indexAddress(entry: QuotaEntry): void {
    const part = entry.entity.find(({ entityType }) => entityType === 'ip');
    if (part === undefined) return;
    const address = part.entityName === null ? undefined : canonicalAddress(part.entityName);
    if (entry.values.size > 0) this.#byAddress.set(address, entry);
    else this.#byAddress.delete(address);
  }

  /** The value that binds who connects from an address: its own, or that of all without one. */
  ofAddress(key: string, host: string): number | undefined {
    if (this.#byAddress.size === 0) return undefined;
    const own = this.#byAddress.get(canonicalAddress(host) ?? host)?.values.get(key);
    return own ?? this.#byAddress.get(undefined)?.values.get(key);
  }

  /** Whether `key` is set for anybody. */
  hasAny(keys: readonly string[]): boolean {
    for (const { values } of this.#entries.values()) if (keys.some((key) => values.has(key))) return true;
    return false;
  }

  /**
   * The quota that binds a client: the first there is, from what is said of this user and this client id to what is
   * said of all client ids.
   *
   * A quota of a user is shared by all its clients, one of a client id by all its users.
   */
  binding(key: string, user: string, clientId: string): BindingQuota | undefined {
    for (const named of [user, null, undefined]) {
      for (const client of [clientId, null, undefined]) {
        if (named === undefined && client === undefined) continue;
        const limit = this.#entries.get(keyOf(named, client))?.values.get(key);
        if (limit === undefined) continue;
        return { limit, user: named === undefined ? '' : user, clientId: client === undefined ? '' : clientId };
      }
    }
    return undefined;
  }
}

/** One name for an entity, whatever the order of its parts. */
export function entityKey(entity: readonly EntityPart[]): string {
  return JSON.stringify(inOrder(entity).map(({ entityType, entityName }) => [entityType, entityName]));
}

export function inOrder(entity: readonly EntityPart[]): readonly EntityPart[] {
  const place = ({ entityType }: EntityPart): number => (entityTypes as readonly string[]).indexOf(entityType);
  return [...entity].sort((a, b) => place(a) - place(b));
}

function keyOf(user: string | null | undefined, clientId: string | null | undefined): string {
  const parts: EntityPart[] = [];
  if (clientId !== undefined) parts.push({ entityType: 'client-id', entityName: clientId });
  if (user !== undefined) parts.push({ entityType: 'user', entityName: user });
  return entityKey(parts);
}
