/** The attacks on Skerry and on the reference Kafka as a table, and its place in docs/reliability.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attacked } from './attacked.ts';

const page = join(import.meta.dirname, '..', '..', 'docs', 'reliability.md');
const begin = '<!-- attacks: written by npm run limits -- table -->';
const end = '<!-- end of the attacks -->';

const whats: Readonly<Record<string, string>> = {
  connect: 'connections that say nothing',
  announce: 'connections that announce 100 MiB and send 10 bytes',
  trickle: 'connections that send their first request a byte at a time',
  unread: 'consumers that ask for 55 MiB and never read',
};

const names: Readonly<Record<Attacked['target'], string>> = { skerry: 'Skerry', kafka: 'Kafka', node: 'bare sockets' };

function told({ found, serves }: Attacked): string {
  const { ended, openedMs: _opened, ...figures } = found;
  const parts = [
    serves ? 'serves' : 'does not serve',
    ended === undefined ? '' : `${ended as number} closed`,
    ...Object.entries(figures).map(([name, value]) => `${name} ${value as number}`),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function table(all: readonly Attacked[]): string {
  const rows = all.map((one) => {
    const { attack, target, count, beforeMb, growthMb } = one;
    const what = `${count.toLocaleString('en')} ${whats[attack] ?? attack}`;
    return `| ${what} | ${names[target]} | ${beforeMb} | ${growthMb} | ${told(one)} |`;
  });
  return ['| attack | on | resident before, MB | growth, MB | then |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

export function writeTable(all: readonly Attacked[], circumstances: string): void {
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${page} has no place for the attacks`);
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${circumstances}\n\n${table(all)}\n\n${text.slice(to)}`);
}
