/** Hosts over SSH, from one host of the cluster to the others, as a user who is not root. */
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobFacts } from '../../src/cli/job-facts.js';
import { mainScript } from '../../src/process/install.js';
import { runState } from '../chaos/run-state.js';
import { eventually } from '../process/marked.js';
import { program } from '../program.js';
import { type Cluster, startCluster } from './bed/cluster.js';
import type { ExecOptions } from './bed/enter.js';
import { userPassword } from './bed/layout.js';
import { canHaveCluster } from './bed/obstacle.js';
import { until } from './bed/until.js';

describe.skipIf(!canHaveCluster('hosts over SSH', { programs: ['script'] }))('hosts over SSH', () => {
  let cluster: Cluster;
  let config: string;
  const path = (...parts: readonly string[]) => join(cluster.shared, ...parts);

  /** The same configuration, with which a silent host is soon thought to be gone. */
  const impatient = () => path('impatient');

  const shoal = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    cluster.exec('ctl', ['node', mainScript(), ...args], as(env));
  const as = (env: Readonly<Record<string, string>> = {}): ExecOptions => ({
    user: 'user',
    env: { SHOAL_SSH_CONFIG: config, ...env },
  });

  beforeAll(async () => {
    program();
    cluster = await startCluster({ hosts: 2, slurm: false });
    config = path('ssh_config');
    const text = `Host far
  HostName n2
  ProxyJump n1
Host *
  GlobalKnownHostsFile /etc/ssh/ssh_known_hosts
  UserKnownHostsFile ${path('known_hosts')}
`;
    writeFileSync(config, `${text}  ConnectTimeout 20\n`);
    writeFileSync(
      impatient(),
      `${text}  ConnectTimeout 4\n  ServerAliveInterval 1\n  ServerAliveCountMax 2\n`,
    );
  });
  afterAll(() => cluster?.down());

  describe('two factors', () => {
    beforeAll(() => cluster.restartSshd('n1', ['AuthenticationMethods publickey,keyboard-interactive']));
    afterAll(() => cluster.restartSshd('n1'));

    const transports = ['ssh2', 'system'] as const;
    const list = (transport: string) => ['remote', 'list', 'n1', '--ssh', transport];

    test.each(transports)(
      'are asked for by SSH_ASKPASS with %s, and a wrong password is refused without its text',
      async (transport) => {
        const asking = (answer: string) => {
          writeFileSync(path('answer'), `#!/bin/sh\necho '${answer}'\n`);
          chmodSync(path('answer'), 0o755);
          return shoal(list(transport), { SSH_ASKPASS: path('answer'), SSH_ASKPASS_REQUIRE: 'force' });
        };
        const right = await asking(userPassword);
        expect(right.code, right.stderr).toBe(0);
        const wrong = await asking('a wrong horse');
        expect(wrong.code).toBe(2);
        expect(wrong.stderr).toMatch(
          /n1 does not let user in|n1: the system's ssh says: .*Permission denied/,
        );
        expect(wrong.stderr + wrong.stdout).not.toContain('horse');
      },
    );

    test.each(transports)(
      'are asked for once on the terminal with %s, and nobody is asked without one',
      async (transport) => {
        const nobody = await shoal(list(transport));
        expect(nobody.code).toBe(2);
        expect(nobody.stderr).toMatch(
          /there is no terminal to ask for a password or a code.* Run it on a terminal/,
        );
        const { printed, answerCount } = await onTerminal(['node', mainScript(), ...list(transport)]);
        expect(printed).toContain('n1 has no shoal');
        expect(answerCount, printed).toBe(1);
      },
    );

    /** Answers each question for a password. */
    async function onTerminal(argv: readonly string[]): Promise<{ printed: string; answerCount: number }> {
      const child = cluster.start('ctl', ['script', '-qec', argv.join(' '), '/dev/null'], as());
      let printed = '';
      let answerCount = 0;
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (printed.split('assword: ').length - 1 === answerCount) return;
        answerCount++;
        child.stdin?.write(`${userPassword}\n`);
      });
      await once(child, 'close');
      return { printed, answerCount };
    }
  });

  test('a host behind another is reached, and one whose key has changed is not', async () => {
    const far = await shoal(['remote', 'list', 'far']);
    expect(far.code, far.stderr).toBe(0);
    await cluster.changeHostKey('n2');
    const refused = await shoal(['remote', 'list', 'far']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /the key of far has changed: .*\/etc\/ssh\/ssh_known_hosts:\d+ has another/,
    );
  });

  test('a run that was submitted to a host goes on while it is cut off, and is watched again behind that', async () => {
    writeFileSync(
      path('n1.yaml'),
      `scheduler: none\nprogram: ${JSON.stringify([process.execPath, mainScript()])}\n`,
    );
    writeFileSync(path('bare.yaml'), `program: ${JSON.stringify([process.execPath, mainScript()])}\n`);
    writeFileSync(
      path('alone.yaml'),
      `name: alone
parameters: { x: { linspace: [1, 12, 12] } }
kernel: { command: [sh, -c, 'test {x} -le 4 || until test -e ${path('go')}; do sleep 0.2; done; echo 1{x}'], outputs: [{ name: y }] }
output: [csv]
`,
    );
    // Slurm's programs are there, and no configuration of it.
    const unset = await shoal(['submit', 'alone.yaml', '--host', 'n1', '--site', path('bare.yaml')]);
    expect(unset.code).toBe(2);
    expect(unset.stderr).toMatch(/Slurm is not set up on n1: .*--scheduler none/);
    const submitted = await shoal([
      'submit',
      'alone.yaml',
      '--host',
      'n1',
      '--site',
      path('n1.yaml'),
      '--json',
    ]);
    expect(submitted.code, submitted.stderr).toBe(0);
    const { jobId, runDir } = JSON.parse(submitted.stdout) as JobFacts;
    const done = () => runState(runDir).done.total;
    const hasty = { SHOAL_SSH_CONFIG: impatient() };
    const watch = cluster.start(
      'ctl',
      ['node', mainScript(), 'watch', `${jobId}`, '--host', 'n1'],
      as(hasty),
    );
    let printed = '';
    for (const stream of [watch.stdout, watch.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    }
    const ended = once(watch, 'close');
    await until('the watch to show the run', async () => /^alone {2}running/m.test(printed));
    await cluster.partition('n1');
    await until('the watch to lose the host', async () => printed.includes('trying again'));
    const jobs = await shoal(['jobs', '--host', 'n1'], hasty);
    expect(jobs.code).toBe(2);
    expect(jobs.stderr).toMatch(/n1 cannot be reached: .*What was submitted there goes on/);
    writeFileSync(path('go'), '');
    await until('the run to go on', async () => done() > 4);
    await cluster.heal();
    expect((await ended)[0], printed).toBe(0);
    expect(printed).toMatch(/alone: completed[\s\S]*12 of 12 cases done/);
    const fetched = await shoal(['fetch', `${jobId}`, '--host', 'n1', '--to', path('fetched')]);
    expect(fetched.stdout, fetched.stderr).toContain('12 of 12 cases done; the job completed');
  });

  test('a study whose cases run on a host that is cut off goes on when it is back', async () => {
    // All but the first wait until the connection was lost.
    const held = `until [ {x} = 1 ] || [ -e ${path('is-back')} ]; do sleep 0.1; done`;
    writeFileSync(
      path('far.yaml'),
      `name: far
parameters: { x: [1, 2, 3, 4] }
kernel: { command: ['ssh://n1/sh', -c, 'echo {x} >>${path('begun')}; ${held}; echo 1{x}'], outputs: [{ name: y }] }
output: [csv]
`,
    );
    writeFileSync(path('begun'), '');
    chmodSync(path('begun'), 0o666);
    const begun = () => readFileSync(path('begun'), 'utf8').split('\n').length - 1;
    const run = shoal(['run', 'far.yaml', '--ranks', '1', '--quiet', '--run-dir', path('run')], {
      SHOAL_SSH_CONFIG: impatient(),
    });
    await until('the second case', async () => begun() === 2);
    // A program that the machine holds up notices later that it hears nothing.
    for (let cutMs = 6_000; begun() < 3; cutMs *= 2) {
      await cluster.partition('n1');
      await new Promise((resolve) => setTimeout(resolve, cutMs));
      await cluster.heal();
      await eventually(() => begun() >= 3, 20_000);
    }
    writeFileSync(path('is-back'), '');
    const { code, stderr } = await run;
    expect(code, stderr).toBe(0);
    const rows = readFileSync(path('run', 'results.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows).toHaveLength(4);
    for (const [i, row] of rows.entries()) expect(row).toContain(`1${i + 1}`);
    expect(begun()).toBeGreaterThanOrEqual(5);
  });

  // The last: its host has no Node from then on.
  test('a host without Node gets shoal, and Node when the user agrees, and is checked and cleared', async () => {
    await cluster.hide('n1', process.execPath);
    const refused = await shoal(['remote', 'setup', 'n1']);
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toMatch(/n1 has no Node, and 20\.19\.0 or newer is needed.*--with-node/);
    const done = await shoal(['remote', 'setup', 'n1', '--with-node', '--json']);
    expect(done.code, done.stderr).toBe(0);
    const { program: there, info, wasThere, siteFile } = JSON.parse(done.stdout);
    expect(wasThere).toBe(false);
    expect(info.node).toBe(process.version);
    expect(readFileSync(siteFile, 'utf8')).toContain(there.replace(/shoal$/, 'dist/main.js'));
    const again = await shoal(['remote', 'setup', 'n1', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ wasThere: true });
    expect((await shoal(['remote', 'check', 'n1'])).stdout).toContain(`n1 has this version, ${info.build}`);
    expect((await shoal(['remote', 'remove', 'n1'])).stdout).toContain(info.build);
    const gone = await shoal(['remote', 'check', 'n1']);
    expect(gone.stderr).toContain('n1 has no shoal. Put this version there: shoal remote setup n1');
  });
});
