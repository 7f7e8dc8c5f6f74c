import { architecture, type PackageName } from '../../architecture.ts';

/** One source file as the rules see it. */
export interface Source {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What may not be written, and what to write instead. `pure`: in pure packages only. */
const bans: readonly (readonly [found: RegExp, instead: string, where?: 'pure'])[] = [
  [/\bDate\.now\(|\bnew Date\(\)/, 'Clock.wallMs()', 'pure'],
  [/\bperformance\.now\(/, 'Clock.monotonicMs()', 'pure'],
  [/\bMath\.random\(/, 'the Random door', 'pure'],
  [/\bas any\b/, 'a type guard'],
  [/\b(FIXME|TODO|XXX)\b/, 'a fix, or an issue'],
  [/@ts-(ignore|nocheck|expect-error)/, 'a type that is right'],
  [/^\s*\/\/\s*[-=*#]{4,}/m, 'no banner: a heading the code needs is a file'],
];

const importOf = /^\s*(?:import|export)\b[^'"]*?from\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\('([^']+)'\)/gm;
const columnsMax = 120;
const linesMax = 400;

/** The rules that no linter knows, as problems in plain words; none for a tidy file. */
export function untidy(source: Source): string[] {
  const found = /^packages\/([^/]+)\/src\//.exec(source.path)?.[1];
  const name = found !== undefined && found in architecture ? (found as PackageName) : undefined;
  const generated = source.path.endsWith('.generated.ts') || /\/wire\/src\/(messages|internal)\//.test(source.path);
  return [
    ...banned(source, name),
    ...(name === undefined ? [] : layerBreaks(source, name)),
    ...(generated ? [] : sizes(source)),
    ...handlerHead(source),
  ].map((problem) => `${source.path}: ${problem}`);
}

function banned({ text }: Source, name: PackageName | undefined): string[] {
  const pure = name !== undefined && architecture[name].pure;
  return bans
    .filter(([found, , where]) => found.test(text) && (where === undefined || pure))
    .map(([found, instead]) => `${found.source} is banned: use ${instead}`);
}

function layerBreaks({ text }: Source, name: PackageName): string[] {
  const { imports, pure } = architecture[name];
  const allowed = new Set<string>(imports.map((below) => `@skerry/${below}`));
  const targets = [...text.matchAll(importOf)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return targets
    .filter(
      (target) => !target.startsWith('.') && !allowed.has(entryless(target)) && (pure || target.startsWith('@skerry/')),
    )
    .map((target) => `${name} must not import ${target}`);
}

/** What few nodes load is an entry of its own. */
const entryless = (target: string): string => target.replace(/\/legacy$/, '');

function sizes({ path, text }: Source): string[] {
  const lines = text.split('\n');
  const wide = lines.findIndex((line) => line.length > columnsMax);
  const problems = wide < 0 ? [] : [`line ${wide + 1} has ${lines[wide]?.length} columns, more than ${columnsMax}`];
  if (path.includes('/src/') && lines.length > linesMax + 1)
    problems.push(`${lines.length} lines, more than ${linesMax}`);
  return problems;
}

/** A handler's file opens with its contract, and imports no other handler. */
function handlerHead({ path, text }: Source): string[] {
  if (!/\/broker\/src\/handlers\/\d\d-/.test(path)) return [];
  const problems: string[] = [];
  if (!/\/\*\*[\s\S]*?\bv\d/.test(text)) problems.push('a handler states what it answers, and its versions (v1-v11)');
  if (/from '\.\/\d\d-/.test(text)) problems.push('a handler must not import another');
  return problems;
}
