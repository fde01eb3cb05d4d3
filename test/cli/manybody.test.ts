import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program, shoal } from '../program.js';
import { ionTetramer, qcschema, storedComponents } from '../solvers/manybody/reference.js';

let folder: string;
beforeAll(() => {
  program();
  folder = mkdtempSync(join(tmpdir(), 'shoal-manybody-'));
  const write = (name: string, content: object): void =>
    writeFileSync(join(folder, name), JSON.stringify(content));
  const names = ['hf'];
  write(
    'input.json',
    qcschema({ molecule: ionTetramer, driver: 'gradient', keywords: { bsse_type: 'nocp' }, names }),
  );
  const components = storedComponents('ion-tetramer-hf');
  write('all.json', components);
  const { '["hf", [1, 4], [1, 4]]': _, ...rest } = components;
  write('some.json', rest);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]): { stdout: string; stderr: string; status: number | null } =>
  shoal(['manybody', ...args], { cwd: folder });

describe('the program', () => {
  test('plans', () => {
    const { stdout, status } = run('plan', 'input.json');
    expect(status).toBe(0);
    expect(stdout).toContain('    Model chemistry "hf" (§A):             15\n');
    expect(stdout).toContain('15 calculations, predicted cost');
  });

  test('assembles to a QCSchema result, all of it however large', () => {
    const { stdout, stderr, status } = run('assemble', 'input.json', '--results', 'all.json', '--json');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const result = JSON.parse(stdout) as { success: boolean; return_result: number[] };
    expect(result.success).toBe(true);
    expect(result.return_result).toHaveLength(18);
  });

  test('ends with 1 where results are missing, and says which', () => {
    const { stdout, status } = run('assemble', 'input.json', '--results', 'some.json');
    expect(status).toBe(1);
    expect(stdout).toContain('Missing: 1 of 15 calculations\n    (1, 4)@(1, 4)\n');
  });

  test.each([
    [['assemble', 'input.json'], 'shoal: manybody assemble needs --results'],
    [
      ['assemble', 'input.json', '--results', 'input.json'],
      'shoal: input.json: schema_name: Wrong value (expected keys with values',
    ],
    [[], 'shoal: manybody does one of several things'],
  ])('refuses %j', (args, message) => {
    const { stderr, stdout, status } = run(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});
