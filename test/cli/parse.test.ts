import { describe, expect, test } from 'vitest';
import {
  type Command,
  choiceOption,
  countOption,
  durationOption,
  parseCount,
  textOption,
} from '../../src/cli/command.js';
import { type Parsed, parseCommandLine } from '../../src/cli/parse.js';
import { InputError } from '../../src/errors/input-error.js';

const run: Command = {
  name: 'run',
  describe: 'Runs a study.',
  positionals: { STUDY: 'file of the study' },
  options: {
    ranks: { describe: 'Processes that take part.', value: 'N' },
    'run-dir': { describe: 'Folder of the run.', value: 'DIR' },
    json: { describe: 'JSON on standard output.', isFlag: true },
  },
  handle: () => Promise.resolve(0),
};
const explain: Command = {
  ...run,
  name: 'explain',
  positionals: { RUN_DIR: 'its folder', CASE: 'a number' },
};
const twoWords: Command = { ...run, name: 'cluster plan', positionals: { INPUT: 'a file' } };
const context = { program: 'shoal', version: '1.2.3', columns: 80, environment: {} };

const parse = (...argv: string[]): Parsed => parseCommandLine(argv, [run, explain, twoWords], context);

function refusal(...argv: string[]): string {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof InputError) return error.describe();
    throw error;
  }
  return 'nothing was refused';
}

describe('a command line that is understood', () => {
  test.each([
    [['run', 'a.yaml'], { STUDY: 'a.yaml' }],
    [['run', 'a.yaml', '--ranks', '4', '--json'], { STUDY: 'a.yaml', ranks: '4', json: true }],
    [['run', '--ranks=04', 'a.yaml'], { STUDY: 'a.yaml', ranks: '04' }],
    [['run', 'a.yaml', '--run-dir', '007'], { STUDY: 'a.yaml', 'run-dir': '007' }],
    [['run', 'a.yaml', '--ranks', '2', '--ranks', '3'], { STUDY: 'a.yaml', ranks: '3' }],
    [['run', '--json', '--', '--odd name.yaml'], { STUDY: '--odd name.yaml', json: true }],
    [['explain', 'runs/x', '0012'], { RUN_DIR: 'runs/x', CASE: '0012' }],
    [['cluster', 'plan', 'plan', '--json'], { INPUT: 'plan', json: true }],
  ])('%j gives %j', (argv, args) => {
    expect(parse(...argv)).toMatchObject({ kind: 'command', args });
  });

  test('the first word of commands that share it has the help of all of them', () => {
    const parsed = parse('cluster', '--help');
    expect(parsed.kind === 'text' && parsed.text).toMatch(/^shoal cluster plan INPUT \[options\]/);
  });

  test('the help of a command names its arguments and options', () => {
    const parsed = parse('run', '--help');
    expect(parsed.kind === 'text' && parsed.text).toMatch(/shoal run STUDY[\s\S]*--run-dir/);
  });

  test('the help of the program names each command', () => {
    const parsed = parse('--help');
    expect(parsed.kind === 'text' && parsed.text).toMatch(
      /run STUDY[\s\S]*explain RUN_DIR CASE[\s\S]*Exit codes/,
    );
  });

  test('the version is the version alone', () => {
    expect(parse('--version')).toEqual({ kind: 'text', text: '1.2.3' });
  });
});

test('a command of two words needs both', () => {
  const expected = 'cluster does one of several things (expected cluster plan, got cluster';
  expect(refusal('cluster')).toBe(`${expected} alone)`);
  expect(refusal('cluster', 'run')).toBe(`${expected} run)`);
});

describe('a command line that is not', () => {
  test.each([
    [['rnu', 'a.yaml'], "unknown command 'rnu'. Did you mean 'run'?"],
    [[], 'no command given'],
    [['--json', 'run'], 'the command comes first'],
    [['run'], 'run needs STUDY (expected run STUDY: file of the study)'],
    [['run', 'a.yaml', 'b.yaml'], "unexpected argument 'b.yaml'"],
    [['run', 'a.yaml', '--rank', '4'], "unknown option --rank of run. Did you mean '--ranks'?"],
    [['run', 'a.yaml', '--no-json'], 'unknown option --no-json of run'],
    [['run', 'a.yaml', '-j'], 'unknown option -j of run'],
    [['run', 'a.yaml', '--ranks'], '--ranks needs a value (expected --ranks N)'],
    [['run', 'a.yaml', '--ranks', '--json'], '--ranks needs a value (expected --ranks N)'],
    [['run', 'a.yaml', '--run-dir='], '--run-dir needs a value (expected --run-dir DIR)'],
  ])('%j is refused: %s', (argv, text) => {
    expect(refusal(...argv)).toContain(text);
  });
});

describe('values', () => {
  test.each(['-1', '1.5', 'four', '', '1e3', '0', '99999999999999999999'])(
    '%j is no count of at least 1',
    (text) => {
      expect(() => countOption({ ranks: text }, 'ranks', 1)).toThrow('--ranks cannot be used');
    },
  );

  test('a count may be grouped with underscores', () => {
    expect(parseCount('1_000_000', 'CASE', 0)).toBe(1_000_000);
  });

  test('a choice says what the others are', () => {
    expect(choiceOption({ format: 'csv' }, 'format', ['csv', 'arrow'])).toBe('csv');
    expect(() => choiceOption({ format: 'xls' }, 'format', ['csv', 'arrow'])).toThrow(
      expect.objectContaining({ facts: { expected: 'one of csv, arrow', given: '"xls"' } }),
    );
  });
});

describe('options from the environment', () => {
  const environment = { SHOAL_RANKS: '7', SHOAL_RUN_DIR: 'x', SHOAL_JSON: '1', SHOAL_OTHER: 'y', HOME: '/' };
  const argumentsOf = (command: Command, ...argv: string[]) => {
    const parsed = parseCommandLine(argv, [command], { ...context, environment });
    if (parsed.kind !== 'command') throw new Error('expected a command');
    return parsed.args;
  };

  test('stand for those with a value that are not given, in commands that take them', () => {
    const args = argumentsOf({ ...run, isFromEnvironment: true }, 'run', 'a.yaml', '--run-dir', 'd');
    expect([textOption(args, 'ranks'), textOption(args, 'run-dir'), args.json]).toEqual([
      '7',
      'd',
      undefined,
    ]);
    expect(textOption(argumentsOf(run, 'run', 'a.yaml'), 'ranks')).toBeUndefined();
  });

  test('are refused by the name of the variable', () => {
    const given = { SHOAL_RANKS: 'many', SHOAL_TIMEOUT: 'soon' };
    expect(() => countOption(given, 'ranks', 1)).toThrow('SHOAL_RANKS cannot be used');
    expect(() => durationOption(given, 'timeout')).toThrow('SHOAL_TIMEOUT cannot be used');
    expect(() => durationOption({ timeout: 'soon' }, 'timeout')).toThrow('--timeout cannot be used');
  });
});
