import { parseArgs } from 'node:util';
import type { Command, Option } from './command.ts';
import { UsageError } from './failure.ts';
import { nearestWord } from './nearest.ts';

/** What was written after a command's name. */
export interface Parsed {
  readonly positionals: readonly string[];
  /** Every value of an option, in order; a switch that is on has one, empty. */
  all(name: string): readonly string[];
  /** The value given last; undefined if there is none. */
  text(name: string): string | undefined;
  isSet(name: string): boolean;
  /** A whole number in [min, max]; undefined if there is none. */
  number(name: string, min: number, max?: number): number | undefined;
}

/**
 * Reads `args` by a command's table, or throws a UsageError. node:util does the splitting, in its lenient mode: the
 * strict one refuses
 * `-o -5`, and knows no near names.
 */
export function parse(
  command: Command,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Parsed {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      command.options.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', multiple: true, ...(short === undefined ? {} : { short }) },
      ]),
    ),
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = command.options.find(({ name }) => name === token.name);
    if (option === undefined) throw unknownOption(command, token.rawName);
    const value = valueOf(option, token.rawName, token.value, token.inlineValue === true);
    const given = values.get(option.name);
    if (given === undefined) values.set(option.name, [value]);
    else if (option.multiple === true) given.push(value);
    else throw new UsageError(`${token.rawName} is given twice`);
  }
  for (const { name, env: variable } of command.options) {
    const value = variable === undefined ? undefined : env[variable];
    if (value !== undefined && value !== '' && !values.has(name)) values.set(name, [value]);
  }
  checkPositionals(command, positionals);
  return reader(values, positionals);
}

function valueOf(option: Option, rawName: string, value: string | undefined, inline: boolean): string {
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    return '';
  }
  if (value === undefined || (!inline && value.startsWith('--'))) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}`);
  }
  return value;
}

function unknownOption({ options }: Command, rawName: string): UsageError {
  const near = nearestWord(
    rawName.replace(/^--?/, ''),
    options.map(({ name }) => name),
  );
  return new UsageError(`no option ${rawName}${near === undefined ? '' : `. Did you mean --${near}?`}`);
}

function checkPositionals({ positionals: names }: Command, given: readonly string[]): void {
  const missing = names[given.length];
  if (missing?.startsWith('[') === false) throw new UsageError(`${missing.replace('…', '')} is missing`);
  const open = /…\]?$/.test(names.at(-1) ?? '');
  if (!open && given.length > names.length) throw new UsageError(`"${given[names.length]}" is one word too many`);
}

function reader(values: ReadonlyMap<string, readonly string[]>, positionals: readonly string[]): Parsed {
  const text = (name: string): string | undefined => values.get(name)?.at(-1);
  return {
    positionals,
    all: (name) => values.get(name) ?? [],
    text,
    isSet: (name) => values.has(name),
    number(name, min, max = Number.MAX_SAFE_INTEGER) {
      const given = text(name);
      if (given === undefined) return undefined;
      const value = Number(given);
      if (!/^\d+$/.test(given) || value < min || value > max) {
        const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
        throw new UsageError(`--${name} ${given}: must be a whole number ${range}`);
      }
      return value;
    },
  };
}

/** Reads `key=value`; only the first `=` counts. */
export function pair(given: string, option: string): readonly [key: string, value: string] {
  const at = given.indexOf('=');
  if (at < 1) throw new UsageError(`${option} ${given}: must be KEY=VALUE`);
  return [given.slice(0, at), given.slice(at + 1)];
}
