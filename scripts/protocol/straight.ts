/**
 * Prints straight-line code for the messages of the hot paths: what the closures of codec.ts do, field after field,
 * with the version as an argument. A value is one object literal, so its shape is settled when it is made.
 */
import { type Field, type Fields, inRange, type Message, type VersionRange, versionRange } from '@skerry/wire';
import { absentText, choose, either, isPresent, type Named, sizeMin, typeName, upperFirst } from './straight-fields.ts';

type AnyField = Field<unknown, never>;
type AnyMessage = Message<unknown, never>;

/** APIs whose messages are read and written by straight-line code. */
export const straightApis: readonly string[] = [
  'Produce',
  'Fetch',
  'ListOffsets',
  'Metadata',
  'OffsetCommit',
  'OffsetFetch',
  'Heartbeat',
];

export const straightName = (message: string): string =>
  `${message.slice(0, 1).toLowerCase()}${message.slice(1)}Straight`;

/** The whole file for an API's messages. */
export function printStraight(messages: readonly AnyMessage[]): string {
  const body = messages.map((message) => new Printer(message).print()).join('\n');
  const used = (names: readonly string[]): string =>
    names.filter((name) => new RegExp(`\\b${name.replace('type ', '')}\\b`).test(body)).join(', ');
  const imports = [
    [used(['type Uuid', 'zeroUuid', 'Offset']), '@skerry/base'],
    [used(['noBytes', 'noElements']), '../defaults.ts'],
    ['type Reader', '../reader.ts'],
    ['type Straight', '../schema.ts'],
    [used(['lost', 'some']), '../straight.ts'],
    [used(['type Part', 'type Writer']), '../writer.ts'],
  ].map(([names = '', from]) => {
    if (names === '') return '';
    const typesOnly = names.split(', ').every((name) => name.startsWith('type '));
    return typesOnly
      ? `import type { ${names.replaceAll('type ', '')} } from '${from}';\n`
      : `import { ${names} } from '${from}';\n`;
  });
  return `/** Straight-line code, printed from the tables by scripts/protocol/straight.ts; not edited by hand. */
// oxlint-disable unicorn/no-new-array -- sized once, and the reader has checked the count
// oxlint-disable typescript/no-unnecessary-boolean-literal-compare -- one form for all types
${imports.join('')}\n${body}`;
}

/** Stubs, so that a table that wants its straight-line code can be loaded before that is printed. */
export function printStubs(names: readonly string[]): string {
  return names.map((name) => `export const ${straightName(name)} = undefined;\n`).join('');
}

/** A member of the type of what may be written, or of what is read (`value`). */
function member({ field, key, name }: Named, value: boolean): string {
  const nullable = field.nullable === undefined && field.absent !== null ? '' : ' | null';
  const type = `${typeName(field.type, name, value)}${nullable}`;
  return value ? `  ${key}: ${type};\n` : `  readonly ${key}?: ${type} | undefined;\n`;
}

/** Prints one message: for each struct in it the types, a reader and a writer. */
class Printer {
  readonly #message: AnyMessage;
  readonly #parts: string[] = [];

  constructor(message: AnyMessage) {
    this.#message = message;
  }

  print(): string {
    const { name, fields } = this.#message;
    this.#struct(name, fields);
    this.#parts.push(`export const ${straightName(name)}: Straight = { read: read${name}, write: write${name} };\n`);
    return this.#parts.join('\n');
  }

