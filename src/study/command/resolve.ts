/** The key `kernel: { command: … }` of a study file, checked and filled in. */
import { dirname } from 'node:path';
import type { ColumnSpec } from '../../codec/columns.js';
import { parseTarget } from '../../ssh/target.js';
import type { FieldPath, StudyFile } from '../document/places.js';
import { problem } from '../document/problem.js';
import { suggestion } from '../nearest.js';
import type { StudyDocument } from '../schema.js';
import { parseJsonPath } from './json-path.js';
import { parsePlaceholders } from './placeholders.js';
import {
  type CommandCall,
  type CommandFolder,
  type CommandOutput,
  type CommandSource,
  cpuSecondsColumn,
  exitCodeColumn,
  keptOutputColumn,
} from './source.js';
import { splitWords } from './words.js';

export type CommandKernelInput = Extract<StudyDocument['kernel'], { command: unknown }>;

/** `at` is where the study file has the kernel. Throws InputError for what cannot work whatever the parameters are. */
export function resolveCommand(file: StudyFile, at: FieldPath, kernel: CommandKernelInput): CommandSource {
  const { stdin, env, cwd, ok_exit_codes: okExitCodes, launcher_environment: launcher } = kernel;
  const { host, ...here } = hostOf(file, at, kernel);
  return {
    kind: 'command',
    path: dirname(file.path),
    ...(host !== undefined && { host }),
    call: callOf(file, at, here),
    stdin:
      stdin === undefined
        ? { kind: 'none' }
        : stdin === 'json'
          ? { kind: 'json' }
          : { kind: 'text', text: stdin },
    environment: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])),
    cwd: folderOf(cwd),
    outputs: outputsOf(file, at, kernel),
    okExitCodes,
    keepsLauncher: launcher === 'keep',
  };
}

/** What stands for `kernel: ssh://HOST/PROGRAM`, which has a command and nothing else. */
export function plainCommand(command: string): CommandKernelInput {
  return { command, shell: false, env: {}, outputs: [], ok_exit_codes: [0], launcher_environment: 'drop' };
}

/** Every placeholder must be a parameter or derived value of the study. */
export function checkPlaceholders(
  file: StudyFile,
  at: FieldPath,
  source: CommandSource,
  columns: readonly ColumnSpec[],
): void {
  for (const { path, text } of templatesOf(at, source)) {
    for (const part of parsePlaceholders(text)) {
      if (part.kind === 'text' || (part.name === 'case' && part.element === undefined)) continue;
      const column = columns.find(({ name }) => name === part.name);
      const shown = `{${part.name}${part.element === undefined ? '' : `[${part.element}]`}}`;
      if (!column) {
        const names = [...columns.map(({ name }) => name), 'case'];
        throw problem(file, path, `No parameter for the placeholder ${shown}`, {
          hint: `${suggestion(part.name, names) ?? ''} Braces that mean themselves are written {${shown}}`.trim(),
        });
      }
      const [size] = column.shape;
      if (part.element !== undefined && !(size !== undefined && part.element < size)) {
        throw problem(file, path, `No element for the placeholder ${shown}`, {
          expected: size === undefined ? `{${part.name}}: it is no vector` : `an index from 0 to ${size - 1}`,
        });
      }
    }
  }
}

/** Texts with placeholders, and where the study file has them. */
function templatesOf(
  at: FieldPath,
  { call, stdin, environment }: CommandSource,
): { path: FieldPath; text: string }[] {
  const kernel = (...path: FieldPath): FieldPath => [...at, ...path];
  const templates = Object.entries(environment).map(([name, text]) => ({ path: kernel('env', name), text }));
  if (call.kind === 'words') templates.push(...call.words.map((text) => ({ path: kernel('command'), text })));
  if (call.kind === 'shell') templates.push({ path: kernel('command'), text: call.text });
  if (stdin.kind === 'text') templates.push({ path: kernel('stdin'), text: stdin.text });
  return templates;
}

