/** Help texts: of the program, and of one command. */
import type { Command } from './command.js';

/** Lines that the program's help ends with, and that scripts rely on. */
const epilogue = [
  'Data goes to standard output, progress and errors to standard error.',
  'Exit codes: 0 all completed, 1 some cases failed, 2 bad input or environment, 130 interrupted.',
];

/** `run STUDY`. */
export function usageOf({ name, positionals }: Command): string {
  return [name, ...Object.keys(positionals)].join(' ');
}

export function programHelp(commands: readonly Command[], program: string, columns: number): string {
  return [
    `${program} COMMAND [options]`,
    '',
    'Runs one study of many cases over many processes: here, under mpirun, in a Slurm job, or on other hosts.',
    '',
    ...table(
      commands.map((command) => [usageOf(command), command.describe]),
      columns,
    ),
    '',
    `${program} COMMAND --help says more of one command; ${program} --version says which version this is.`,
    ...epilogue,
  ].join('\n');
}

export function commandHelp(command: Command, program: string, columns: number): string {
  const options = Object.entries(command.options).map(
    ([name, { describe, value, isFlag }]): Row => [
      isFlag ? `--${name}` : `--${name} ${value ?? 'VALUE'}`,
      describe,
    ],
  );
  const positionals = Object.entries(command.positionals);
  return [
    `${program} ${usageOf(command)}${options.length > 0 ? ' [options]' : ''}`,
    '',
    ...wrap(command.describe, columns),
    ...(positionals.length + options.length > 0 ? [''] : []),
    ...table([...positionals, ...options], columns),
    ...(command.notes ? ['', ...command.notes.flatMap((note) => wrap(note, columns))] : []),
  ].join('\n');
}

type Row = readonly [term: string, text: string];

function table(rows: readonly Row[], columns: number): string[] {
  const width = Math.max(0, ...rows.map(([term]) => term.length));
  return rows.flatMap(([term, text]) =>
    wrap(text, columns - width - 4).map((line, i) => `  ${(i === 0 ? term : '').padEnd(width)}  ${line}`),
  );
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(20, columns)) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}
