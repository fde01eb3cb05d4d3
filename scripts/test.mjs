/**
 * `npm test`: sets up what it may, then checks everything that this machine can check. Each step prints its own
 * output; behind them stand the time of each step, what could not be checked and why, and as the last line the counts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installSystemPackages } from './system-packages.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = join(root, 'build');
const skipsFile = join(build, 'skips.txt');
const vitestFile = join(build, 'vitest.json');
const bin = (name) => join(root, 'node_modules', '.bin', name);

mkdirSync(build, { recursive: true });
writeFileSync(skipsFile, '');
rmSync(vitestFile, { force: true });
process.env.SHOAL_SKIPS = skipsFile;

const counts = { passed: 0, failed: 0, skipped: 0 };
const times = [];
const skips = [];

step('system packages', () => {
  const missing = installSystemPackages();
  for (const { name, reason } of missing) skips.push(`system package ${name}: ${reason}`);
  return 'passed';
});
if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) {
  step('npm ci', () => run('npm', ['ci', '--no-audit', '--no-fund']));
}
step('build', () => run(process.execPath, [join(root, 'scripts', 'build.mjs')]));
step('format and lint', () => run(bin('biome'), ['check', '--error-on-warnings', '.']));
step('types', () => run(bin('tsc'), ['-p', root]));
step('C tests under sanitizers', () => {
  for (const tool of [process.env.CC ?? 'cc', 'make']) {
    if (!exists(tool)) return skip(`C tests: there is no ${tool}`);
  }
  return run('make', ['-s', '-C', join(root, 'native'), 'test']);
});
step('vitest', () => {
  const outcome = run(bin('vitest'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${vitestFile}`,
  ]);
  return countVitest(outcome);
});
summary();

function run(command, args) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.error) console.error(`${command}: ${done.error.message}`);
  return done.status === 0 ? 'passed' : 'failed';
}

function exists(command) {
  return !spawnSync(command.split(' ')[0], ['--version'], { stdio: 'ignore' }).error;
}

function skip(reason) {
  skips.push(reason);
  return 'skipped';
}

/** Runs a step, which returns its outcome, or `counted` when it has added to the counts itself. */
function step(title, action) {
  console.log(`\n--- ${title}`);
  const started = performance.now();
  const outcome = action();
  times.push({ title, outcome, seconds: (performance.now() - started) / 1000 });
  if (outcome !== 'counted' && outcome !== 'counted, failed') counts[outcome] += 1;
}

function countVitest(outcome) {
  if (!existsSync(vitestFile)) return 'failed';
  const report = JSON.parse(readFileSync(vitestFile, 'utf8'));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  counts.skipped += report.numPendingTests + report.numTodoTests;
  // A file that cannot even be loaded, or an error outside any test, fails the run but is in none of the counts.
  if (outcome === 'failed' && report.numFailedTests === 0) counts.failed += 1;
  return outcome === 'passed' ? 'counted' : 'counted, failed';
}

function summary() {
  console.log('\n--- summary');
  for (const { title, outcome, seconds } of times) {
    console.log(
      `${outcome.replace('counted, ', '').replace('counted', 'passed').padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${title}`,
    );
  }
  const reasons = [...new Set([...skips, ...readFileSync(skipsFile, 'utf8').split('\n')])].filter(Boolean);
  console.log(reasons.length === 0 ? '\nNothing was left out.' : '\nNot checked on this machine:');
  for (const reason of reasons) console.log(`  ${reason}`);
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}
