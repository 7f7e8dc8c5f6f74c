/** The Rust client: compiled by cargo in the cache folder, the crates it needs once for all versions of the cases. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../scripts/reference-kafka.ts';
import { type Client, hashOf, lacking, once, run, type Toolchain } from './run.ts';

const sources = join(import.meta.dirname, '..', 'rust');
const files = ['Cargo.toml', 'src/main.rs', 'src/cases.rs'];

async function rustCases(): Promise<Toolchain> {
  const folder = join(cacheFolder, 'rust', hashOf(...files.map((file) => readFileSync(join(sources, file)))));
  const program = join(folder, 'rskafka-cases');
  if (!existsSync(program)) {
    const missing = await lacking([['cargo', '--version']]);
    if (missing !== undefined) return { missing };
  }
  await once(folder, async () => {
    const target = join(cacheFolder, 'rust', 'target');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'src'), { recursive: true });
    for (const file of files) cpSync(join(sources, file), join(folder, file));
    await run('nice', ['-n', '10', 'cargo', 'build', '--quiet'], { cwd: folder, env: { CARGO_TARGET_DIR: target } });
    cpSync(join(target, 'debug', 'rskafka-cases'), program);
  });
  return { command: program, args: [] };
}

const noGroups = 'it knows no groups, by intent';

export const rskafka: Client = {
  name: 'Rust rskafka 0.6.0',
  tests: ['rust/rskafka.more.test.ts'],
  install: rustCases,
  lacks: {
    idempotence: 'it has no idempotent producer',
    group: noGroups,
    'static membership': noGroups,
    cooperative: noGroups,
    commit: noGroups,
    'admin configs': 'it has no calls for settings',
    'admin groups': noGroups,
    'admin quotas': 'it has no calls for quotas',
    'admin other': 'it has calls for topics and records only',
  },
};

export const rustClients: readonly Client[] = [rskafka];
