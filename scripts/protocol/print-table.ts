/** Prints a message definition as one of our tables: TypeScript, in the project's format. */
import type { FieldDefinition, MessageDefinition, StructDefinition } from './definitions.ts';

const columnsMax = 120;
const scalars = [
  'bool',
  'int8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'float64',
  'uuid',
  'string',
  'bytes',
  'records',
];
/** An int64 with such a name is a position in a partition. */
const position = /(?:Offset|Watermark)$/i;

export const lowerFirst = (name: string): string => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
export const kebab = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

export interface Table {
  /** Constants: shared structs, then the message itself. */
  readonly text: string;
  /** What the text needs from schema.ts. */
  readonly uses: ReadonlySet<string>;
}

interface TableOptions {
  /** The constant that holds straight-line code for the message. */
  readonly straight?: string | undefined;
  /** What stands before the message's own name, where another table has that. */
  readonly prefix?: string | undefined;
}

export function table(definition: MessageDefinition, { straight, prefix = '' }: TableOptions = {}): Table {
  const uses = new Set(['message', 'type ValueOf', 'type InputOf']);
  const common = definition.commonStructs ?? [];
  const shared = new Map(common.map(({ name }) => [name, `${lowerFirst(definition.name)}${name}`]));
  const printer: Printer = { uses, shared, versions: definition.validVersions };
  const parts = inOrder(common).map(
    ({ name, fields }) => `const ${shared.get(name)} = ${struct(fields, '', printer)};\n`,
  );
  const named = prefix + definition.name;
  const constant = lowerFirst(named);
  const head = [`name: '${definition.name}'`];
  if (definition.apiKey !== undefined) head.push(`apiKey: ${definition.apiKey}`);
  head.push(`versions: '${definition.validVersions}'`, `flexible: '${definition.flexibleVersions}'`);
  head.push(`fields: ${struct(definition.fields, '  ', printer)}`);
  if (straight !== undefined) head.push(`straight: ${straight}`);
  const types = definition.fields.length === 0 ? '' : typesOf(named, constant);
  parts.push(`export const ${constant} = message({\n${head.map((line) => `  ${line},\n`).join('')}});\n${types}`);
  return { text: parts.join('\n'), uses };
}

function typesOf(name: string, constant: string): string {
  return [`${name} = ValueOf<typeof ${constant}>;`, `${name}Input = InputOf<typeof ${constant}>;`]
    .map((type) => `export type ${type}`)
    .map((line) => `${line.length <= columnsMax ? line : line.replace(' = ', ' =\n  ')}\n`)
    .join('');
}

interface Printer {
  readonly uses: Set<string>;
  readonly shared: ReadonlyMap<string, string>;
  readonly versions: string;
}

/** Shared structs, each after those it holds. */
function inOrder(structs: readonly StructDefinition[]): readonly StructDefinition[] {
  const sorted: StructDefinition[] = [];
  const visit = (struct: StructDefinition): void => {
    if (sorted.includes(struct)) return;
    const held = (fields: readonly FieldDefinition[]): readonly string[] =>
      fields.flatMap(({ type, fields: inner = [] }) => [type.replace('[]', ''), ...held(inner)]);
    const names = held(struct.fields);
    for (const other of structs) if (other !== struct && names.includes(other.name)) visit(other);
    sorted.push(struct);
  };
  structs.forEach(visit);
  return sorted;
}

function struct(fields: readonly FieldDefinition[], indent: string, printer: Printer): string {
  if (fields.length === 0) return '{}';
  const lines = fields.map((each) => `${indent}  ${lowerFirst(each.name)}: ${field(each, `${indent}  `, printer)},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

function field(definition: FieldDefinition, indent: string, printer: Printer): string {
  const versions = definition.versions ?? definition.taggedVersions ?? printer.versions;
  const element = definition.type.replace('[]', '');
  const kind = element === 'int64' && position.test(definition.name) ? 'offset' : element;
  const parts = [`'${versions}'`];
  let constructor = kind;
  if (!scalars.includes(element)) {
    constructor = definition.type === element ? 'struct' : 'array';
    parts.push(printer.shared.get(element) ?? struct(definition.fields ?? [], indent, printer));
  } else if (definition.type !== element) {
    constructor = 'array';
    printer.uses.add(kind);
    parts.push(kind);
  }
  printer.uses.add(constructor);
  const options = optionsOf(definition, kind, versions);
  const line = `${constructor}(${[...parts, ...(options.length > 0 ? [`{ ${options.join(', ')} }`] : [])].join(', ')})`;
  const last = line.slice(line.lastIndexOf('\n') + 1);
  // Name, colon and comma stand on the same line.
  if (indent.length + definition.name.length + 3 + last.length <= columnsMax) return line;
  const inner = options.map((option) => `${indent}  ${option},\n`).join('');
  return `${constructor}(${parts.join(', ')}, {\n${inner}${indent}})`;
}

function optionsOf(definition: FieldDefinition, kind: string, versions: string): readonly string[] {
  const options: string[] = [];
  const absent = absentOf(definition, kind);
  if (definition.nullableVersions !== undefined) options.push(`nullable: '${definition.nullableVersions}'`);
  if (absent !== undefined) options.push(`absent: ${absent}`);
  if (definition.tag !== undefined) options.push(`tag: ${definition.tag}`);
  if (definition.tag !== undefined && definition.taggedVersions !== versions) {
    options.push(`taggedVersions: '${definition.taggedVersions}'`);
  }
  if (definition.ignorable === true) options.push('ignorable: true');
  if (definition.flexibleVersions === 'none') options.push(`flexible: 'none'`);
  return options;
}

function absentOf(definition: FieldDefinition, kind: string): string | undefined {
  // A bare JSON null means no default to Kafka's generator; only the string does mean null.
  if (definition.default === undefined || definition.default === null) return undefined;
  const text = String(definition.default);
  if (text === 'null') return 'null';
  if (text === '' || text === '0' || text === 'false') return undefined;
  if (kind === 'offset') return text === '9223372036854775807' ? 'Infinity' : text;
  return kind === 'int64' ? `${text}n` : kind === 'string' ? `'${text}'` : text;
}
