/**
 * Who calls whom in a program of Java classes, and which error codes that reaches: from the facts that ClassFacts.java
 * prints. Calls are resolved by the class hierarchy alone: a call of an overridden method is one of every override.
 * A lambda's body counts as called where the lambda is made, and so does the `run` of an object made for others to run.
 */

export interface Call {
  readonly kind: 'exact' | 'virtual';
  readonly owner: string;
  readonly method: string;
}

interface Method {
  readonly calls: Call[];
  readonly creates: string[];
  readonly errors: string[];
  /** API keys and calls in the order of the code: a dispatcher names the key, then calls its handler. */
  readonly inOrder: ({ readonly key: string } | Call)[];
}

interface Class {
  readonly name: string;
  /** The class it extends, then its interfaces. */
  readonly above: readonly string[];
  readonly methods: Map<string, Method>;
}

/** Where a walk ends, and what runs because it was made. */
export interface Boundary {
  /** Whether what this call does decides nothing about the answer. */
  readonly stops: (call: Call, from: string) => boolean;
  /** By type: the methods that are called of each such object that the walk saw made, and of no other. */
  readonly runs: Readonly<Record<string, readonly string[]>>;
}

/** By code, the methods that led there, the handler first. */
export type Reached = ReadonlyMap<string, readonly string[]>;

const functions = 'java.util.function.';

export class Program {
  readonly #classes = new Map<string, Class>();
  readonly #below = new Map<string, string[]>();
  /** Exceptions that Kafka turns into an error code. */
  readonly #exceptions = new Map<string, string>();

  constructor(facts: Iterable<string>) {
    let current: Class | undefined;
    let method: Method | undefined;
    for (const line of facts) {
      const [kind = '', one = '', two = '', three = ''] = line.split('\t');
      if (kind === 'exception') this.#exceptions.set(one, two);
      else if (kind === 'class') {
        current = { name: one, above: [two, ...three.split(',')].filter((each) => each !== ''), methods: new Map() };
        this.#add(current);
      } else if (kind === 'method') {
        method = { calls: [], creates: [], errors: [], inOrder: [] };
        current?.methods.set(one, method);
      } else if (method !== undefined) note(method, kind, one, two);
    }
  }

