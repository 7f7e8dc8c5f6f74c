/** kcat, the command-line client made of librdkafka: Debian's package, for it is not in a registry of any language. */
import { type Client, lacking, run, type Toolchain } from './run.ts';

const version = '1.7.1';

async function kcatProgram(): Promise<Toolchain> {
  const installed = () => lacking([['kcat', '-V']]);
  if ((await installed()) !== undefined) {
    const isRoot = process.getuid?.() === 0;
    const missing = (await lacking([['apt-get', '--version']])) ?? (isRoot ? undefined : 'kcat is not on this machine');
    if (missing !== undefined) return { missing: `${missing} (as root: apt-get install kcat)` };
    const quiet = { env: { DEBIAN_FRONTEND: 'noninteractive' } };
    try {
      await run('apt-get', ['update', '-q'], quiet);
      await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'kcat'], quiet);
    } catch (error) {
      return { missing: `kcat cannot be installed: ${String(error)}` };
    }
  }
  const told = await run('kcat', ['-V']);
  if (!told.includes(`Version ${version} `)) return { missing: `kcat ${version} is not on this machine, another is` };
  return { command: 'kcat', args: [] };
}

const noAdmin = 'it has no calls to administer anything';

export const kcat: Client = {
  name: `kcat ${version}`,
  tests: ['kcat/kcat.more.test.ts'],
  install: kcatProgram,
  lacks: {
    'admin topics': noAdmin,
    'admin configs': noAdmin,
    'admin groups': noAdmin,
    'admin records': noAdmin,
    'admin quotas': noAdmin,
    'admin other': noAdmin,
  },
};

export const kcatClients: readonly Client[] = [kcat];
