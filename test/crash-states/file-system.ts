/**
 * What of a recorded run a power cut may leave, by the contract of `Disk` and `Store` and no more:
 *
 * - A commit makes durable what was written to its files before it was asked for, and the names on the way to them; a
 *   folder's commit what it lists, and the names on the way to it.
 * - Of all else each write is there, or is not, or is torn, whatever was written after it; a file may have its length
 *   before its data, zeros in between; each name made, moved or removed is so, or not yet. Only changes of one name
 *   keep their order. A journaling file system leaves some of these states, and no others.
 * - Of the store's commits under way the first few took effect.
 */
import type { Recorded, RecordedCall } from '@skerry/testkit';

/** What is on a disk and in a store, between two processes. */
export interface World {
  readonly folders: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** By the key, a letter a byte. */
  readonly store: ReadonlyMap<string, Uint8Array>;
}

export const emptyWorld: World = { folders: [], files: new Map(), store: new Map() };

/** A write, or a cut at `at` if there are no `bytes`. */
export interface Change {
  readonly at: number;
  readonly bytes: Uint8Array | undefined;
  /** Its call has returned, so that a commit asked for now takes it along. */
  written: boolean;
}

export class FileNode {
  readonly kind = 'file';
  durable: Uint8Array = new Uint8Array(0);
  pending: Change[] = [];
}

export class FolderNode {
  readonly kind = 'folder';
  readonly seen = new Map<string, Node>();
  readonly durable = new Map<string, Node>();
}

export type Node = FileNode | FolderNode;

interface Binding {
  readonly folder: FolderNode;
  readonly name: string;
  /** Undefined when the name is gone. */
  readonly node: Node | undefined;
}

/** A change of names that happens as a whole. */
export type NameChange = readonly Binding[];

interface Handle {
  readonly node: FileNode;
  readonly path: string;
}

/** Which of what may survive does. */
export interface Choice {
  name(index: number): boolean;
  /** The file, given the bytes that survive for sure and the changes on top. */
  content(file: FileNode): Uint8Array;
  readonly storeCommits: number;
}

type Pairs = Map<string, Uint8Array>;

export class CrashModel {
  readonly #root = new FolderNode();
  readonly #handles = new Map<number, Handle>();
  readonly #underWay = new Map<number, (done: Extract<RecordedCall, { kind: 'done' }>) => void>();
  names: NameChange[] = [];
  #store: Pairs;
  /** Commits of the store that were not called back. */
  storeCommits: Extract<RecordedCall, { kind: 'storeCommit' }>[] = [];

  constructor(base: World = emptyWorld) {
    for (const path of base.folders) this.#makeFolder(path);
    for (const [path, bytes] of base.files) {
      const { folder, name } = this.#parent(path);
      const file = new FileNode();
      file.durable = bytes;
      this.#bind([{ folder, name, node: file }]);
    }
    this.#settleNames(() => true);
    this.#store = new Map(base.store);
  }

  apply(event: Recorded<unknown>): void {
    switch (event.kind) {
      case 'mark':
        return;
      case 'open':
        this.#open(event);
        return;
      case 'makeFolder':
        this.#makeFolder(event.path);
        return;
      case 'write':
      case 'poolWrite':
      case 'truncate':
        this.#change(event);
        return;
      case 'rename':
        this.#rename(event.source, event.target);
        return;
      case 'remove': {
        const { folder, name } = this.#parent(event.path);
        this.#bind([{ folder, name, node: undefined }]);
        return;
      }
      case 'commit':
        this.#commit(event);
        return;
      case 'commitFolder':
        this.#commitFolder(event);
        return;
      case 'storeCommit':
        this.#commitStore(event);
        return;
      case 'done':
        this.#underWay.get(event.call)?.(event);
        this.#underWay.delete(event.call);
    }
  }

