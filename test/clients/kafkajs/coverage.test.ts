import { describe, expect, test } from 'vitest';
import { exclusions } from './exclusions.ts';
import { claims, surface } from './surface.ts';

const fits = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

const names = surface();
const claimed = claims();
const tags = new Set(claimed.map(({ tag }) => tag));
const excluded = (name: string) => Object.keys(exclusions).some((pattern) => fits(pattern, name));

describe('kafkajs 2.2.4 is covered', () => {
  test('its declarations were read: a walk that finds nothing proves nothing', () => {
    expect(names.length).toBeGreaterThan(700);
    expect(names).toEqual(
      expect.arrayContaining(['Sender.send', 'ProducerRecord.acks', 'Admin.createTopics.validateOnly']),
    );
    expect(tags.size).toBeGreaterThan(300);
  });

  test('every method and option is proven by a case, or excluded for a reason', () => {
    expect(names.filter((name) => !tags.has(name) && !excluded(name))).toEqual([]);
  });

  test('no case claims what kafkajs does not declare', () => {
    expect(claimed.filter(({ tag }) => !names.includes(tag))).toEqual([]);
  });

  test('every claim is made by a case that uses the member', () => {
    expect(claimed.filter(({ used }) => !used).map(({ tag, file, test }) => `${file} ${test}: ${tag}`)).toEqual([]);
  });

  test('nothing is both proven and excluded, and every exclusion fits something', () => {
    expect([...tags].filter(excluded)).toEqual([]);
    const idle = Object.keys(exclusions).filter((pattern) => !names.some((name) => fits(pattern, name)));
    expect(idle).toEqual([]);
  });
});
