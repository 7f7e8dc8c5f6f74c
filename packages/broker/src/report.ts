import type { LogEvent } from '@skerry/log';

/** What happened in the broker, for the log, the metrics and the tests to listen to. Kinds are never reused. */
export type BrokerEvent =
  | LogEvent
  | { readonly kind: 'connectionRefused'; readonly host: string; readonly reason: string }
  | { readonly kind: 'handlerFailed'; readonly api: string; readonly version: number; readonly error: Error }
  | { readonly kind: 'partitionOffline'; readonly topic: string; readonly partition: number; readonly error: Error }
  | { readonly kind: 'removalFailed'; readonly topic: string; readonly partition: number; readonly error: Error };

export type Report = (event: BrokerEvent) => void;