/** Where a command runs that begins with `ssh://[user@]host[:port]/`, and what is left of it. */
function hostOf(
  file: StudyFile,
  place: FieldPath,
  kernel: CommandKernelInput,
): CommandKernelInput & { readonly host?: string } {
  const { command } = kernel;
  const [first, ...rest] = typeof command === 'string' ? [command] : command;
  const found = remoteForm.exec(String(first));
  if (!found) return kernel;
  const [, host = '', program = ''] = found;
  try {
    parseTarget(host);
  } catch {
    throw problem(file, [...place, 'command'], 'Not the name of a host', {
      expected: 'ssh://[user@]host[:port]/program',
      given: String(first),
    });
  }
  if (program.trim() === '' || program.startsWith(' ')) {
    throw problem(file, [...place, 'command'], 'No program behind the host', {
      expected: 'ssh://[user@]host[:port]/program',
      given: String(first),
    });
  }
  return { ...kernel, host, command: typeof command === 'string' ? program : [program, ...rest] };
}

const remoteForm = /^ssh:\/\/([^/\s]*)\/?(.*)$/s;

function callOf(file: StudyFile, place: FieldPath, { command, shell }: CommandKernelInput): CommandCall {
  const at = [...place, 'command'];
  if (typeof command !== 'string') {
    if (shell) {
      throw problem(file, [...place, 'shell'], 'A list of words needs no shell', {
        expected: 'text as command, or no `shell`',
      });
    }
    return { kind: 'words', words: command.map(String) };
  }
  if (shell) return { kind: 'shell', text: command };
  const split = splitWords(command);
  switch (split.kind) {
    case 'words':
      if (split.words.length === 0) throw problem(file, at, 'An empty command');
      return split;
    case 'open':
      throw problem(file, at, `A quote ${split.quote} without its end`, { given: command });
    case 'shell':
      throw problem(file, at, `Only a shell understands ${JSON.stringify(split.found)}`, {
        expected: '`shell: true` beside it, or a list of words',
        given: command,
      });
    default:
      return split satisfies never;
  }
}

function folderOf(cwd: string | undefined): CommandFolder {
  if (cwd === undefined) return { kind: 'home' };
  return cwd === 'scratch' ? { kind: 'scratch' } : { kind: 'folder', folder: cwd };
}

const ownNames = [exitCodeColumn, cpuSecondsColumn, keptOutputColumn];

function outputsOf(file: StudyFile, place: FieldPath, { outputs }: CommandKernelInput): CommandOutput[] {
  const met = new Set<string>(ownNames);
  return outputs.map(({ name, dtype, shape, unit, regex, json, from }, i) => {
    const at = [...place, 'outputs', i];
    if (met.has(name)) {
      const what = ownNames.includes(name) ? 'Every command has a column named' : 'Two outputs are named';
      throw problem(file, [...at, 'name'], `${what} '${name}'`);
    }
    met.add(name);
    if (regex !== undefined && json !== undefined) {
      throw problem(file, [...at, 'json'], 'Give either regex or json, not both', {}, 'key');
    }
    const spec = { name, dtype, shape, ...(unit !== undefined && { unit }) };
    if (dtype === 'string' && (shape.length > 0 || (regex ?? json) === undefined)) {
      throw problem(file, [...at, 'dtype'], 'A text is found by a regex or in JSON, one at a time');
    }
    return { spec, from, find: findOf(file, at, regex, json) };
  });
}

function findOf(
  file: StudyFile,
  at: FieldPath,
  regex: string | undefined,
  json: string | undefined,
): CommandOutput['find'] {
  if (regex !== undefined) {
    try {
      new RegExp(regex, 'gm');
    } catch (error) {
      throw problem(file, [...at, 'regex'], (error as Error).message, { given: regex });
    }
    return { kind: 'regex', pattern: regex };
  }
  if (json === undefined) return { kind: 'last-line' };
  const path = parseJsonPath(json);
  if (path) return { kind: 'json', path };
  throw problem(file, [...at, 'json'], 'Not a path into JSON', {
    expected: 'keys and indices like result.forces[0]',
    given: json,
  });
}
