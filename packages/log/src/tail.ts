/**
 * What makes reading at the end of a log cheap: where its newest batches are, and since which offset its data was
 * written so recently that the page cache surely has it. Nothing of it outlives the process.
 */
import { Bytes, Offset } from '@skerry/base';
import { logLimits } from './settings.ts';

const hotMarks = 10;
const markMs = logLimits.hotMs / hotMarks;

export class Tail {
  /** Base offset and position, by turns; a ring. Made with the first append, since most logs are idle. */
  #recent: Float64Array | undefined;
  #count = 0;
  /** Time and log end, one a second. */
  readonly #marks: { readonly atMs: number; readonly end: Offset }[] = [];

  /** Takes note of a batch in the segment that is written now. */
  note(base: Offset, position: number): void {
    this.#recent ??= new Float64Array(2 * logLimits.recentBatches);
    const at = 2 * (this.#count % logLimits.recentBatches);
    this.#recent[at] = base;
    this.#recent[at + 1] = position;
    this.#count++;
  }

  /** Takes note of the time and of where the log ended before what is written now. */
  mark(nowMs: number, end: Offset): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && nowMs - last.atMs < markMs) return;
    this.#marks.push({ atMs: nowMs, end });
    // One older than the window stays, to bound it.
    while ((this.#marks[1]?.atMs ?? Infinity) <= nowMs - logLimits.hotMs) this.#marks.shift();
  }

  /** The newest batch that begins at or before `offset`, if it is remembered. */
  positionAt(offset: Offset): { readonly base: Offset; readonly position: Bytes } | undefined {
    if (this.#recent === undefined) return undefined;
    const kept = Math.min(this.#count, logLimits.recentBatches);
    for (let i = 1; i <= kept; i++) {
      const at = 2 * ((this.#count - i) % logLimits.recentBatches);
      const base = this.#recent[at] ?? 0;
      if (base <= offset) return { base: Offset(base), position: Bytes(this.#recent[at + 1] ?? 0) };
    }
    return undefined;
  }

  /** Data from this offset on is read on the loop. */
  hotFrom(nowMs: number, end: Offset): Offset {
    const mark = this.#marks.find(({ atMs }) => atMs > nowMs - logLimits.hotMs);
    return mark?.end ?? end;
  }

  /** Forgets positions: the log was cut, or another segment begins. */
  forgetPositions(): void {
    this.#count = 0;
  }

  /** The log now ends at `end`. */
  cut(end: Offset): void {
    this.forgetPositions();
    for (const [i, mark] of this.#marks.entries()) if (mark.end > end) this.#marks[i] = { ...mark, end };
  }
}
