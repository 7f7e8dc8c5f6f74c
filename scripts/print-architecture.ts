/** The drawing in docs/ARCHITECTURE.md of who may import whom, from architecture.ts. */
import { architecture, type Package } from '../architecture.ts';

const begin = '<!-- drawing: printed by scripts/print-docs.ts from architecture.ts -->';
const end = '<!-- end of the drawing -->';

/** `page` with the drawing between its marks made anew. */
export function withDrawing(page: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page lacks "${begin}" … "${end}"`);
  return `${page.slice(0, from + begin.length)}\n\n${drawing()}\n\n${page.slice(to)}`;
}

/** Edges that follow from others are left out: log → wire → base says log → base too. */
function drawing(): string {
  const packages = Object.entries<Package>(architecture);
  const importsOf = new Map(packages);
  const reaches = (from: string, to: string): boolean =>
    from === to || (importsOf.get(from)?.imports ?? []).some((next) => reaches(next, to));
  const edges = packages.flatMap(([name, { imports }]) =>
    imports
      .filter((target) => !imports.some((other) => other !== target && reaches(other, target)))
      .map((target) => `  ${name} --> ${target}`),
  );
  const pure = packages.filter(([, one]) => one.pure).map(([name]) => name);
  return [
    '```mermaid',
    'flowchart TD',
    ...packages.map(([name, one]) => (one.pure ? `  ${name}([${name}])` : `  ${name}[${name}]`)),
    ...edges,
    '  classDef pure fill:#e7f3ec,stroke:#3a7d5c,color:#123',
    `  class ${pure.join(',')} pure`,
    '```',
  ].join('\n');
}
