/** docs/limits.md says what is so: its defaults are the settings', its tests are there. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatValue } from '../../packages/broker/src/settings/row.ts';
import { brokerRows } from '../../packages/broker/src/settings/settings.ts';

const rows = readFileSync('docs/limits.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| limit '))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, limit = '', byDefault = '', , , proof = '']) => ({ limit, byDefault, proof }));

test('there are rows', () => expect(rows.length).toBeGreaterThan(20));

test.each(rows)('$limit is $byDefault', ({ limit, byDefault, proof }) => {
  const name = /^`([a-z.]+)`$/.exec(limit)?.[1];
  const row = Object.entries(brokerRows).find(([known]) => known === name)?.[1];
  if (name !== undefined) expect(formatValue(row?.default)).toBe(byDefault);
  const [file = '', ...rest] = proof.split(': ');
  const claim = rest.join(': ');
  expect(claim).not.toBe('');
  expect(existsSync(file), `${file} exists`).toBe(true);
  expect(readFileSync(file, 'utf8')).toContain(claim);
});
