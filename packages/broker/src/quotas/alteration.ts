/** What may be asked of quotas: which entities there are, and which values (KIP-546, KIP-612). */
import type { ErrorName } from '@skerry/wire';
import { canonicalAddress } from './address.ts';
import { type EntityPart, type EntityType, entityTypes, type QuotaEntry } from './quota-table.ts';

/** Whole numbers up to a bound, or any number. */
type ValueKind = 'int' | 'long' | 'double';

const clientKeys: ReadonlyMap<string, ValueKind> = new Map([
  ['producer_byte_rate', 'long'],
  ['consumer_byte_rate', 'long'],
  ['request_percentage', 'double'],
  ['controller_mutation_rate', 'double'],
]);
const ipKeys: ReadonlyMap<string, ValueKind> = new Map([['connection_creation_rate', 'int']]);
const wholeMax = { int: 2 ** 31 - 1, long: 2 ** 63 } as const;
/** How far from a whole number a value may be that is taken for one: Kafka's. */
const epsilon = 1e-6;

/** A change of one value; undefined removes it. */
export interface QuotaChange {
  readonly key: string;
  readonly value: number | undefined;
}

/** Why there can be no quotas for such an entity, in words, if so. */
export function entityFault(entity: readonly EntityPart[]): string | undefined {
  if (entity.length === 0) return 'name a user, a client id or an address: the entity is empty';
  for (const { entityType, entityName } of entity) {
    if (!isEntityType(entityType)) return `there are no quotas for a ${entityType}`;
    if (entityName === '') return `the name of a ${entityType} is empty; null means the default`;
  }
  const address = entity.find(({ entityType }) => entityType === 'ip');
  if (address !== undefined && entity.length > 1) return 'an ip does not go together with a user or a client id';
  if (typeof address?.entityName === 'string' && canonicalAddress(address.entityName) === undefined) {
    return `${address.entityName} is no address`;
  }
  return undefined;
}

/** Why the changes cannot be made, in words, if so. What is removed may be unknown: then nothing is to be done. */
export function changesFault(entity: readonly EntityPart[], changes: readonly QuotaChange[]): string | undefined {
  const keys = entity.some(({ entityType }) => entityType === 'ip') ? ipKeys : clientKeys;
  if (new Set(changes.map(({ key }) => key)).size < changes.length) return 'a quota is named twice';
  for (const { key, value } of changes) {
    const fault = value === undefined ? undefined : valueFault(key, value, keys.get(key));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function valueFault(key: string, value: number, kind: ValueKind | undefined): string | undefined {
  if (kind === undefined) return `${key} is no quota of such an entity`;
  if (value <= 0) return `${key} must be greater than 0`;
  if (kind === 'double' || Number.isNaN(value)) return undefined;
  if (value > wholeMax[kind]) return `${key} is at most ${wholeMax[kind]}`;
  return Math.abs(value - Math.floor(value + epsilon)) > epsilon ? `${key} must be a whole number` : undefined;
}

function isEntityType(text: string): text is EntityType {
  return (entityTypes as readonly string[]).includes(text);
}

/** Part of a question for quotas: which type, and with which name. */
export interface FilterPart {
  readonly entityType: string;
  readonly matchType: number;
  readonly match: string | null;
}

const matches = { exactly: 0, byDefault: 1, named: 2 } as const;

/** Tells of each entry whether it is asked for; or why there can be no such question. */
export function quotaFilter(
  components: readonly FilterPart[],
  strict: boolean,
): ((entry: QuotaEntry) => boolean) | { readonly error: ErrorName; readonly message: string } {
  const seen = new Set<string>();
  for (const component of components) {
    const fault = filterFault(component, seen);
    if (fault !== undefined) return fault;
    seen.add(component.entityType);
  }
  if (seen.has('ip') && seen.size > 1) return invalid('an ip does not go together with a user or a client id');
  return ({ entity }) => {
    if (strict && entity.length !== components.length) return false;
    return components.every(({ entityType, matchType, match }) => {
      const part = entity.find((one) => one.entityType === entityType);
      return part !== undefined && (matchType === matches.named || part.entityName === match);
    });
  };
}

function filterFault({ entityType, matchType, match }: FilterPart, seen: ReadonlySet<string>) {
  if (entityType === '') return invalid('the entity type is empty');
  if (seen.has(entityType)) return invalid(`${entityType} is asked for twice`);
  if (!isEntityType(entityType)) {
    return { error: 'UNSUPPORTED_VERSION', message: `there are no quotas for a ${entityType}` } as const;
  }
  if (matchType === matches.exactly) return match === null ? invalid('an exact match needs a name') : undefined;
  if (matchType !== matches.byDefault && matchType !== matches.named) return invalid(`no match type ${matchType}`);
  return match === null ? undefined : invalid('only an exact match has a name');
}

function invalid(message: string) {
  return { error: 'INVALID_REQUEST', message } as const;
}
