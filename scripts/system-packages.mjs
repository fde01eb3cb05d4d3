/** Debian packages that the tests and benchmarks use: installed where we are root, else named as missing. */
import { spawnSync } from 'node:child_process';

const wanted = [
  { name: 'gcc', use: 'C kernels' },
  { name: 'libc6-dev', use: 'C kernels' },
  { name: 'make', use: 'C kernels' },
  { name: 'openmpi-bin', use: 'tests under Open MPI' },
  { name: 'libopenmpi-dev', use: 'the check of our Open MPI constants' },
  { name: 'mpich', use: 'tests under MPICH' },
  { name: 'libmpich-dev', use: 'the check of our MPICH constants' },
  { name: 'python3-mpi4py', use: "the benchmarks' peer" },
  { name: 'parallel', use: "the benchmarks' peer for commands" },
];

/** Returns the packages that are still missing at the end, each with the reason. */
export function installSystemPackages() {
  const missing = wanted.filter(({ name }) => !isInstalled(name));
  if (missing.length === 0) return [];
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).error) {
    // Elsewhere packages have other names; what is really missing shows in the tests that need it.
    return missing.map(({ name, use }) => ({ name, reason: `no apt-get here to look for it (for ${use})` }));
  }
  if (process.getuid?.() !== 0) {
    return missing.map(({ name, use }) => ({
      name,
      reason: `not installed, and only root may (for ${use})`,
    }));
  }
  console.log(`installing ${missing.map(({ name }) => name).join(' ')}`);
  apt(['update', '-q']);
  if (!apt(['install', '-q', '-y', '--no-install-recommends', ...missing.map(({ name }) => name)])) {
    // One package that cannot be had must not cost the others.
    for (const { name } of missing) apt(['install', '-q', '-y', '--no-install-recommends', name]);
  }
  return missing
    .filter(({ name }) => !isInstalled(name))
    .map(({ name, use }) => ({ name, reason: `apt-get could not install it (for ${use})` }));
}

function isInstalled(name) {
  const asked = spawnSync('dpkg', ['-s', name], { encoding: 'utf8' });
  return asked.status === 0 && /^Status: install ok installed$/m.test(asked.stdout);
}

function apt(args) {
  const done = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return done.status === 0;
}