  /** Files that may be found and have changes that are not durable, in the order in which they are found. */
  dirtyFiles(): FileNode[] {
    const found = new Set<Node>();
    const visit = (node: Node | undefined): void => {
      if (node === undefined || found.has(node)) return;
      found.add(node);
      if (node.kind === 'folder') for (const below of node.durable.values()) visit(below);
    };
    visit(this.#root);
    for (const change of this.names) for (const { node } of change) visit(node);
    return [...found].filter((node) => node.kind === 'file').filter(({ pending }) => pending.length > 0);
  }

  build(choice: Choice): World {
    const changed = new Map<FolderNode, Map<string, Node>>();
    const entries = (folder: FolderNode): Map<string, Node> => {
      let own = changed.get(folder);
      if (own === undefined) changed.set(folder, (own = new Map(folder.durable)));
      return own;
    };
    for (const [i, change] of this.names.entries()) {
      if (!choice.name(i)) continue;
      for (const { folder, name, node } of change) {
        if (node === undefined) entries(folder).delete(name);
        else entries(folder).set(name, node);
      }
    }
    const folders: string[] = [];
    const files = new Map<string, Uint8Array>();
    const walk = (folder: FolderNode, prefix: string): void => {
      for (const [name, node] of changed.get(folder) ?? folder.durable) {
        const path = `${prefix}${name}`;
        if (node.kind === 'folder') {
          folders.push(path);
          walk(node, `${path}/`);
        } else files.set(path, node.pending.length === 0 ? node.durable : choice.content(node));
      }
    };
    walk(this.#root, '');
    let store = this.#store;
    if (choice.storeCommits > 0) {
      store = new Map(store);
      for (const commit of this.storeCommits.slice(0, choice.storeCommits)) applyCommit(store, commit);
    }
    return { folders, files, store };
  }

  #open({ path, file, created }: Extract<RecordedCall, { kind: 'open' }>): void {
    const { folder, name } = this.#parent(path);
    if (created) this.#bind([{ folder, name, node: new FileNode() }]);
    const node = folder.seen.get(name);
    if (node?.kind !== 'file') throw new Error(`${path} was opened and is no file`);
    this.#handles.set(file, { node, path });
  }

  #makeFolder(path: string): void {
    let folder = this.#root;
    for (const name of path.split('/')) {
      let below = folder.seen.get(name);
      if (below === undefined) {
        below = new FolderNode();
        this.#bind([{ folder, name, node: below }]);
      }
      if (below.kind !== 'folder') throw new Error(`${path} leads through a file`);
      folder = below;
    }
  }

