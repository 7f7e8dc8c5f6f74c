import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { architecture, type PackageName } from '../../architecture.ts';

const names = Object.keys(architecture) as PackageName[];

test('architecture.ts names every package, and no other', () => {
  const folders = readdirSync('packages').filter((name) => existsSync(`packages/${name}/package.json`));
  expect(folders.sort()).toEqual([...names].sort());
});

test.each(names)('%s depends on what architecture.ts gives it', (name) => {
  const { dependencies = {} } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  const { imports, pure } = architecture[name];
  const ours = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@skerry/'));
  expect(ours.toSorted()).toEqual(imports.map((below) => `@skerry/${below}`).toSorted());
  if (pure) expect(Object.keys(dependencies).toSorted()).toEqual(ours.toSorted());
});

test.each(names)('%s is compiled with ambient types only where it may touch the world', (name) => {
  const { compilerOptions = {} } = JSON.parse(readFileSync(`packages/${name}/tsconfig.json`, 'utf8')) as {
    compilerOptions?: { types?: string[] };
  };
  expect(compilerOptions.types ?? []).toEqual(architecture[name].pure ? [] : ['node']);
});

test('no edge of the architecture points upwards', () => {
  const order = [...names];
  for (const name of names) {
    for (const below of architecture[name].imports)
      expect(order.indexOf(below as PackageName)).toBeLessThan(order.indexOf(name));
  }
});
