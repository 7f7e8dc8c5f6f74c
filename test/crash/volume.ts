/**
 * A file system of its own whose power can be cut: an image, loop-mounted. `cutPower` shuts the file system down
 * without flushing its log; after `remount` exactly what was synced is there.
 *
 * Needs root, loop devices, and the package xfsprogs (its xfs_io shuts down ext4 too), which is installed when missing.
 * All of a process lies below one folder that names its pid: what a killed run left is cleared by the next one.
 */
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const fileSystems = ['ext4', 'xfs'] as const;
export type FileSystem = (typeof fileSystems)[number];

const folderPrefix = 'skerry-crash-';
const own = join(tmpdir(), `${folderPrefix}${process.pid}`);
const mounted = new Set<string>();
let count = 0;

/** Space on the machine's disk is only taken for what is written. XFS refuses less than 300 MiB. */
const imageBytes = 2 * 1024 ** 3;

/** Why no power can be cut here, or undefined. Installs what is missing first, and says so. */
export async function whyNoPowerCuts(say: (line: string) => void = () => {}): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'loop mounts are a matter of Linux';
  if (process.getuid?.() !== 0) return 'mounting needs root';
  sweep();
  const missing = () => ['xfs_io', 'mkfs.xfs', 'mkfs.ext4'].filter((program) => !installed(program));
  if (missing().length > 0 && installed('apt-get')) {
    say(`installing xfsprogs and e2fsprogs: ${missing().join(', ')} missing`);
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = ['-y', '-q', 'install', 'xfsprogs', 'e2fsprogs'];
    if (spawnSync('apt-get', install, { env: environment, stdio: 'ignore' }).status !== 0) {
      spawnSync('apt-get', ['-q', 'update'], { stdio: 'ignore' });
      spawnSync('apt-get', install, { env: environment, stdio: 'ignore' });
    }
  }
  if (missing().length > 0) return `not installed: ${missing().join(', ')}`;
  try {
    const volume = await Volume.make('ext4');
    await volume.destroy();
    return undefined;
  } catch (error) {
    return `cannot mount an image: ${(error as Error).message.trim()}`;
  }
}

export class Volume {
  readonly kind: FileSystem;
  readonly folder: string;
  readonly #image: string;

  private constructor(kind: FileSystem, folder: string, image: string) {
    this.kind = kind;
    this.folder = folder;
    this.#image = image;
  }

  static async make(kind: FileSystem, bytes = imageBytes): Promise<Volume> {
    const base = join(own, `${kind}-${count++}`);
    const image = `${base}.image`;
    mkdirSync(base, { recursive: true });
    writeFileSync(image, '');
    truncateSync(image, bytes);
    if (kind === 'xfs') await run('mkfs.xfs', ['-q', image]);
    else await run('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=1,lazy_journal_init=1', image]);
    const volume = new Volume(kind, base, image);
    await volume.#mount();
    return volume;
  }

  /** All that was written until now survives a power cut. */
  async sync(): Promise<void> {
    await run('sync', ['-f', this.folder]);
  }

  /** From here on nothing reaches the disk any more: what was not synced is lost, and writers get EIO. */
  async cutPower(): Promise<void> {
    await run('xfs_io', ['-x', '-c', 'shutdown', this.folder]);
  }

  /** Power is back: the file system recovers. Nobody may have a file of it open. */
  async remount(): Promise<void> {
    for (let tries = 0; ; tries++) {
      await this.#unmount();
      await this.#mount();
      // Whoever still holds the old instance of the file system, be it for a moment, has us given that one again.
      if (this.#isWritable()) return;
      if (tries === 50) throw new Error(`${this.folder} stays shut down`);
      await delay(100);
    }
  }

  #isWritable(): boolean {
    const probe = join(this.folder, 'probe');
    try {
      writeFileSync(probe, '');
      rmSync(probe);
      return true;
    } catch {
      return false;
    }
  }

  async destroy(): Promise<void> {
    await this.#unmount();
    rmSync(this.#image, { force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Leaves a copy of what is there now, and says where. */
  keep(): string {
    const kept = join(tmpdir(), `skerry-kept-${process.pid}-${this.kind}`);
    try {
      cpSync(this.folder, kept, { recursive: true });
      return kept;
    } catch (error) {
      return `${kept}, as far as it could be read: ${(error as Error).message}`;
    }
  }

  async #mount(): Promise<void> {
    await run('mount', ['-o', 'loop', this.#image, this.folder]);
    mounted.add(this.folder);
  }

  async #unmount(): Promise<void> {
    // The loop device goes with the mount. A process that was just killed may still hold it for a moment.
    for (let tries = 0; ; tries++) {
      try {
        await run('umount', [this.folder]);
        break;
      } catch (error) {
        if (tries === 50) throw error;
        await delay(100);
      }
    }
    mounted.delete(this.folder);
  }
}

const installed = (program: string): boolean =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) => existsSync(join(folder, program)));

/** Clears what runs left that did not get to it themselves. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.startsWith(folderPrefix) ? name.slice(folderPrefix.length) : Number.NaN);
    if (!Number.isInteger(pid) || pid === process.pid || existsSync(`/proc/${pid}`)) continue;
    clear(join(tmpdir(), name));
  }
}

function clear(folder: string): void {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  for (const mount of mounts.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${folder}/`))) {
    spawnSync('umount', ['-l', mount]);
  }
  rmSync(folder, { recursive: true, force: true });
}

process.on('exit', () => {
  if (mounted.size > 0 || existsSync(own)) clear(own);
});
