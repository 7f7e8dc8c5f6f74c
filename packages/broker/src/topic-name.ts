import { limits } from '@skerry/base';

/** What is wrong with a topic's name, in words for its author; undefined when nothing is. Kafka's rules. */
export function topicNameFault(name: string): string | undefined {
  if (name === '') return 'the empty string is not allowed';
  if (name === '.' || name === '..') return `'${name}' is not allowed`;
  if (name.length > limits.topicNameLengthMax)
    return `the length of ${name.length} is longer than the max allowed length ${limits.topicNameLengthMax}`;
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    return "it contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
  return undefined;
}

/** The name of which `name` may not have a twin: metrics cannot tell `.` from `_` (Kafka's rule). */
export function collisionKey(name: string): string {
  return name.replaceAll('.', '_');
}

/**
 * The folder of a partition: readable, safe on disks that ignore case, at most 255 bytes, and another one for a topic
 * made again under its old name.
 */
export function partitionFolder(name: string, id: string, index: number): string {
  return `${name.slice(0, 200)}-${index}.${folderTail(id)}`;
}

/** What folders of the topic with this id end with, after a dot. */
export function folderTail(id: string): string {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
