/** Requests as they are sent: a case's value fitted to a version, nulls and all. */
import { frameOf } from '@skerry/testkit';
import { type Field, type Fields, inRange, type Message, versionRange } from '@skerry/wire/all';

type Struct = Readonly<Record<string, unknown>>;
type AnyField = Field<unknown, never>;

/** `value` without the fields that `version` lacks. */
function fitted(fields: Fields, version: number, value: Struct): Struct {
  const fit: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const held = value[name];
    if (held === undefined || !inRange(versionRange(field.versions), version)) continue;
    fit[name] = fittedField(field.type, version, held);
  }
  const stray = Object.keys(value).find((name) => !(name in fields));
  if (stray !== undefined) throw new Error(`no field ${stray} in ${Object.keys(fields).join(', ')}`);
  return fit;
}

function fittedField(type: AnyField['type'], version: number, value: unknown): unknown {
  if (value === null) return null;
  if (type.kind === 'struct') return fitted(type.fields, version, value as Struct);
  if (type.kind !== 'array') return value;
  return (value as readonly unknown[]).map((one) => fittedField(type.of, version, one));
}

const loosened = new Map<object, Message<unknown, unknown>>();

/**
 * The same layout, but null may be sent wherever the encoding has a form for it: what the receiver makes of it is the
 * question. (A struct that may be null is laid out differently, so structs stay.)
 */
function loose(message: Message<unknown, never>): Message<unknown, unknown> {
  const known = loosened.get(message);
  if (known !== undefined) return known;
  const made = { ...message, fields: looseFields(message.fields), straight: undefined } as Message<unknown, unknown>;
  loosened.set(message, made);
  return made;
}

function looseFields(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, looseField(field)]));
}

function looseField(field: AnyField): AnyField {
  const type = looseType(field.type);
  return type.kind === 'struct' ? { ...field, type } : { ...field, type, nullable: '0+' };
}

function looseType(type: AnyField['type']): AnyField['type'] {
  if (type.kind === 'struct') return { ...type, fields: looseFields(type.fields) };
  return type.kind === 'array' ? { ...type, of: looseType(type.of) } : type;
}

/** A request of any value the encoding has a form for. */
export function frame(message: Message<unknown, never>, version: number, value: unknown, clientId: string): Uint8Array {
  const fit = fitted(message.fields, version, value as Struct);
  return frameOf({ message: loose(message), version, value: fit, clientId });
}
