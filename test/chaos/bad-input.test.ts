/** Input that cannot be used: one message that names place and expectation, exit code 2, and nothing is written. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import { Session } from './session.js';
import { families, launcherOf, underMpirun } from './transports.js';

let folder: string;

beforeAll(() => {
  program();
  folder = mkdtempSync(join(tmpdir(), 'shoal-input-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good = `name: sounding
solver: tem1d
settings:
  tx_area: 100
  times: [1e-5, 1e-4]
parameters:
  resistivities: { values: [[10, 100, 50]] }
  depths: { value: [0, 20, 50] }
`;

/** The study with one line replaced by others. */
function withLine(line: string, ...replacement: string[]): string {
  expect(good).toContain(`${line}\n`);
  return good.replace(`${line}\n`, replacement.map((text) => `${text}\n`).join(''));
}

const [area, times] = ['  tx_area: 100', '  times: [1e-5, 1e-4]'];
const resistivities = '  resistivities: { values: [[10, 100, 50]] }';
const depths = '  depths: { value: [0, 20, 50] }';
const axis = (name: string) => `  ${name}: { linspace: [1, 2, 1000000] }`;

const studies: readonly { what: string; text: () => string; place: RegExp; says: RegExp }[] = [
  {
    what: 'an unknown key, with the nearest known one',
    text: () => withLine(area, '  tx_aera: 100'),
    place: /study\.yaml:4:3: settings/,
    says: /tx_aera.*tx_area/,
  },
  {
    what: 'an unknown key at the top',
    text: () => withLine('parameters:', 'paramters:'),
    place: /study\.yaml:6:1/,
    says: /paramters.*parameters/,
  },
  {
    what: 'a text where a number belongs',
    text: () => withLine(area, '  tx_area: wide'),
    place: /study\.yaml:4:\d+: settings\.tx_area/,
    says: /expected .*number.*got .*wide/,
  },
  {
    what: 'depths that do not increase',
    text: () => withLine(depths, '  depths: { value: [0, 50, 20] }'),
    place: /study\.yaml:8:\d+: parameters\.depths/,
    says: /increas.*20/,
  },
  {
    what: 'a resistivity of zero',
    text: () => withLine(resistivities, '  resistivities: { values: [[10, 0, 50]] }'),
    place: /study\.yaml:7:\d+: parameters\.resistivities/,
    says: /expected a resistivity from \S+ to .*got 0/,
  },
  {
    what: 'a negative resistivity among the limits of a distribution',
    text: () =>
      `${withLine(resistivities, '  resistivities: { uniform: [-5, 5], size: 3 }')}sample: { count: 10 }\n`,
    place: /study\.yaml:7:\d+: parameters\.resistivities/,
    says: /expected a resistivity from \S+ to .*got -5/,
  },
  {
    what: 'NaN',
    text: () => withLine(times, '  times: [1e-5, .nan]'),
    place: /study\.yaml:5:\d+: settings\.times/,
    says: /NaN|nan/,
  },
  {
    what: 'an empty grid',
    text: () => withLine(resistivities, '  resistivities: { values: [] }'),
    place: /study\.yaml:7:\d+: parameters\.resistivities/,
    says: /empty|at least one/i,
  },
  {
    what: 'a grid of more than 2^53 cases',
    text: () => good.replace('parameters:\n', `parameters:\n${axis('a')}\n${axis('b')}\n${axis('c')}\n`),
    place: /study\.yaml/,
    says: /cases.*(2\^53|9,?007,?199,?254,?740,?99)/,
  },
  {
    what: 'text that is no YAML',
    text: () => withLine(area, '  tx_area: [100'),
    place: /study\.yaml:\d+/,
    says: /./,
  },
];

describe('A study with', () => {
  test.each(studies.map((study) => [study.what, study] as const))(
    '%s is refused by its place',
    (what, study) => {
      const { text, place, says } = study;
      const here = join(folder, what.replaceAll(/\W+/g, '-'));
      mkdirSync(here);
      writeFileSync(join(here, 'study.yaml'), text());
      const done = shoal(['run', 'study.yaml', '--ranks', '2'], { cwd: here });
      expectRefusal(done);
      expect(done.stderr).toMatch(place);
      expect(done.stderr).toMatch(says);
      expect(readdirSync(here)).toEqual(['study.yaml']);
    },
  );

  test('no fault is not refused, so that the others are refused for their fault', () => {
    const here = join(folder, 'good');
    mkdirSync(here);
    writeFileSync(join(here, 'study.yaml'), good);
    const done = shoal(['run', 'study.yaml', '--ranks', '1', '--quiet'], { cwd: here });
    expect(done.status, done.stderr).toBe(0);
  });
});

