/**
 * Writes every generated page of docs/: `npm run docs`. `test/tidy/generated.test.ts` holds what is committed to the
 * same list.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDrawing } from './print-architecture.ts';
import { compatibilityReference } from './print-compatibility.ts';
import { configReference } from './print-config.ts';
import { errorReference } from './print-errors.ts';
import { protocolReference } from './print-protocol.ts';

const root = join(import.meta.dirname, '..');

/** A page, and what it should hold; `committed` is what it holds now, of which a part may be written by hand. */
export const pages: readonly { readonly path: string; readonly make: (committed: string) => string }[] = [
  { path: 'docs/protocol.md', make: protocolReference },
  { path: 'docs/errors.md', make: errorReference },
  { path: 'docs/configuration.md', make: configReference },
  { path: 'docs/compatibility.md', make: compatibilityReference },
  { path: 'docs/ARCHITECTURE.md', make: withDrawing },
];

/** What a page holds now; nothing if it is missing. */
export function readPage(path: string): string {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

if (import.meta.main) for (const { path, make } of pages) writeFileSync(join(root, path), make(readPage(path)));