  /** The condition under which a version lies in the range, or its value where all versions of the message agree. */
  #when(range: VersionRange | string | undefined): string | boolean {
    const { min, max } = typeof range === 'object' ? range : versionRange(range ?? 'none');
    const all = this.#message.versions;
    if (min > all.max || max < all.min || min > max) return false;
    const tests = [...(min > all.min ? [`v >= ${min}`] : []), ...(max < all.max ? [`v <= ${max}`] : [])];
    return tests.length === 0 ? true : tests.join(' && ');
  }

  #struct(name: string, fields: Fields): void {
    const named: readonly Named[] = Object.entries(fields).map(([key, field]) => ({
      key,
      field,
      name: name + upperFirst(key),
    }));
    for (const { field, name: inner } of named) {
      if (field.type.kind === 'struct') this.#struct(inner, field.type.fields);
      else if (field.type.kind === 'array' && field.type.of.kind === 'struct')
        this.#struct(inner, field.type.of.fields);
    }
    this.#parts.push(
      `interface ${name} {\n${named.map((each) => member(each, false)).join('')}}\n`,
      `interface ${name}Value {\n${named.map((each) => member(each, true)).join('')}}\n`,
      ...named.filter(({ field }) => field.type.kind === 'array').map((each) => this.#arrayReader(each)),
      this.#structReader(name, named),
      ...this.#absence(named),
      ...named.filter(({ field }) => field.type.kind === 'array').map((each) => this.#arrayWriter(each)),
      this.#structWriter(name, named),
    );
  }

  #structReader(name: string, named: readonly Named[]): string {
    const lines = named.map((each) => {
      const absent = absentText(each.field, each.name);
      const has = each.field.tag === undefined && this.#when(each.field.versions);
      return `    ${each.key}: ${choose(has, this.#read(each.field, each.name), absent)},\n`;
    });
    const flexible = this.#when(this.#message.flexible);
    const tagged = named.filter(({ field }) => field.tag !== undefined);
    const tags = tagged.length === 0 ? 'r.skipTags();' : `read${name}Tags(r, v, value);`;
    const tail = flexible === false ? '' : `  ${flexible === true ? '' : `if (${flexible}) `}${tags}\n`;
    const reader = this.#function(
      `read${name}(r: Reader, v: number): ${name}Value`,
      `  const value: ${name}Value = {\n${lines.join('')}  };\n${tail}  return value;\n`,
    );
    return tagged.length === 0 || flexible === false ? reader : `${reader}\n${this.#tagReader(name, tagged)}`;
  }

  #tagReader(name: string, tagged: readonly Named[]): string {
    const cases = tagged.map((each) => {
      const versions = this.#when(each.field.taggedVersions ?? each.field.versions);
      const test = typeof versions === 'string' ? ` && ${versions}` : '';
      return `if (tag === ${each.field.tag}${test}) {
      value.${each.key} = ${this.#read(each.field, each.name)};
      r.mustBeAt(end);
    }`;
    });
    const body = `  for (let left = r.tagCount(); left > 0; left--) {
    const tag = r.uvarint();
    const end = r.endOf(r.uvarint());
    ${cases.join(' else ')} else r.need(end - r.position);
  }\n`;
    return this.#function(`read${name}Tags(r: Reader, v: number, value: ${name}Value): void`, body);
  }

  #read(field: AnyField, name: string): string {
    const { type } = field;
    const nullable = this.#when(field.nullable);
    if (type.kind === 'array') return `read${name}Array(r, v)`;
    if (type.kind === 'struct')
      return choose(nullable, `(r.int8() < 0 ? null : read${name}(r, v))`, `read${name}(r, v)`);
    if (type.kind !== 'string' && type.kind !== 'bytes' && type.kind !== 'records') return `r.${type.kind}()`;
    const method = type.kind === 'string' ? 'String' : 'Blob';
    return choose(
      this.#when(this.#message.flexible),
      choose(nullable, `r.nullableCompact${method}()`, `r.compact${method}()`),
      choose(nullable, `r.nullable${method}()`, `r.${method.toLowerCase()}()`),
    );
  }

  #arrayReader({ field, name }: Named): string {
    if (field.type.kind !== 'array') return '';
    const { of } = field.type;
    const nullable = this.#when(field.nullable);
    const [old, compact] = [this.#bytesMin(field, false), this.#bytesMin(field, true)];
    const count = choose(
      this.#when(this.#message.flexible),
      choose(nullable, `r.nullableCompactCount(${compact})`, `r.compactCount(${compact})`),
      choose(nullable, `r.nullableCount(${old})`, `r.count(${old})`),
    );
    const element = typeName(of, name, true);
    const body = `  const count = ${count};
${nullable === false ? '' : '  if (count === null) return null;\n'}  const values = new Array<${element}>(count);
  for (let i = 0; i < count; i++) values[i] = ${this.#read({ type: of, versions: '0+' }, name)};
  return values;\n`;
    const result = nullable === false ? '' : ' | null';
    return this.#function(`read${name}Array(r: Reader, v: number): readonly ${element}[]${result}`, body);
  }

  /** The least that an element takes in any version that is, or is not, flexible. */
  #bytesMin(field: AnyField, flexible: boolean): number {
    const { versions } = this.#message;
    if (field.type.kind !== 'array') return 1;
    const sizes: number[] = [];
    for (let version = versions.min; version <= versions.max; version++) {
      const applies =
        inRange(versionRange(field.versions), version) && inRange(this.#message.flexible, version) === flexible;
      if (applies) sizes.push(sizeMin(field.type.of, version, flexible));
    }
    return sizes.length === 0 ? 1 : Math.max(1, Math.min(...sizes));
  }

  /** What a struct within a struct holds when it is absent, and whether a given one is. */
  #absence(named: readonly Named[]): readonly string[] {
    return named.flatMap(({ field, name }) => {
      if (field.type.kind !== 'struct') return [];
      const inner: readonly Named[] = Object.entries(field.type.fields).map(([key, each]) => ({
        key,
        field: each,
        name: name + upperFirst(key),
      }));
      const values = inner.map((each) => `  ${each.key}: ${absentText(each.field, each.name)},\n`);
      const tests = inner.map((each) => `!(${isPresent(each, `x.${each.key}`)})`);
      return [
        `const absent${name}: ${name}Value = {\n${values.join('')}};\n`,
        `function isAbsent${name}(x: ${name}): boolean {\n  return ${tests.join(' && ')};\n}\n`,
      ];
    });
  }

  #structWriter(name: string, named: readonly Named[]): string {
    const lines = named.map((each) => this.#writeLine(each));
    const flexible = this.#when(this.#message.flexible);
    const tagged = named
      .filter(({ field }) => field.tag !== undefined)
      .sort((a, b) => (a.field.tag ?? 0) - (b.field.tag ?? 0));
    const tags = tagged.length === 0 ? 'w.uvarint(0);' : `write${name}Tags(w, v, x);`;
    if (flexible !== false) lines.push(`  ${flexible === true ? '' : `if (${flexible}) `}${tags}\n`);
    const writer = this.#function(`write${name}(w: Writer, v: number, x: ${name}): void`, lines.join(''));
    return tagged.length === 0 || flexible === false ? writer : `${this.#tagWriter(name, tagged)}\n${writer}`;
  }

  #writeLine(each: Named): string {
    const { field, key, name } = each;
    const has = this.#when(field.versions);
    const refusal = `if (${isPresent(each, `x.${key}`)}) lost('${key}', v);`;
    if (field.tag !== undefined)
      return has === true || field.ignorable === true ? '' : `  if (!(${String(has)})) ${refusal}\n`;
    if (has === false) return field.ignorable === true ? '' : `  ${refusal}\n`;
    const write = this.#write(field, name, `(x.${key} === undefined ? ${absentText(field, name)} : x.${key})`);
    if (has === true) return `  ${write}\n`;
    return `  if (${has}) {\n    ${write}\n  }${field.ignorable === true ? '' : ` else ${refusal}`}\n`;
  }

  #tagWriter(name: string, tagged: readonly Named[]): string {
    const presence = tagged.map((each) => {
      const versions = this.#when(each.field.taggedVersions ?? each.field.versions);
      const carried = typeof versions === 'string' ? `${versions} && ` : '';
      return `  const ${each.key} = ${carried}${isPresent(each, `x.${each.key}`)} ? x.${each.key} : undefined;\n`;
    });
    const writes = tagged.map(
      (each) =>
        `  if (${each.key} !== undefined) {
    w.uvarint(${each.field.tag});
    const start = w.size;
    ${this.#write(each.field, each.name, each.key)}
    w.prefixLength(start);
  }\n`,
    );
    const count = tagged.map(({ key }) => `(${key} === undefined ? 0 : 1)`).join(' + ');
    return this.#function(
      `write${name}Tags(w: Writer, v: number, x: ${name}): void`,
      `${presence.join('')}  w.uvarint(${count});\n${writes.join('')}`,
    );
  }

  #write(field: AnyField, name: string, value: string): string {
    const { type } = field;
    if (type.kind === 'array') return `write${name}Array(w, v, ${value});`;
    const nullable = this.#when(field.nullable);
    if (type.kind === 'struct') {
      if (nullable !== false) throw new Error(`${name}: a nullable struct is left to the closures`);
      return `write${name}(w, v, ${value});`;
    }
    if (type.kind !== 'string' && type.kind !== 'bytes' && type.kind !== 'records') return `w.${type.kind}(${value});`;
    const method = type.kind === 'bytes' ? 'Blob' : upperFirst(type.kind);
    const checked = choose(nullable, value, `some(${value})`);
    return either(
      this.#when(this.#message.flexible),
      `w.compact${method}(${checked});`,
      `w.${method.toLowerCase()}(${checked});`,
    );
  }

  #arrayWriter({ field, name }: Named): string {
    if (field.type.kind !== 'array') return '';
    const { of } = field.type;
    const nullable = this.#when(field.nullable);
    const refuse =
      nullable === true
        ? ''
        : `  if (values === null${nullable === false ? '' : ` && !(${nullable})`}) some(values);\n`;
    const count = either(this.#when(this.#message.flexible), 'w.compactCount(count);', 'w.count(count);');
    const body = `${refuse}  const count = values === null ? null : values.length;
  ${count}
  if (values === null) return;
  for (const each of values) ${this.#write({ type: of, versions: '0+' }, name, 'each')}\n`;
    return this.#function(
      `write${name}Array(w: Writer, v: number, values: readonly ${typeName(of, name, false)}[] | null): void`,
      body,
    );
  }

  /** A function whose version goes by another name where nobody asks for it. */
  #function(signature: string, body: string): string {
    const head = /\bv\b/.test(body) ? signature : signature.replace('v: number', '_v: number');
    return `function ${head} {\n${body}}\n`;
  }
}
