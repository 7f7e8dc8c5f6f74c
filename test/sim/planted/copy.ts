/** A copy of the sources, with some of them changed, in which the simulator finds the changed ones. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Edit } from './patches.ts';

const root = resolve(import.meta.dirname, '../../..');

/** Why an edit cannot be made in the sources as they are; undefined if it can. */
export function problemOf({ file, find }: Edit, text = readFileSync(join(root, file), 'utf8')): string | undefined {
  const found = text.split(find).length - 1;
  return found === 1 ? undefined : `${file}: found ${found} times: ${find}`;
}

export interface Copy {
  /** Where the copy of this folder's parent is. */
  readonly folder: string;
  remove(): void;
}

/** Copies packages and simulator, and makes `edits` in the copy. */
export function copyWith(edits: readonly Edit[]): Copy {
  const to = mkdtempSync(join(tmpdir(), 'skerry-planted-'));
  for (const name of readdirSync(join(root, 'packages'))) {
    for (const part of ['src', 'package.json']) {
      cpSync(join(root, 'packages', name, part), join(to, 'packages', name, part), { recursive: true });
    }
  }
  cpSync(join(root, 'test/sim'), join(to, 'test/sim'), { recursive: true });
  writeFileSync(join(to, 'package.json'), '{ "type": "module" }');
  linkModules(to);
  for (const edit of edits) {
    const path = join(to, edit.file);
    const text = readFileSync(path, 'utf8');
    const problem = problemOf(edit, text);
    if (problem !== undefined) throw new Error(problem);
    // Not `replace` with a text, in which dollars have a meaning.
    writeFileSync(path, text.split(edit.find).join(edit.replace));
  }
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
