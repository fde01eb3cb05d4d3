import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { findLaunchers } from '../../../../src/launch/mpirun/launcher.js';
import { startShoal } from '../../../cli/program.js';
import { eventually } from '../../../process/marked.js';
import { program, shoal } from '../../../program.js';
import { recordSkip } from '../../../skips.js';
import {
  answer,
  argon,
  folder,
  moleculeOf,
  resultOf,
  run,
  runUnder,
  scripted,
  writeInput,
} from './folder.js';

beforeAll(() => {
  program();
});

const potential = {
  molecule: moleculeOf(argon),
  driver: 'gradient',
  bsse: ['vmfc'],
  calculation: { program: 'potential', method: 'lennard-jones+axilrod-teller-muto' },
};

test('pairs and triples add up to all, four bodies to nothing, and ghosts change nothing', () => {
  const done = run('argon', potential);
  expect(done.stdout).toMatch(/argon: 65 cases completed/);
  expect(done.status).toBe(0);
  const { properties, success } = resultOf('argon');
  expect(success).toBe(true);
  expect(Math.abs(properties.nocp_corrected_4_body_contribution_to_energy!)).toBeLessThan(1e-18);
  expect(properties.nocp_corrected_3_body_contribution_to_energy).not.toBe(0);
  for (const bsse of ['cp', 'vmfc']) {
    expect(properties[`${bsse}_corrected_total_energy`]).toBeCloseTo(
      properties.nocp_corrected_total_energy!,
      18,
    );
  }
  expect(answer('argon', 'summary.txt')).toContain('Total gradient (vmfc)');
  expect(answer('argon', 'contributions.svg')).toMatch(/^<svg .*[\s\S]*2-body[\s\S]*<\/svg>\n$/);
  expect(answer('argon', 'contributions.csv').split('\n')[0]).toMatch(/^bsse,nbody,/);
});

test('the answer has the same bytes with 1 and 2 processes and under four ranks of each MPI', () => {
  const path = writeInput('argon', potential);
  const alone = shoal(['manybody', 'run', path, '--ranks', '1', '--run-dir', 'runs/alone'], { cwd: folder });
  expect(alone.status).toBe(0);
  expect(answer('alone')).toBe(answer('argon'));
  for (const family of ['openmpi', 'mpich'] as const) {
    const launcher = findLaunchers(process.env).find((candidate) => candidate.family === family);
    if (!launcher) {
      recordSkip(`many-body runs under ${family}: it is not installed`);
      continue;
    }
    const done = runUnder(launcher.path, family, path);
    expect(done.stderr).not.toMatch(/error/i);
    expect(done.status).toBe(0);
    expect(answer(family)).toBe(answer('argon'));
  }
});

test('a study file with the same input has the same answer', () => {
  const { driver, bsse, molecule, calculation } = potential;
  const study = {
    name: 'as-study',
    solver: 'manybody',
    settings: { name: 'argon', molecule, driver, bsse, calculation },
    execution: { max_retries: 1 },
  };
  writeFileSync(join(folder, 'study.json'), JSON.stringify(study));
  expect(shoal(['run', 'study.json', '--ranks', '2'], { cwd: folder }).status).toBe(0);
  expect(resultOf('as-study').properties).toEqual(resultOf('argon').properties);
  const own = { ...study, parameters: { x: [1, 2] } };
  writeFileSync(join(folder, 'own.json'), JSON.stringify(own));
  const refused = shoal(['run', 'own.json'], { cwd: folder });
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/cases of manybody follow from its settings[\s\S]*parameters/);
});

test('what a program cannot do is refused before anything is written', () => {
  const refused = run('ghosts', {
    ...potential,
    driver: 'energy',
    calculation: { program: 'xtb', method: 'GFN2-xTB' },
  });
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/xtb cannot do ghost atoms.*bsse nocp/);
  expect(existsSync(join(folder, 'runs', 'ghosts'))).toBe(false);
});

