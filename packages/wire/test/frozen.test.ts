/**
 * The layout of every released version is a text in frozen/. A version is added below the others; a change above is a
 * break with every client and log that has the old one.
 */
import { inRange, versionRange } from '@skerry/wire';
import { expect, test } from 'vitest';
import { type AnyField, type AnyMessage, tables, versionsOf } from './support/tables.ts';

test.each([...tables.values()])('$name is laid out as released', async (message) => {
  const text = versionsOf(message).map((version) => layout(message, version));
  await expect(text.join('\n')).toMatchFileSnapshot(`frozen/${message.name}.txt`);
});

function layout(message: AnyMessage, version: number): string {
  const flexible = inRange(message.flexible, version);
  const head = `v${version}${message.apiKey < 0 ? '' : ` key ${message.apiKey}`}${flexible ? ' flexible' : ''}`;
  return [head, ...rows(message.fields, version, '  '), ''].join('\n');
}

function rows(fields: AnyMessage['fields'], version: number, indent: string): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    if (!inRange(versionRange(field.versions), version)) return [];
    const words = [`${name}: ${typeName(field.type)}`];
    if (inRange(versionRange(field.nullable ?? 'none'), version)) words.push('or null');
    if (field.flexible === 'none') words.push('not compact');
    if (field.tag !== undefined) words.push(`tag ${field.tag}`);
    const absent = field.absent as bigint | number | string | boolean | null | undefined;
    if (absent !== undefined) words.push(`absent ${String(absent)}`);
    return [`${indent}${words.join(', ')}`, ...rows(inner(field.type), version, `${indent}  `)];
  });
}

function typeName(type: AnyField['type']): string {
  return type.kind === 'array' ? `[]${typeName(type.of)}` : type.kind;
}

function inner(type: AnyField['type']): AnyMessage['fields'] {
  const of = type.kind === 'array' ? type.of : type;
  return of.kind === 'struct' ? of.fields : {};
}
