import { describe, expect, test } from 'vitest';
import type { CommandSource } from '../../../src/study/command/source.js';
import { load, refusal } from '../support.js';

const head = 'name: a\nparameters: { x: [1, 2], v: { value: [3, 4] }, label: [a] }\n';

async function kernelOf(text: string): Promise<CommandSource> {
  return (await load(head + text)).kernel as CommandSource;
}

test('a command in its shortest form', async () => {
  expect(await kernelOf('kernel: { command: [./solve, "{x}", 2] }')).toMatchObject({
    kind: 'command',
    call: { kind: 'words', words: ['./solve', '{x}', '2'] },
    stdin: { kind: 'none' },
    environment: {},
    cwd: { kind: 'home' },
    outputs: [],
    okExitCodes: [0],
    keepsLauncher: false,
  });
});

test('a text is split, unless it is for a shell', async () => {
  const words = ['python3', 'my model.py', '{x}'];
  expect((await kernelOf(`kernel: { command: "python3 'my model.py' {x}" }`)).call).toEqual({
    kind: 'words',
    words,
  });
  expect((await kernelOf('kernel: { command: "a {x} | b", shell: true }')).call).toEqual({
    kind: 'shell',
    text: 'a {x} | b',
  });
});

test('all of its keys', async () => {
  const source = await kernelOf(`kernel:
  command: [solve]
  stdin: json
  env: { THREADS: 2, LABEL: "{label}" }
  cwd: scratch
  ok_exit_codes: [0, 3]
  launcher_environment: keep
  outputs:
    - { name: energy, json: "result.energies[0]", unit: J }
    - { name: steps, regex: "^steps: (\\\\d+)$", dtype: int32, from: stderr }
    - { name: last, shape: [2] }
`);
  expect(source).toMatchObject({
    stdin: { kind: 'json' },
    environment: { THREADS: '2', LABEL: '{label}' },
    cwd: { kind: 'scratch' },
    okExitCodes: [0, 3],
    keepsLauncher: true,
    outputs: [
      { spec: { name: 'energy', unit: 'J' }, find: { kind: 'json', path: ['result', 'energies', 0] } },
      { spec: { dtype: 'int32' }, from: 'stderr', find: { kind: 'regex', pattern: '^steps: (\\d+)$' } },
      { spec: { shape: [2] }, find: { kind: 'last-line' } },
    ],
  });
});

test('where the study lies makes no other study, what is called does', async () => {
  const print = async (text: string) => (await load(head + text)).fingerprint;
  expect(await print('kernel: { command: [a] }')).toBe(await print('kernel: { command: a }'));
  expect(await print('kernel: { command: [a] }')).not.toBe(await print('kernel: { command: [b] }'));
});

describe('refuses', () => {
  test.each([
    [
      'kernel: { command: "a | b" }',
      `kernel.command: Only a shell understands "|" (expected \`shell: true\``,
    ],
    ['kernel: { command: "a \'b" }', "A quote ' without its end"],
    ['kernel: { command: "  " }', 'An empty command'],
    ['kernel: { command: [] }', 'kernel.command: Wrong value'],
    ['kernel: { command: [a], shell: true }', 'A list of words needs no shell'],
    [
      'kernel: { command: [a, "{lable}"] }',
      "No parameter for the placeholder {lable}. Did you mean 'label'? Braces that mean themselves are written {{lable}}",
    ],
    ['kernel: { command: [a, "{v[2]}"] }', 'an index from 0 to 1'],
    ['kernel: { command: [a, "{x[0]}"] }', '{x}: it is no vector'],
    ['kernel: { command: [a], stdin: "{nope}" }', 'kernel.stdin: No parameter'],
    ['kernel: { command: [a], env: { A: "{nope}" } }', 'kernel.env.A: No parameter'],
    ['kernel: { command: [a], env: { "A-B": 1 } }', 'kernel.env'],
    [
      'kernel: { command: [a], outputs: [{ name: e, regex: "(" }] }',
      'kernel.outputs[0].regex: Invalid regular',
    ],
    ['kernel: { command: [a], outputs: [{ name: e, json: "a..b" }] }', 'Not a path into JSON'],
    ['kernel: { command: [a], outputs: [{ name: e, json: a, regex: b }] }', 'either regex or json'],
    ['kernel: { command: [a], outputs: [{ name: e }, { name: e }] }', "Two outputs are named 'e'"],
    ['kernel: { command: [a], outputs: [{ name: exit_code }] }', 'Every command has a column'],
    ['kernel: { command: [a], outputs: [{ name: e, dtype: string }] }', 'A text is found by a regex'],
    ['kernel: { command: [a], outputs: [{ nam: e }] }', "Unknown key 'nam'. Did you mean 'name'?"],
    ['kernel: { comand: [a] }', "Unknown key 'comand'. Did you mean 'command'?"],
    ['kernel: { command: [a], ok_exit_codes: [256] }', 'kernel.ok_exit_codes[0]'],
    ['kernel: { command: [a], launcher_environment: no }', 'expected drop or keep'],
  ])('%s', async (text, message) => {
    expect(await refusal(head + text)).toContain(message);
  });
});
