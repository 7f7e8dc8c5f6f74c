import { readFileSync } from 'node:fs';
import { parse } from './args.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { exitCodeOf, exitCodes, UsageError } from './failure.ts';
import { help, usageOf } from './help.ts';
import { nearestWord } from './nearest.ts';
import type { Terminal } from './terminal.ts';

/** Runs the command that `args` spell and resolves with its exit code; what went wrong is said on the terminal. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const words = args[0] === 'help' ? [...args.slice(1), '--help'] : args;
  if (words[0] === '--version' || words[0] === '-V' || words[0] === 'version') return printVersion(words, terminal);
  const wantsHelp = words.length === 0 || asksForHelp(words);
  const command = find(words);
  try {
    if (wantsHelp) {
      await terminal.out(help(command?.path ?? familyOf(words)));
      return words.length === 0 ? exitCodes.usage : exitCodes.ok;
    }
    if (command === undefined) throw unknownCommand(words);
    const parsed = parse(command, words.slice(command.path.length), terminal.env);
    const execute = await command.load();
    return await execute(parsed, terminal);
  } catch (error) {
    for (const line of explain(error, command)) terminal.note(line);
    return exitCodeOf(error);
  }
}

/** Up to a lone `--`, behind which all words are data. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

function find(words: readonly string[]): Command | undefined {
  return commands.find(({ path }) => path.every((word, i) => words[i] === word));
}

/** `topic` of `topic --help`; nothing of what names no command. */
function familyOf(words: readonly string[]): readonly string[] {
  const first = words[0] ?? '';
  return commands.some(({ path }) => path.length > 1 && path[0] === first) ? [first] : [];
}

function unknownCommand(words: readonly string[]): UsageError {
  const family = familyOf(words);
  const at = family.length;
  const known = [
    ...new Set(commands.filter(({ path }) => at === 0 || path[0] === family[0]).map(({ path }) => path[at] ?? '')),
  ];
  const given = words[at];
  const prefix = ['skerry', ...family].join(' ');
  if (given === undefined || given.startsWith('-')) return new UsageError(`${prefix}: which one? ${known.join(', ')}`);
  const near = nearestWord(given, known);
  const hint = near === undefined ? `, only ${known.join(', ')}` : `. Did you mean "${prefix} ${near}"?`;
  return new UsageError(`no command "${[...family, given].join(' ')}"${hint}`);
}

/** What to tell of a failure: what was wrong, and what to do. */
function explain(error: unknown, command: Command | undefined): string[] {
  if (!(error instanceof Error)) return [`skerry: ${String(error)}`];
  const [first = '', ...rest] = error.message.split('\n');
  const said = [`skerry: ${first}`, ...rest.map((line) => `        ${line}`)];
  if (error.name === 'UsageError') {
    if (command !== undefined) said.push(`usage: ${usageOf(command)}`);
    said.push(`"${['skerry', ...(command?.path ?? []), '--help'].join(' ')}" tells more.`);
  }
  if (error.name === 'UnreachableError') {
    said.push('Is the broker running? "skerry start" starts one; -b HOST:PORT, or SKERRY_BROKERS, names another.');
  }
  const expected = ['UsageError', 'UnreachableError', 'KafkaError', 'OperatingError', 'ProtocolError'];
  if (!expected.includes(error.name)) said.push(shortStack(error));
  return said;
}

/** Where it happened, in a few lines: a bundle's source line may be huge. */
export function shortStack(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, 6).join('\n');
}

async function printVersion(words: readonly string[], terminal: Terminal): Promise<number> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const told = { version, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  await terminal.out(words.includes('--json') ? `${JSON.stringify(told)}\n` : `skerry ${version}\n`);
  return exitCodes.ok;
}
