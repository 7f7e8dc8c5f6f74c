/**
 * What clients from before Kafka 0.11 speak: messages of format 0 and 1, and the versions of APIs that Kafka 4 no
 * longer has (KIP-896). An entry of its own: most nodes never load it.
 */

export {
  type LegacyMessage,
  MessageFault,
  shallowMessages,
  type UnpackedSet,
  unpackSet,
} from './legacy/message-set.ts';
export { MessageSetWriter, messageBytes } from './legacy/message-set-writer.ts';
export * from './messages/legacy/00-produce.ts';
export * from './messages/legacy/01-fetch.ts';
export * from './messages/legacy/02-list-offsets.ts';
export * from './messages/legacy/08-offset-commit.ts';
export * from './messages/legacy/09-offset-fetch.ts';
export * from './messages/legacy/19-create-topics.ts';
export * from './messages/legacy/20-delete-topics.ts';
export * from './messages/legacy/23-offset-for-leader-epoch.ts';
export * from './messages/legacy/29-describe-acls.ts';
export * from './messages/legacy/30-create-acls.ts';
export * from './messages/legacy/31-delete-acls.ts';
export * from './messages/legacy/32-describe-configs.ts';
export * from './messages/legacy/34-alter-replica-log-dirs.ts';
export * from './messages/legacy/35-describe-log-dirs.ts';
export * from './messages/legacy/38-create-delegation-token.ts';
export * from './messages/legacy/39-renew-delegation-token.ts';
export * from './messages/legacy/40-expire-delegation-token.ts';
export * from './messages/legacy/41-describe-delegation-token.ts';
