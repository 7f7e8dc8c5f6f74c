/** What is wrong with a log's files, or with what the store says of them. */

/**
 * What helps:
 *
 *   start     nothing to do: the next start puts it right, and no record that was safe is lost by it
 *   rebuild   made anew from the records, without a loss
 *   decide    records are damaged or missing: the operator decides what to give up
 */
type Remedy = 'start' | 'rebuild' | 'decide';

export interface Problem {
  readonly file: string;
  /** Where in the file. */
  readonly position?: number | undefined;
  /** Which record it is about, or begins with. */
  readonly offset?: number | undefined;
  readonly what: string;
  readonly remedy: Remedy;
}

export type Found = (problem: Problem) => void;
