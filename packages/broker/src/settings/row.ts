/**
 * A setting is a row: its type, default and range, what it does, and the topic setting it is the default of. The
 * parser, DescribeConfigs,
 * AlterConfigs and docs/configuration.md are driven by rows alone.
 *
 * 2^63−1, Kafka's "without bound", is Infinity here; other whole numbers are exact to 2^53.
 */

import { unreachable } from '@skerry/base';

export type SettingType = 'boolean' | 'string' | 'int' | 'short' | 'long' | 'double' | 'list' | 'password' | 'class';

/** Where Kafka lets a broker's setting change at run time. */
type DynamicMode = 'per-broker' | 'cluster-wide';

/** What a value may be. */
export interface ValueRule {
  readonly type: SettingType;
  readonly min?: number;
  readonly max?: number;
  /** All that a string, or an element of a list, may be. */
  readonly values?: readonly string[];
}

/** What Apache Kafka itself says of a name: kafka-configs.generated.ts. */
export interface KafkaConfig extends ValueRule {
  /** As a file spells it; null where there is none. */
  readonly default: string | null;
  readonly dynamic?: DynamicMode;
}

/** A table that is asked for names from outside: what every object has (`constructor`) is not in it. */
export const bare = <T extends object>(table: T): T => Object.setPrototypeOf(table, null) as T;

export interface Row<T, Topic extends string | undefined = string | undefined> extends ValueRule {
  readonly default: T;
  /** What it does, for docs/configuration.md and the console. */
  readonly doc: string;
  /** The topic's setting that falls back to this one. */
  readonly topic: Topic;
  /** Other names for it, weaker ones last, and what their number is multiplied by. */
  readonly from: readonly (readonly [name: string, factor: number])[];
  /** Why our default is not Kafka's. */
  readonly differs: string | undefined;
}

interface Options<T, Topic> {
  readonly default: T;
  readonly doc: string;
  readonly topic?: Topic;
  readonly from?: Row<T>['from'];
  readonly differs?: string;
  readonly min?: number;
  readonly max?: number;
}

function row<T, Topic extends string | undefined>(
  type: SettingType,
  options: Options<T, Topic>,
  values?: readonly string[],
): Row<T, Topic> {
  const { default: value, doc, topic, from = [], differs, min, max } = options;
  return {
    type,
    default: value,
    doc,
    topic: topic as Topic,
    from,
    differs,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(values === undefined ? {} : { values }),
  };
}

export const boolean = <const N extends string | undefined = undefined>(
  options: Options<boolean, N>,
): Row<boolean, N> => row('boolean', options);
export const short = <const N extends string | undefined = undefined>(options: Options<number, N>): Row<number, N> =>
  row('short', options);
export const int = <const N extends string | undefined = undefined>(options: Options<number, N>): Row<number, N> =>
  row('int', options);
export const long = <const N extends string | undefined = undefined>(options: Options<number, N>): Row<number, N> =>
  row('long', options);
export const double = <const N extends string | undefined = undefined>(options: Options<number, N>): Row<number, N> =>
  row('double', options);
export const text = <T extends string | undefined, const N extends string | undefined = undefined>(
  options: Options<T, N>,
): Row<T, N> => row('string', options);
export const list = <const N extends string | undefined = undefined>(
  options: Options<readonly string[], N>,
): Row<readonly string[], N> => row('list', options);
/** One word of `values`. */
export const word = <const V extends string, const N extends string | undefined = undefined>(
  values: readonly V[],
  options: Options<NoInfer<V>, N>,
): Row<V, N> => row<V, N>('string', options, values);
/** Any of `values`, with commas between. */
export const words = <const V extends string, const N extends string | undefined = undefined>(
  values: readonly V[],
  options: Options<readonly NoInfer<V>[], N>,
): Row<readonly V[], N> => row<readonly V[], N>('list', options, values);

