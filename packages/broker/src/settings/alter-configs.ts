/**
 * What an alteration of settings makes of them, or why it is refused: the rules of AlterConfigs and
 * IncrementalAlterConfigs (KIP-133, KIP-339), one resource at a time. Nothing here has an effect.
 */
import type { ErrorName } from '@skerry/wire';
import type { ValueRule } from './row.ts';

export type ConfigOperation = 'set' | 'delete' | 'append' | 'subtract';

export interface Alteration {
  readonly name: string;
  readonly operation: ConfigOperation;
  /** What goes with a deletion is not looked at. */
  readonly value: string | null;
}

export interface ConfigRefusal {
  readonly error: ErrorName;
  readonly message: string | null;
}

export type Configs = ReadonlyMap<string, string>;

/** What a kind of resource lets its settings be. */
export interface ConfigRules {
  /** What may be said of a name; undefined for one that is unknown. */
  rule(name: string): ValueRule | undefined;
  /** What a list is before anything is added to it. */
  listDefault(name: string): string;
  /** Why a name that is no list cannot be added to or taken from. */
  noList(name: string, operation: 'append' | 'subtract'): ConfigRefusal;
  /** Why settings that hold together so are refused; `set` are the names that the request gives a value. */
  problem(after: Configs, set: ReadonlySet<string>): ConfigRefusal | undefined;
}

/** The settings after `alterations` in their order, or why they are refused before any rule of their kind. */
export function alteredConfigs(
  before: Configs,
  alterations: readonly Alteration[],
  rules: ConfigRules,
): { readonly after: Configs; readonly set: ReadonlySet<string> } | ConfigRefusal {
  const after = new Map(before);
  const set = new Set<string>();
  for (const { name, operation, value } of alterations) {
    if (operation === 'delete') after.delete(name);
    else {
      set.add(name);
      if (operation === 'set') after.set(name, value ?? '');
      else if (rules.rule(name)?.type !== 'list') return rules.noList(name, operation);
      else {
        const now = elements(after.get(name) ?? rules.listDefault(name));
        const named = elements(value ?? '');
        const rest =
          operation === 'append'
            ? [...now, ...named.filter((each) => !now.includes(each))]
            : now.filter((each) => !named.includes(each));
        after.set(name, rest.join(','));
      }
    }
  }
  return { after, set };
}

/** What differs, as the records that make `after` of `before`. */
export function configDifference(before: Configs, after: Configs): { name: string; value: string | null }[] {
  const gone = [...before.keys()].filter((name) => !after.has(name)).map((name) => ({ name, value: null }));
  const others = [...after].filter(([name, value]) => before.get(name) !== value);
  return [...gone, ...others.map(([name, value]) => ({ name, value }))];
}

/** Why a request is refused for its form alone: a name twice, or no value where there must be one. */
export function formProblem(alterations: readonly Alteration[]): ConfigRefusal | undefined {
  const seen = new Set<string>();
  for (const { name } of alterations) {
    if (seen.has(name)) return { error: 'INVALID_REQUEST', message: `${name} is named more than once` };
    seen.add(name);
  }
  const bare = alterations.filter(({ operation, value }) => operation !== 'delete' && value === null);
  if (bare.length === 0) return undefined;
  return { error: 'INVALID_REQUEST', message: `A value is missing for: ${bare.map(({ name }) => name).join(', ')}` };
}

/** A list's elements, with the blanks around them: Kafka compares those too. */
function elements(list: string): string[] {
  return list.trim() === '' ? [] : list.split(',');
}
