import type { Command, Option } from './command.ts';
import { commands } from './commands.ts';

const helpOption: Option = { name: 'help', short: 'h', summary: 'Show this.' };

/** The help of one command, or of all whose name begins with `path`. */
export function help(path: readonly string[]): string {
  const below = commands.filter((command) => path.every((word, i) => command.path[i] === word));
  const exact = below.find((command) => command.path.length === path.length);
  return exact === undefined ? overview(path, below) : helpOf(exact);
}

/** `skerry topic create TOPIC [options]` */
export function usageOf({ path, positionals, options }: Command): string {
  return ['skerry', ...path, ...positionals, ...(options.length > 0 ? ['[options]'] : [])].join(' ');
}

function helpOf(command: Command): string {
  const { summary, options, notes = [], examples } = command;
  return sections([
    [summary],
    [`Usage: ${usageOf(command)}`],
    ['Options:', ...columns([...options, helpOption].map((option) => [optionForm(option), optionText(option)]))],
    [...notes],
    ['Examples:', ...examples.map((example) => `  ${example}`)],
  ]);
}

function overview(path: readonly string[], below: readonly Command[]): string {
  const name = ['skerry', ...path].join(' ');
  return sections([
    path.length === 0 ? ['Skerry: a Kafka-compatible broker for small places.'] : [],
    [`Usage: ${name} COMMAND [options]`],
    ['Commands:', ...columns(below.map((command) => [command.path.slice(path.length).join(' '), command.summary]))],
    path.length === 0
      ? ['First steps:', '  skerry start', `  echo '{"t":21.5}' | skerry produce lab.temp`, '  skerry consume lab.temp']
      : [],
    [
      `"${name} COMMAND --help" tells more of a command.`,
      'Exit codes: 0 done, 1 failed, 2 wrong command line or settings, 11 broker unreachable,',
      '            70 a defect of ours, 74 disk failed, 130 interrupted.',
    ],
  ]);
}

function optionForm({ name, short, value }: Option): string {
  const long = `--${name}${value === undefined ? '' : ` ${value}`}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

function optionText({ summary, multiple, env }: Option): string {
  const more = [...(multiple === true ? ['repeatable'] : []), ...(env === undefined ? [] : [`or ${env}`])];
  return more.length === 0 ? summary : `${summary} (${more.join('; ')})`;
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

const sections = (parts: readonly (readonly string[])[]): string =>
  `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
