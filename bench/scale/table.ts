/** The tables that docs/decisions/0015-more-than-one-core.md is made of. */

function shown(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const digits = (value: number) => value.toFixed(value >= 100 ? 0 : value >= 1 ? 2 : 3);
  const [least = Number.NaN, most = Number.NaN] = [sorted[0], sorted.at(-1)];
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return `${digits(median)} (${digits(least)}–${digits(most)})`;
}

/** `found` by `what | how`: a line for each what, a column for each how, medians with the least and the most. */
export function printRows(
  found: ReadonlyMap<string, readonly number[]>,
  hows: readonly string[],
  titles: readonly string[],
): void {
  const whats = new Set([...found.keys()].map((key) => key.slice(0, key.lastIndexOf(' | '))));
  console.log(`| | ${titles.join(' | ')} |\n|${' --- |'.repeat(titles.length + 1)}`);
  for (const what of whats) {
    const cells = hows.map((how) => {
      const values = found.get(`${what} | ${how}`);
      return values === undefined ? '–' : shown(values);
    });
    console.log(`| ${what} | ${cells.join(' | ')} |`);
  }
}
