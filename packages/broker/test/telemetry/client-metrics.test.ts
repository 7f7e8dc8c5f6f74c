import type { Uuid } from '@skerry/base';
import { expect, test } from 'vitest';
import { ClientMetricsTable, seriesMax, seriesPerClientMax } from '../../src/telemetry/client-metrics.ts';
import type { MetricPoint } from '../../src/telemetry/otlp.ts';

const from = (id: string) => ({ clientInstanceId: id as Uuid, clientId: id, host: 'h' });
const points = (count: number, prefix = 'm'): MetricPoint[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, kind: 'gauge', attributes: [], value: i }));

test('a client that makes up names is kept to its share', () => {
  const table = new ClientMetricsTable();
  table.take(from('a'), points(seriesPerClientMax));
  table.take(from('a'), points(10, 'more'));
  expect(table.size).toBe(seriesPerClientMax);
  expect([...table.all()].flatMap((client) => [...client.points])).toHaveLength(seriesPerClientMax);
});

test('many clients are kept to what all may have; the one that was quiet longest goes', () => {
  const table = new ClientMetricsTable();
  const clients = seriesMax / seriesPerClientMax + 3;
  for (let i = 0; i < clients; i++) table.take(from(`c${i}`), points(seriesPerClientMax));
  expect(table.size).toBe(seriesMax);
  expect([...table.all()][0]?.clientId).toBe('c3');
});

test('what is forgotten makes room', () => {
  const table = new ClientMetricsTable();
  table.take(from('a'), points(5));
  table.forget('a' as Uuid);
  table.forget('a' as Uuid);
  expect(table.size).toBe(0);
});
