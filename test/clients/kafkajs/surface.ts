/**
 * What kafkajs offers, read from its type declarations: every member of every exported declaration, by name.
 *
 * `Producer.send` is a method, `ProducerRecord.acks` an option, `Admin.createTopics.validateOnly` an option declared in
 * place, `CompressionTypes.GZIP` a value of an enum. Overloads share a name; what `on` takes is in `*Events.*`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const declarations = join(dirname(createRequire(import.meta.url).resolve('kafkajs')), 'types', 'index.d.ts');

const parse = (path: string) => ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2024, true);

type Member = ts.PropertySignature | ts.MethodSignature | ts.MethodDeclaration | ts.PropertyDeclaration | ts.EnumMember;

function isMember(node: ts.Node): node is Member {
  return (
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isEnumMember(node)
  );
}

function nameOf(node: Member, source: ts.SourceFile): string {
  return ts.isComputedPropertyName(node.name)
    ? (node.name.expression.getText(source).split('.').at(-1) ?? '')
    : node.name.getText(source);
}

/** Every name, sorted. */
export function surface(path = declarations): string[] {
  const source = parse(path);
  const names = new Set<string>();
  const walk = (node: ts.Node, owner: string): void => {
    ts.forEachChild(node, (child) => {
      if (isMember(child)) {
        const name = `${owner}.${nameOf(child, source)}`;
        names.add(name);
        walk(child, name);
      } else {
        walk(child, owner);
      }
    });
  };
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name, type } of statement.declarationList.declarations) if (type) walk(type, name.getText(source));
    } else if (
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isEnumDeclaration(statement)
    ) {
      walk(statement, statement.name?.text ?? '');
    }
  }
  return [...names].sort();
}

export interface Claim {
  readonly tag: string;
  readonly file: string;
  readonly test: string;
  /** Whether the case that makes the claim names the member at all. */
  readonly used: boolean;
}

/** Every `covers('…')` of the suite, with the case it stands in. A claim outside a case is none. */
export function claims(folder = import.meta.dirname): Claim[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => claimsOf(parse(join(folder, file)), file));
}

function claimsOf(source: ts.SourceFile, file: string): Claim[] {
  const found: Claim[] = [];
  const visit = (node: ts.Node, inside: { test: string; words: ReadonlySet<string> } | undefined): void => {
    let here = inside;
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText(source);
      if (/^test(\.each\([\s\S]*\))?$/.test(callee))
        here = { test: node.arguments[0]?.getText(source) ?? '', words: words(node) };
      if (callee === 'covers' && here !== undefined) {
        for (const argument of node.arguments) {
          if (!ts.isStringLiteral(argument)) throw new Error(`${file}: covers() takes string literals`);
          const member = argument.text.split('.').at(-1) ?? '';
          found.push({ tag: argument.text, file, test: here.test, used: here.words.has(member) });
        }
      }
    }
    ts.forEachChild(node, (child) => visit(child, here));
  };
  visit(source, undefined);
  return found;
}

/** Identifiers and strings of a case, without those of `covers(…)` itself: a claim does not prove itself. */
function words(node: ts.Node): Set<string> {
  const all = new Set<string>();
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child) && child.expression.getText() === 'covers') return;
    if (ts.isIdentifier(child) || ts.isStringLiteral(child)) all.add(child.text);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return all;
}
