import { OperatingError } from '@skerry/base';

/** One setting as somebody wrote it, and where: `server.properties:12`, `--override`. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly origin: string;
}

/**
 * Reads a Java properties file (java.util.Properties.load): `#` and `!` begin a comment, a backslash at the end joins
 * the next line, the
 * key ends at the first `=`, `:` or blank, and `\t \n \r \f \uXXXX` are escapes; any other escaped character is
 * itself. The last of equal
 * keys wins, which is left to the reader. `file` is for the entries' origin.
 */
export function parseProperties(text: string, file: string): Entry[] {
  const entries: Entry[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (let at = 0; at < lines.length; at++) {
    const number = at + 1;
    let line = (lines[at] ?? '').replace(/^[ \t\f]+/, '');
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue;
    while (endsOpen(line) && at + 1 < lines.length)
      line = line.slice(0, -1) + (lines[++at] ?? '').replace(/^[ \t\f]+/, '');
    if (endsOpen(line)) line = line.slice(0, -1);
    const origin = `${file}:${number}`;
    const end = keyEnd(line);
    const value = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
    entries.push({ key: unescaped(line.slice(0, end), origin), value: unescaped(value, origin), origin });
  }
  return entries;
}

/** Whether an odd number of backslashes ends the line: an even one is so many escaped ones. */
function endsOpen(line: string): boolean {
  let backslashes = 0;
  while (line[line.length - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function keyEnd(line: string): number {
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (/[=: \t\f]/.test(line[i] ?? '')) return i;
  }
  return line.length;
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string, origin: string): string {
  return text.replaceAll(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_all, escaped: string) => {
    if (escaped.length > 1) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (escaped === 'u')
      throw new OperatingError('SKR_CONFIG_INVALID', `${origin}: \\u must be followed by four hexadecimal digits`);
    return escapes[escaped] ?? escaped;
  });
}
