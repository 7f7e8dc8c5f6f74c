/**
 * Differences that are meant, each with its reason: the last section of docs/compatibility.md is printed from them.
 * One that is no longer seen fails `npm run compat`, as an unexplained difference does.
 */
import type { Difference } from './run.ts';

export interface Explanation {
  /** The API whose answer differs. */
  readonly api: string;
  /** Where in the answer; `*` stands for any text. */
  readonly path: string;
  /** In which cases, `*` standing for any text; in all without it. */
  readonly cases?: string;
  readonly from?: number;
  readonly to?: number;
  /** The values that are meant; any without them. */
  readonly skerry?: unknown;
  readonly kafka?: unknown;
  /** What a user should know: what each does, and why. */
  readonly why: string;
}

const configsOf44 = 'The setting came with Kafka 4.4; the reference broker is 4.3.1.';
const ownSetting = 'A setting of Skerry alone.';

export const explanations: readonly Explanation[] = [
  ...[
    'errors.deadletterqueue.group.enable',
    'max.decompressed.message.bytes',
    'remote.copy.lag.bytes',
    'remote.copy.lag.ms',
  ].flatMap((name) => [
    { api: 'CreateTopics', path: `topics.*.configs.{${name}}`, kafka: '(missing)', why: configsOf44 },
    { api: 'DescribeConfigs', path: `results.*.configs.{${name}}`, kafka: '(missing)', why: configsOf44 },
  ]),
  ...['CreateTopics', 'DescribeConfigs'].map((api) => ({
    api,
    path: '*.configs.{min.insync.replicas}.*',
    why: 'Kafka writes min.insync.replicas into the cluster-wide settings when it formats a data folder; Skerry does not.',
  })),
  { api: 'CreateTopics', path: 'topics.*.configs.{skerry.durability}', kafka: '(missing)', why: ownSetting },
  { api: 'DescribeConfigs', path: 'results.*.configs.{skerry.*}', kafka: '(missing)', why: ownSetting },
];

/** The explanation of a difference, if there is one. */
export function explanationOf(one: Difference, among: readonly Explanation[] = explanations): Explanation | undefined {
  return among.find((explanation) => {
    const { api, path, cases = '*', from = 0, to = 99 } = explanation;
    return (
      api === one.api &&
      one.version >= from &&
      one.version <= to &&
      matches(path, one.path) &&
      matches(cases, one.case) &&
      (!('skerry' in explanation) || same(explanation.skerry, one.skerry)) &&
      (!('kafka' in explanation) || same(explanation.kafka, one.kafka))
    );
  });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}
