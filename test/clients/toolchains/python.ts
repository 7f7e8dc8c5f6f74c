/** The Python clients: virtual environments of pinned packages, of wheels only. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, withLock } from '../../../scripts/reference-kafka.ts';
import { type Client, hashOf, lacking, run, type Toolchain } from './run.ts';

/** Those of `npm test`. */
const everyTimePackages = [
  'confluent-kafka==2.16.1',
  'kafka-python==3.0.12',
  // Codecs of kafka-python; confluent-kafka brings its own.
  'python-snappy==0.7.3',
  'lz4==4.4.5',
  'zstandard==0.25.0',
];

/** The second major version of kafka-python, which cannot share an environment with the third. */
const olderPackages = ['kafka-python==2.3.3', 'python-snappy==0.7.3', 'lz4==4.4.5', 'zstandard==0.25.0'];

/** aiokafka, with what it needs pinned too; cramjam holds its codecs. */
const aiokafkaPackages = [
  'aiokafka==0.14.0',
  'async-timeout==5.0.1',
  'packaging==26.3',
  'typing_extensions==4.16.0',
  'cramjam==2.14.0',
];

/** A Python client and its cases, in the environment that has these packages. */
async function pythonCases(program: string, packages: readonly string[]): Promise<Toolchain> {
  const venv = join(cacheFolder, 'python', hashOf(packages.join('\n')));
  if (!existsSync(venv)) {
    const missing = await lacking([['python3', '--version']]);
    if (missing !== undefined) return { missing };
    await withLock(`${venv}.making`, async () => {
      if (existsSync(venv)) return;
      // A virtual environment cannot be moved: it is whole once its stamp folder is there, else made again.
      const fresh = `${venv}-environment`;
      rmSync(fresh, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', fresh]);
      const pip = ['-m', 'pip', 'install', '-q', '--only-binary', ':all:', ...packages];
      await run(join(fresh, 'bin', 'python'), pip);
      mkdirSync(venv, { recursive: true });
    });
  }
  const file = join(import.meta.dirname, '..', 'python', program);
  return { command: join(`${venv}-environment`, 'bin', 'python'), args: ['-B', '-u', file] };
}

const noQuotas = 'it has no calls for quotas';

export const confluentKafka: Client = {
  name: 'Python confluent-kafka 2.16.1',
  tests: ['python/confluent.test.ts'],
  everyTime: true,
  install: () => pythonCases('confluent_cases.py', everyTimePackages),
  lacks: { 'admin quotas': noQuotas },
};

export const kafkaPython: Client = {
  name: 'Python kafka-python 3.0.12',
  tests: ['python/kafka-python.test.ts'],
  everyTime: true,
  install: () => pythonCases('kafka_python_cases.py', everyTimePackages),
  lacks: { 'admin quotas': noQuotas },
};

export const aiokafka: Client = {
  name: 'Python aiokafka 0.14.0',
  tests: ['python/aiokafka.more.test.ts'],
  install: () => pythonCases('aiokafka_cases.py', aiokafkaPackages),
  lacks: {
    cooperative: 'its groups rebalance eagerly',
    'admin quotas': noQuotas,
  },
};

export const olderKafkaPython: Client = {
  name: 'Python kafka-python 2.3.3',
  tests: ['python/kafka-python-2.more.test.ts'],
  install: () => pythonCases('kafka_python_2_cases.py', olderPackages),
  lacks: {
    cooperative: 'its groups rebalance eagerly',
    'admin quotas': noQuotas,
  },
};

export const pythonClients: readonly Client[] = [confluentKafka, kafkaPython, olderKafkaPython, aiokafka];
