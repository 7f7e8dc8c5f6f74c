/** A copy of the sources, with some of them changed, in which the simulator finds the changed ones. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Edit } from './patches.ts';

const root = resolve(import.meta.dirname, '../../..');

/** The files that `edits` change, as they are then, by their paths. Fails if an edit does not fit. */
export function edited(edits: readonly Edit[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const text = files.get(file) ?? readFileSync(join(root, file), 'utf8');
    const found = text.split(find).length - 1;
    if (found !== 1) throw new Error(`${file}: found ${found} times: ${find}`);
    // Not `replace` with a text, in which dollars have a meaning.
    files.set(file, text.split(find).join(replace));
  }
  return files;
}

export interface Copy {
  /** Where the copy of this folder's parent is. */
  readonly folder: string;
  remove(): void;
}

/** Copies packages and simulator, and makes `edits` in the copy. */
export function copyWith(edits: readonly Edit[]): Copy {
  const changed = edited(edits);
  const to = mkdtempSync(join(tmpdir(), 'skerry-planted-'));
  for (const name of readdirSync(join(root, 'packages'))) {
    for (const part of ['src', 'package.json']) {
      cpSync(join(root, 'packages', name, part), join(to, 'packages', name, part), { recursive: true });
    }
  }
  cpSync(join(root, 'test/sim'), join(to, 'test/sim'), { recursive: true });
  writeFileSync(join(to, 'package.json'), '{ "type": "module" }');
  linkModules(to);
  for (const [file, text] of changed) writeFileSync(join(to, file), text);
  return { folder: join(to, 'test/sim'), remove: () => rmSync(to, { recursive: true, force: true }) };
}

/** Ours lead into the copy, all others to where they are. */
function linkModules(to: string): void {
  const modules = join(root, 'node_modules');
  mkdirSync(join(to, 'node_modules/@skerry'), { recursive: true });
  for (const name of readdirSync(modules)) {
    if (name !== '@skerry' && !name.startsWith('.')) symlinkSync(join(modules, name), join(to, 'node_modules', name));
  }
  for (const name of readdirSync(join(to, 'packages'))) {
    symlinkSync(join(to, 'packages', name), join(to, 'node_modules/@skerry', name));
  }
}
