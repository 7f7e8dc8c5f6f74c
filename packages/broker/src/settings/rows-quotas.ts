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
  'controller.quota.window.size.seconds': int({ default: 1, min: 1, doc: 'How long each of those windows is.' }),
} as const;