/** A value that its rule refuses; `message` is what would be right. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

const longMax = 2n ** 63n - 1n;
const widths = {
  short: [-(2 ** 15), 2 ** 15 - 1],
  int: [-(2 ** 31), 2 ** 31 - 1],
} as const;

/** The value that `given` spells by `rule`, or a ValueError. */
export function parseValue(rule: ValueRule, given: string): unknown {
  const trimmed = given.trim();
  switch (rule.type) {
    case 'boolean':
      if (!/^(true|false)$/i.test(trimmed)) throw new ValueError('must be true or false');
      return trimmed.toLowerCase() === 'true';
    case 'short':
    case 'int':
    case 'long':
    case 'double':
      return inRange(rule, numberFrom(rule.type, trimmed));
    case 'list':
      return trimmed === '' ? [] : trimmed.split(/\s*,\s*/).map((element) => oneOf(rule, element));
    case 'string':
    case 'class':
      return oneOf(rule, trimmed);
    case 'password':
      return given;
    default:
      return unreachable(rule.type);
  }
}

/** As a client must spell it: words in their own letters, and no list with nothing between two commas. */
export function parseExactly(rule: ValueRule, given: string): unknown {
  const value = parseValue(rule, given);
  const elements = rule.type === 'list' && given.trim() !== '' ? given.split(',').map((each) => each.trim()) : [];
  if (elements.includes('')) throw new ValueError('must have no empty elements');
  const words = rule.type === 'list' ? elements : [given.trim()];
  for (const word of rule.values === undefined ? [] : words) {
    if (!rule.values?.includes(word)) throw new ValueError(`must be one of ${rule.values?.join(', ')}`);
  }
  return value;
}

function numberFrom(type: 'short' | 'int' | 'long' | 'double', given: string): number {
  if (type === 'double') {
    const value = Number(given);
    if (given === '' || Number.isNaN(value)) throw new ValueError('must be a number');
    return value;
  }
  if (!/^[+-]?\d+$/.test(given)) throw new ValueError(`must be a whole number (${type})`);
  const exact = BigInt(given.replace(/^\+/, ''));
  if (type === 'long') {
    if (exact > longMax || exact < -longMax - 1n) throw new ValueError('must fit 64 bits: at most 9223372036854775807');
    // Beyond 2^53 nothing is meant but "for ever" or "without bound".
    return exact > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(exact);
  }
  const [least, most] = widths[type];
  if (exact < least || exact > most) throw new ValueError(`must fit ${type === 'int' ? 32 : 16} bits: at most ${most}`);
  return Number(exact);
}

function inRange({ min, max }: ValueRule, value: number): number {
  if (min !== undefined && max !== undefined && (value < min || value > max)) {
    throw new ValueError(`must be from ${min} to ${max}`);
  }
  if (min !== undefined && value < min) throw new ValueError(`must be at least ${min}`);
  if (max !== undefined && value > max) throw new ValueError(`must be at most ${max}`);
  return value;
}

function oneOf({ values }: ValueRule, given: string): string {
  if (values === undefined) return given;
  const found = values.find((value) => value === given) ?? values.find((value) => same(value, given));
  if (found === undefined) throw new ValueError(`must be one of ${values.join(', ')}`);
  return found;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** A value as a file spells it; undefined for none. */
export function formatValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === Number.POSITIVE_INFINITY) return '9223372036854775807';
  // As Java spells its largest double.
  if (value === Number.MAX_VALUE) return '1.7976931348623157E308';
  return Array.isArray(value) ? value.join(',') : `${value as string | number | boolean}`;
}

/** What a rule allows, in words: "1 …", "0 … 1", "a, b or c". */
export function formatRule({ type, min, max, values }: ValueRule): string {
  if (values !== undefined) return values.join(', ');
  if (type === 'boolean') return 'true, false';
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  if (min !== undefined) return `at least ${min}`;
  return max === undefined ? '' : `at most ${max}`;
}
