/** Debian packages that the tests and benchmarks use: installed where we are root, else named as missing. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

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
  { name: 'slurmctld', use: 'the test cluster' },
  { name: 'slurmd', use: 'the test cluster' },
  { name: 'slurm-client', use: 'the test cluster' },
  { name: 'slurmdbd', use: "accounts of the test cluster's Slurm" },
  { name: 'slurm-wlm-mysql-plugin', use: "accounts of the test cluster's Slurm" },
  { name: 'mariadb-server', use: "accounts of the test cluster's Slurm" },
  { name: 'munge', use: 'the test cluster' },
  { name: 'openssh-server', use: 'the test cluster' },
  { name: 'openssh-client', use: 'the test cluster' },
  { name: 'iproute2', use: 'the test cluster' },
  { name: 'mount', use: 'the test cluster' },
  { name: 'nftables', use: 'the faults of the test cluster' },
  { name: 'shellcheck', use: 'scripts for Slurm' },
  { name: 'xtb', use: 'many-body tests' },
  { name: 'mopac', use: 'many-body tests' },
  { name: 'psi4', use: 'many-body tests' },
  { name: 'nwchem', use: 'many-body tests' },
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
  const install = (names) => apt(['install', '-q', '-y', '--no-install-recommends', ...names]);
  withoutServices(() => {
    // One package that cannot be had must not cost the others.
    if (!install(missing.map(({ name }) => name))) for (const { name } of missing) install([name]);
  });
  return missing
    .filter(({ name }) => !isInstalled(name))
    .map(({ name, use }) => ({ name, reason: `apt-get could not install it (for ${use})` }));
}

function isInstalled(name) {
  const asked = spawnSync('dpkg', ['-s', name], { encoding: 'utf8' });
  return asked.status === 0 && /^Status: install ok installed$/m.test(asked.stdout);
}

/** No daemon that comes with a package is started on this machine: the test cluster starts its own. */
function withoutServices(action) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return action();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return action();
  } finally {
    rmSync(policy, { force: true });
  }
}

function apt(args) {
  const done = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return done.status === 0;
}