  #rename(source: string, target: string): void {
    const from = this.#parent(source);
    const to = this.#parent(target);
    const node = from.folder.seen.get(from.name);
    this.#bind([
      { ...from, node: undefined },
      { ...to, node },
    ]);
  }

  #bind(change: NameChange): void {
    for (const { folder, name, node } of change) {
      if (node === undefined) folder.seen.delete(name);
      else folder.seen.set(name, node);
    }
    this.names.push(change);
  }

  #change(event: Extract<RecordedCall, { kind: 'write' | 'poolWrite' | 'truncate' }>): void {
    const { node } = this.#handle(event.file);
    if (event.kind === 'truncate') {
      node.pending.push({ at: event.size, bytes: undefined, written: true });
      return;
    }
    const change: Change = { at: event.at, bytes: event.bytes, written: event.kind === 'write' };
    node.pending.push(change);
    if (event.kind === 'write') return;
    this.#underWay.set(event.call, ({ failed, bytesTaken }) => {
      change.written = true;
      const at = node.pending.indexOf(change);
      if (failed && at >= 0) node.pending[at] = { ...change, bytes: event.bytes.subarray(0, bytesTaken) };
    });
  }

  #commit({ call, files }: Extract<RecordedCall, { kind: 'commit' }>): void {
    const covered = files.map(({ file, end }) => {
      const { node, path } = this.#handle(file);
      return { node, end, changes: new Set(node.pending.filter(({ written }) => written)), path };
    });
    const way = files.flatMap(({ file }) => this.#wayTo(this.#handle(file).path));
    const names = this.#touching(way);
    this.#underWay.set(call, ({ failed }) => {
      if (failed) return;
      for (const { node, end, changes } of covered) synced(node, changes, end);
      this.#settleNames((change) => names.has(change));
    });
  }

  #commitFolder({ call, folder: path }: Extract<RecordedCall, { kind: 'commitFolder' }>): void {
    const folder = path === '' ? this.#root : this.#find(path);
    const names = this.#touching(path === '' ? [] : this.#wayTo(path));
    for (const change of this.names) if (change.some((binding) => binding.folder === folder)) names.add(change);
    this.#underWay.set(call, ({ failed }) => {
      if (!failed) this.#settleNames((change) => names.has(change));
    });
  }

  #commitStore(event: Extract<RecordedCall, { kind: 'storeCommit' }>): void {
    this.storeCommits.push(event);
    this.#underWay.set(event.call, ({ failed }) => {
      this.storeCommits = this.storeCommits.filter((commit) => commit !== event);
      if (failed) return;
      this.#store = new Map(this.#store);
      applyCommit(this.#store, event);
    });
  }

  #touching(way: readonly { readonly folder: FolderNode; readonly name: string }[]): Set<NameChange> {
    const touches = (change: NameChange): boolean =>
      change.some(({ folder, name }) => way.some((entry) => entry.folder === folder && entry.name === name));
    return new Set(this.names.filter(touches));
  }

  /** Makes those changes durable, and with each the earlier ones of the same names. */
  #settleNames(isSettled: (change: NameChange) => boolean): void {
    const settled = new Set<NameChange>();
    for (const change of this.names.toReversed()) {
      const later = [...settled].some((other) => other.some((binding) => change.some((own) => sameName(own, binding))));
      if (later || isSettled(change)) settled.add(change);
    }
    for (const change of this.names) {
      if (!settled.has(change)) continue;
      for (const { folder, name, node } of change) {
        if (node === undefined) folder.durable.delete(name);
        else folder.durable.set(name, node);
      }
    }
    this.names = this.names.filter((change) => !settled.has(change));
  }

  #handle(file: number): Handle {
    const handle = this.#handles.get(file);
    if (handle === undefined) throw new Error(`file ${file} was never opened`);
    return handle;
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of path.split('/')) node = node?.kind === 'folder' ? node.seen.get(name) : undefined;
    return node;
  }

  #parent(path: string): { readonly folder: FolderNode; readonly name: string } {
    const at = path.lastIndexOf('/');
    const folder = at < 0 ? this.#root : this.#find(path.slice(0, at));
    if (folder?.kind !== 'folder') throw new Error(`${path} lies in no folder`);
    return { folder, name: path.slice(at + 1) };
  }

  #wayTo(path: string): { readonly folder: FolderNode; readonly name: string }[] {
    const way = [];
    let folder: Node | undefined = this.#root;
    for (const name of path.split('/')) {
      if (folder?.kind !== 'folder') break;
      way.push({ folder, name });
      folder = folder.seen.get(name);
    }
    return way;
  }
}

const sameName = (a: Binding, b: Binding): boolean => a.folder === b.folder && a.name === b.name;

function applyCommit(store: Pairs, { changes }: Extract<RecordedCall, { kind: 'storeCommit' }>): void {
  for (const { key, value } of changes) {
    if (value === undefined) store.delete(keyText(key));
    else store.set(keyText(key), value);
  }
}

export const keyText = (key: Uint8Array): string => String.fromCharCode(...key);

/** `changes` are durable up to position `end`; what lies beyond is not yet, unless a cut among them took it away. */
function synced(file: FileNode, changes: ReadonlySet<Change>, end: number): void {
  let beyond: Change[] = [];
  for (const change of file.pending) {
    const { at, bytes } = change;
    if (!changes.has(change)) continue;
    if (bytes === undefined) {
      file.durable = withChange(file.durable, at, bytes);
      beyond = beyond.flatMap((held) => clip(held, 0, at));
      continue;
    }
    for (const part of clip(change, 0, end)) file.durable = withChange(file.durable, part.at, part.bytes);
    beyond.push(...clip(change, end, Infinity));
  }
  file.pending = [...beyond, ...file.pending.filter((change) => !changes.has(change))];
}

/** The part of a write that lies in [start, end): none, or one. */
function clip({ at, bytes = new Uint8Array(0) }: Change, start: number, end: number): Change[] {
  const from = Math.max(at, start);
  const to = Math.min(at + bytes.length, end);
  return from < to ? [{ at: from, bytes: bytes.subarray(from - at, to - at), written: true }] : [];
}

/** `content` after a write of `bytes` at `at`, or a cut there. */
export function withChange(content: Uint8Array, at: number, bytes: Uint8Array | undefined): Uint8Array {
  const length = bytes === undefined ? at : Math.max(content.length, at + bytes.length);
  const changed = new Uint8Array(length);
  changed.set(content.subarray(0, length));
  if (bytes !== undefined) changed.set(bytes, at);
  return changed;
}
