import { utf8Decode } from '@skerry/base';

/** The protocol type of consumers, whose metadata the coordinator may read. */
export const consumerProtocolType = 'consumer';

/**
 * The topics that a consumer's metadata names, or undefined if it is not a consumer's.
 *
 * Every version of the subscription starts as version 0: an int16 version, then an array of strings (KIP-429). No more
 * is read, so that no later version is in the way.
 */
export function subscribedTopics(metadata: Uint8Array): readonly string[] | undefined {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.length);
  if (metadata.length < 6 || view.getInt16(0) < 0) return undefined;
  const count = view.getInt32(2);
  const topics: string[] = [];
  let at = 6;
  for (let i = 0; i < count; i++) {
    if (at + 2 > metadata.length) return undefined;
    const length = view.getInt16(at);
    at += 2;
    if (length < 0 || at + length > metadata.length) return undefined;
    topics.push(utf8Decode(metadata, at, at + length));
    at += length;
  }
  return topics;
}