  #add(one: Class): void {
    this.#classes.set(one.name, one);
    for (const above of one.above) {
      const known = this.#below.get(above);
      if (known === undefined) this.#below.set(above, [one.name]);
      else known.push(one.name);
    }
  }

  /** What a dispatcher calls for each API key that it names. */
  dispatched(owner: string, name: string): Map<string, Call[]> {
    const found = new Map<string, Call[]>();
    let key: string | undefined;
    for (const step of this.#named(owner, name).flatMap(([, method]) => method.inOrder)) {
      if ('key' in step) key = step.key;
      else if (key !== undefined && isHandler(step)) found.set(key, [...(found.get(key) ?? []), step]);
    }
    if (found.size === 0) throw new Error(`${owner}.${name} names no API key`);
    return found;
  }

  /** The one method of this name. */
  method(owner: string, name: string): Call {
    const [found] = this.#named(owner, name);
    if (found === undefined) throw new Error(`no ${owner}.${name}`);
    return { kind: 'exact', owner, method: found[0] };
  }

  #named(owner: string, name: string): [string, Method][] {
    return [...(this.#classes.get(owner)?.methods ?? [])].filter(([signature]) => nameOf(signature) === name);
  }

  /** The codes that can be named, or whose exceptions can be made, from these calls on; and all methods on the way. */
  reached(roots: readonly Call[], boundary: Boundary): { codes: Reached; methods: ReadonlySet<string> } {
    const codes = new Map<string, readonly string[]>();
    const seen = new Set<string>();
    const due: { readonly at: Method | undefined; readonly path: readonly string[] }[] = [];
    const follow = (call: Call, path: readonly string[]): void => {
      const from = path.at(-1) ?? '';
      if (boundary.stops(call, from)) return;
      for (const owner of this.#targets(call, from, boundary)) {
        const id = `${owner}.${call.method}`;
        if (seen.has(id) || boundary.stops({ ...call, owner }, from)) continue;
        seen.add(id);
        due.push({ at: this.#classes.get(owner)?.methods.get(call.method), path: [...path, id] });
      }
    };
    for (const root of roots) follow(root, []);
    for (let next = due.pop(); next !== undefined; next = due.pop()) {
      const { at, path } = next;
      if (at === undefined) continue;
      const named = [...at.errors, ...at.creates.map((created) => this.#codeOf(created) ?? 'NONE')];
      for (const code of named) if (code !== 'NONE' && !codes.has(code)) codes.set(code, path);
      for (const call of at.calls) follow(call, path);
      for (const created of at.creates) {
        for (const method of this.#runOf(created, boundary)) follow({ kind: 'exact', owner: created, method }, path);
      }
    }
    return { codes, methods: seen };
  }

  /** As Kafka's Errors.forException: of the class, or of the nearest above it. */
  #codeOf(name: string): string | undefined {
    for (let at: string | undefined = name; at !== undefined; at = this.#classes.get(at)?.above[0]) {
      const code = this.#exceptions.get(at);
      if (code !== undefined) return code;
    }
    return undefined;
  }

  /** Every type above this one, itself first. */
  #lineage(name: string): string[] {
    const all = new Set([name]);
    for (const each of all) for (const above of this.#classes.get(each)?.above ?? []) all.add(above);
    return [...all];
  }

  #descendants(name: string): string[] {
    const all = new Set([name]);
    for (const each of all) for (const below of this.#below.get(each) ?? []) all.add(below);
    return [...all];
  }

  /** The signatures of what others will call of an object that is made to be run. */
  #runOf(name: string, { runs }: Boundary): string[] {
    const lineage = this.#lineage(name);
    const names = new Set(lineage.flatMap((each) => runs[each] ?? []));
    if (names.size === 0) return [];
    const signatures = lineage.flatMap((each) => [...(this.#classes.get(each)?.methods.keys() ?? [])]);
    return [...new Set(signatures)].filter((each) => names.has(nameOf(each)));
  }

  /** The classes whose code a call may run. */
  #targets({ kind, owner, method }: Call, from: string, { runs }: Boundary): string[] {
    const has = (each: string): boolean => this.#classes.get(each)?.methods.has(method) === true;
    const found = this.#lineage(owner).filter(has).slice(0, 1);
    if (kind === 'exact') return found;
    const below = this.#descendants(owner).filter(has);
    // A function that was handed over at the start, by a neighbour: those made on the way are followed from there.
    if (owner.startsWith(functions)) return below.filter((each) => isNeighbour(each, from));
    const run = this.#lineage(owner).some((each) => runs[each]?.includes(nameOf(method)) === true);
    return run ? found : [...new Set([...found, ...below])];
  }
}

const nameOf = (signature: string): string => signature.replace(/\(.*/s, '');
const packageOf = (name: string): string => name.replace(/\.[A-Z].*$/s, '');
const isHandler = ({ method }: Call): boolean => /^(handle[A-Z]|forward|\$anonfun)/.test(method);
const isNeighbour = (name: string, from: string): boolean =>
  packageOf(name) === packageOf(from) && !/\$(anon\$)?\d+$/.test(name);

function note(method: Method, kind: string, one: string, two: string): void {
  if (kind === 'error') method.errors.push(one);
  else if (kind === 'new') method.creates.push(one);
  else if (kind === 'key') method.inOrder.push({ key: one });
  else if (kind === 'exact' || kind === 'virtual') {
    const call: Call = { kind, owner: one, method: two };
    method.calls.push(call);
    method.inOrder.push(call);
  }
}
