import { parseProperties, parseSettings } from '@skerry/broker';
import { expect, test } from 'vitest';
import { cautions } from '../src/surroundings.ts';

const told = (text: string, inContainer: boolean) => cautions(parseSettings(parseProperties(text, 'f')), inContainer);

test('on this machine alone there is nothing to fear', () => {
  expect(told('', false)).toEqual([]);
  expect(
    told('listeners=PLAINTEXT://localhost:9092,LAN://[::1]:9093\nlistener.security.protocol.map=LAN:PLAINTEXT', false),
  ).toEqual([]);
});

test('who can be reached by others without authentication is warned once, however many listeners', () => {
  const text = 'listeners=PLAINTEXT://:9092,LAN://10.0.0.1:9093\nlistener.security.protocol.map=LAN:PLAINTEXT';
  const [warning, ...others] = told(text, false);
  expect(warning).toContain('ANYBODY WHO REACHES THIS MACHINE');
  expect(warning).toContain('every address, port 9092; 10.0.0.1, port 9093');
  expect(others).toEqual([]);
});

test('inside a container the way to be reached is told, until it was set', () => {
  expect(told('listeners=PLAINTEXT://:9092', true)[1]).toContain('advertised.listeners=PLAINTEXT://HOST:9092');
  expect(told('listeners=PLAINTEXT://:9092\nadvertised.listeners=PLAINTEXT://gw:9092', true)).toHaveLength(1);
  expect(told('', true)).toEqual([expect.stringContaining('listeners=PLAINTEXT://:9092')]);
});
