/** What happened to the shared journal: for the operator's log, metrics and tests. */
export type JournalEvent =
  | {
      readonly kind: 'journalReplayed';
      readonly files: number;
      readonly entries: number;
      readonly bytes: number;
      /** Entries of files that are gone, or were cut below them by a change that was never made durable. */
      readonly skipped: number;
    }
  | { readonly kind: 'journalRolled'; readonly generation: number; readonly files: number }
  /** The files of the generation before are not synced yet: until they are, files are synced one by one. */
  | { readonly kind: 'journalBehind'; readonly generation: number; readonly files: number }
  | { readonly kind: 'journalFull'; readonly error: Error }
  | { readonly kind: 'journalDamaged'; readonly path: string; readonly position: number };
