/** The word that `given` most likely stands for: one that it begins, or that is a letter or two away. */
export function nearestWord(given: string, words: readonly string[]): string | undefined {
  const begun = words.find((word) => given.length > 1 && word.startsWith(given));
  if (begun !== undefined) return begun;
  const near = words.map((word) => ({ word, edits: edits(given, word) })).sort((a, b) => a.edits - b.edits)[0];
  return near !== undefined && near.edits <= Math.max(1, Math.floor(given.length / 3)) ? near.word : undefined;
}

function edits(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}
