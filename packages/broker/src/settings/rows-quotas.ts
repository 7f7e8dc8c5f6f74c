import { int } from './row.ts';

/** Quotas and what clients tell of themselves. */
export const quotaRows = {
  'quota.window.num': int({ default: 11, min: 1, doc: 'Windows over which the use of a quota is reckoned.' }),
  'quota.window.size.seconds': int({ default: 1, min: 1, doc: 'How long each of those windows is.' }),
  'controller.quota.window.num': int({
    default: 11,
    min: 1,
    doc: 'Windows whose worth of changes of topics a client may make at once, where it has a quota for them.',
  }),
  'telemetry.max.bytes': int({
    default: 1048576,
    min: 1,
    doc: 'The largest push of its own metrics that a client may send (KIP-714), as it comes and decompressed.',
  }),
  'controller.quota.window.size.seconds': int({ default: 1, min: 1, doc: 'How long each of those windows is.' }),
} as const;
