/**
 * The name in `names` that differs least from `given`, if it is near enough to be what was meant: a letter in three
 * may be wrong.
 */
export function nearestName(given: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Math.floor(given.length / 3) + 1;
  const wanted = given.toLowerCase().replaceAll('_', '.');
  for (const name of names) {
    const edits = distance(wanted, name.toLowerCase(), least);
    if (edits < least) [nearest, least] = [name, edits];
  }
  return nearest;
}

/**
 * Letters to add, drop, change or swap with the next to make `a` into `b`; `enough` or more where it is not worth
 * counting.
 */
function distance(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough) return enough;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    if (Math.min(...row) >= enough) return enough;
    [before, above] = [above, row];
  }
  return above[b.length] ?? enough;
}
