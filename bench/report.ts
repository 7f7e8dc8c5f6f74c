/** The results as a table for the terminal, and as a page of docs. */
import { type Line, linesOf } from './lines.ts';
import type { ResultFile } from './result-file.ts';
import type { Results } from './results.ts';

const columns: readonly (readonly [keyof Line, string])[] = [
  ['id', 'row'],
  ['work', 'work'],
  ['measure', 'measure'],
  ['durability', 'durability'],
  ['measured', 'measured'],
  ['kafka', 'Kafka'],
  ['ratio', 'measured ÷ Kafka'],
  ['goal', 'goal'],
  ['floor', 'floor'],
];

export function printTable({ about, results }: ResultFile): string {
  // The work is what the row's id stands for: too wide for a terminal.
  const shown = columns.filter(([key]) => key !== 'work');
  const lines = linesOf(results).map((line) => shown.map(([key]) => line[key]));
  const cells = [shown.map(([, title]) => title), ...lines];
  const widths = shown.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const table = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...table, '', ...Object.entries(about).map(([key, value]) => `${key}: ${value}`), ...remarks(results)].join(
    '\n',
  );
}

/** What a reader must know beside the figures. */
export function remarks({ limited, notes, troubles }: Results): readonly string[] {
  return [
    ...limited.map(({ row, broker }) => `limited by the driver, the broker could do more: ${row} of ${broker}`),
    ...notes,
    ...troubles.map((trouble) => `not measured: ${trouble}`),
  ];
}

export const method = [
  'One light driver sends the same pre-built frames to each broker, on one machine, in interleaved rounds of one run.',
  'Absolute figures of a shared machine are noise; the ratios and the CPU seconds are what to read.',
  'Each value is the median of the rounds, with the least and the most in brackets; the ratio is that of the medians,',
  'with the least and the most of the ratios within one round. CPU seconds are those of the server process from the',
  'operating system. The floor is what Node needs to receive, sum and write (or read and send) the same bytes with',
  'none of a broker’s duties; the echo server sends back what it gets. Paced latencies count from when a message was',
  'due.',
] as const;

const tableRow = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

export function printMarkdown({ about, results }: ResultFile): string {
  return `${[
    '# Benchmarks',
    '',
    ...method,
    'This page is written by the command below.',
    '',
    tableRow(columns.map(([, title]) => title)),
    tableRow(columns.map(() => '---')),
    ...linesOf(results).map((line) => tableRow(columns.map(([key]) => line[key]))),
    '',
    ...Object.entries(about).map(([key, value]) => `- ${key}: ${key === 'command' ? `\`${value}\`` : value}`),
    ...remarks(results).map((line) => `- ${line}`),
  ].join('\n')}\n`;
}