test('a program that is not installed is missed before anything is computed', () => {
  const calculation = { ...scripted('true'), program: 'template' };
  const keywords = { ...calculation.keywords, command: ['no-such-program'] };
  const missed = run('missed', {
    molecule: moleculeOf(argon),
    bsse: 'nocp',
    calculation: { ...calculation, keywords },
  });
  expect(missed.status).toBe(2);
  expect(missed.stderr).toMatch(/there is no program no-such-program on this host.*Install it/s);
});

/** The energy is minus the number of atoms squared; what comes before it may end the script. */
const count = (first: string) => `atoms=$(grep -c Ar in)\n${first}\necho E = -$((atoms * atoms)).0; echo bye`;
/** Fragments 1, 2 and 3 are there, and nothing else. */
const isTrimer = `[ $atoms = 3 ] && grep -q "6.1" in && grep -q "6.2" in && grep -q "Ar 0.0" in`;

test.each([
  { what: 'fails', does: 'echo no memory left >&2; exit 3', type: 'ProgramError', says: 'no memory left' },
  { what: 'crashes', does: 'kill -SEGV $$', type: 'Signal', says: 'SIGSEGV' },
  { what: 'prints NaN', does: 'echo E = NaN; echo bye; exit', type: 'NotANumber', says: 'NaN' },
  {
    what: 'cuts its last line',
    does: 'echo E = -9.0; printf by; exit',
    type: 'OutputIncomplete',
    says: "no 'bye'",
  },
  { what: 'hangs', does: 'sleep 100', type: 'Timeout', says: 'took longer than 4 s', limit: '4' },
])(
  'a program that $what for one trimer costs this trimer, and the rest is said',
  ({ what, does, type, says, limit = '60' }) => {
    const name = what.replaceAll(' ', '-');
    const calculation = scripted(count(`if ${isTrimer}; then ${does}; fi`));
    const done = run(name, { molecule: moleculeOf(argon), bsse: 'nocp', calculation }, '--timeout', limit);
    expect(done.status).toBe(1);
    expect(done.stdout).toMatch(/14 (cases )?completed|1 (failed|timeout)/);
    expect(done.stdout).toContain(`${type}: `);
    expect(done.stdout).toContain(says);
    const { success, return_result, properties, extras } = resultOf(name);
    expect(success).toBe(false);
    expect(return_result).toBeNull();
    expect(extras.missing).toEqual(['["(auto)", [1, 2, 3], [1, 2, 3]]']);
    // Pairs of -4 less two monomers of -1 each.
    expect(properties.nocp_corrected_interaction_energy_through_2_body).toBe(-12);
    expect(properties).not.toHaveProperty('nocp_corrected_3_body_contribution_to_energy');
  },
);

test('what failed is computed by the next calculator', () => {
  const calculation = scripted(count('[ $atoms -lt 3 ] || { echo not converged >&2; exit 1; }'), {
    retry_with: [{ keywords: scripted(count('')).keywords }],
  });
  const done = run('next', { molecule: moleculeOf(argon), bsse: 'nocp', calculation });
  expect(done.status).toBe(0);
  // All of -16, less four monomers.
  expect(resultOf('next').return_result).toBe(-12);
});

test('a run that was killed goes on with what is missing', async () => {
  const log = join(folder, 'calls');
  appendFileSync(log, '');
  const calculation = scripted(count(`echo call >> ${log}; sleep 0.3`));
  const path = writeInput('killed', { molecule: moleculeOf(argon), bsse: 'nocp', calculation });
  const calls = (): number => readFileSync(log, 'utf8').split('\n').length - 1;
  const started = startShoal(folder, ['manybody', 'run', path, '--ranks', '2']);
  expect(await eventually(() => calls() >= 6)).toBe(true);
  started.child.kill('SIGKILL');
  await started.ended;
  const before = calls();
  const done = shoal(['resume', 'runs/killed', '--ranks', '2'], { cwd: folder });
  expect(done.status).toBe(0);
  expect(done.stdout).toMatch(/15 cases completed/);
  // Those that were being computed are computed again, at most one a process, and each costs one call.
  expect(calls()).toBeLessThanOrEqual(15 + 3);
  expect(calls()).toBeGreaterThanOrEqual(15);
  expect(calls() - before).toBeLessThan(15);
  expect(resultOf('killed').return_result).toBe(-12);
});
