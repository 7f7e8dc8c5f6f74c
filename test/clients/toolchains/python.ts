/** The Python clients: one virtual environment of pinned packages. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, withLock } from '../../../scripts/reference-kafka.ts';
import { type Client, hashOf, lacking, run, type Toolchain } from './run.ts';

const packages = [
  'confluent-kafka==2.16.1',
  'kafka-python==3.0.12',
  // Codecs of kafka-python; confluent-kafka brings its own.
  'python-snappy==0.7.3',
  'lz4==4.4.5',
  'zstandard==0.25.0',
];

/** A Python client and its cases. */
async function pythonCases(program: string): Promise<Toolchain> {
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
  return { command: join(`${venv}-environment`, 'bin', 'python'), args: ['-u', file] };
}

export const confluentKafka: Client = {
  name: 'Python confluent-kafka 2.16.1',
  tests: ['python/confluent.test.ts'],
  everyTime: true,
  install: () => pythonCases('confluent_cases.py'),
};

export const kafkaPython: Client = {
  name: 'Python kafka-python 3.0.12',
  tests: ['python/kafka-python.test.ts'],
  everyTime: true,
  install: () => pythonCases('kafka_python_cases.py'),
};

export const pythonClients: readonly Client[] = [confluentKafka, kafkaPython];
