/** Regular expressions that members of groups subscribe to: checked, and compiled to match in linear time. */
import { parseRegex } from './parse.ts';
import { machine } from './program.ts';
import { RegexError } from './tree.ts';

/** Characters of one; what is longer is refused before it is read. */
const lengthMax = 10_000;

/** Tells whether the whole of a name matches; throws a {@link RegexError} for what is no regular expression. */
export function compileRegex(text: string): (name: string) => boolean {
  if (text.length > lengthMax) throw new RegexError('it is too long');
  return machine(parseRegex(text));
}

/** What is wrong with it, if something is. */
export function regexProblem(text: string): string | undefined {
  try {
    compileRegex(text);
    return undefined;
  } catch (error) {
    if (error instanceof RegexError) return `Not a regular expression of RE2's syntax: ${error.message}.`;
    throw error;
  }
}