test('A derived value that no model can have is a failed row, and the others are computed', () => {
  const here = join(folder, 'derived');
  mkdirSync(here);
  const derived = ['  h: [5, 10, 20]', 'derived:', '  depths: [0, h, 15]'];
  writeFileSync(join(here, 'study.yaml'), withLine(depths, ...derived));
  const done = shoal(['run', 'study.yaml', '--ranks', '1', '--quiet', '--json'], { cwd: here });
  expect(done.status, done.stderr).toBe(1);
  const outcome = JSON.parse(done.stdout);
  expect(outcome).toMatchObject({
    total: 3,
    done: 3,
    failed: 1,
    failures: [{ status: 'failed', example: 2 }],
  });
  expect(outcome.failures[0].message).toMatch(/depth/);
});

describe('A run directory', () => {
  test('cannot be made of a study file that is missing', () => {
    const here = join(folder, 'missing');
    mkdirSync(here);
    const done = shoal(['run', 'nowhere.yaml'], { cwd: here });
    expectRefusal(done);
    expect(done.stderr).toMatch(/nowhere\.yaml/);
    expect(readdirSync(here)).toEqual([]);
  });

  test('of another study, or a folder that is none, is refused by name and stays as it is', () => {
    const here = join(folder, 'other');
    mkdirSync(join(here, 'photos'), { recursive: true });
    writeFileSync(join(here, 'photos', 'cat.jpg'), 'meow');
    writeFileSync(join(here, 'study.yaml'), good);
    writeFileSync(join(here, 'other.yaml'), withLine(area, '  tx_area: 200').replace('sounding', 'another'));
    expect(shoal(['run', 'study.yaml', '--run-dir', 'd', '--ranks', '1'], { cwd: here }).status).toBe(0);
    const manifest = readFileSync(join(here, 'd', 'manifest.json'), 'utf8');

    const foreign = shoal(['run', 'other.yaml', '--run-dir', 'd'], { cwd: here });
    expectRefusal(foreign);
    expect(foreign.stderr).toMatch(/another study.*expected another.*got sounding/);
    expect(readFileSync(join(here, 'd', 'manifest.json'), 'utf8')).toBe(manifest);

    const photos = shoal(['run', 'study.yaml', '--run-dir', 'photos'], { cwd: here });
    expectRefusal(photos);
    expect(photos.stderr).toMatch(/photos.*not empty and not a run directory.*cat\.jpg/);

    for (const args of [['resume'], ['status'], ['export', '--format', 'csv']]) {
      for (const [name, says] of [
        ['photos', /photos: .*not a run directory/],
        ['nowhere', /nowhere: .*does not exist/],
      ] as const) {
        const done = shoal([args[0]!, name, ...args.slice(1)], { cwd: here });
        expectRefusal(done);
        expect(done.stderr).toMatch(says);
      }
    }
    expect(readdirSync(join(here, 'photos'))).toEqual(['cat.jpg']);
    expect(existsSync(join(here, 'nowhere'))).toBe(false);
  });
});

for (const family of families) {
  const launcher = launcherOf(family);
  if (!launcher) recordSkip(`refusals under mpirun: no launcher of ${family} is installed`);
  test.skipIf(!launcher)(
    `Under mpirun of ${family}, rank 0 alone says what is wrong, once, and no rank stays`,
    async () => {
      const here = join(folder, family);
      mkdirSync(here);
      writeFileSync(join(here, 'study.yaml'), withLine(area, '  tx_aera: 100'));
      const start = underMpirun(launcher!).start(['run', 'study.yaml']);
      const session = new Session(start, { cwd: here, notes: join(folder, 'notes') });
      const { code, stdout, stderr } = await session.end();
      expect(code, stderr).toBe(2);
      expect((stdout + stderr).match(/^shoal: .*tx_aera/gm)).toHaveLength(1);
      expect(await session.orphans()).toEqual([]);
      expect(readdirSync(here)).toEqual(['study.yaml']);
    },
  );
}

function expectRefusal(done: ReturnType<typeof shoal>): void {
  expect(done.status, done.stderr).toBe(2);
  expect(done.stdout).toBe('');
  expect(done.stderr).toMatch(/^shoal: /);
  expect(done.stderr).not.toMatch(/internal error|^\s+at /m);
}
