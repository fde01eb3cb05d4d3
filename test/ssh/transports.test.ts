/** What ssh2 and the system's ssh have in common, and what only the latter could do wrong. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { shareTransport, type TransportKind } from '../../src/ssh/pool.js';
import { runRemote } from '../../src/ssh/remote-command.js';
import { recordSkip } from '../skips.js';
import { makeKey, type Sshd, sshdProblem, startSshd } from './sshd.js';

const transports = ['ssh2', 'system'] as const;
const problem = sshdProblem();
if (problem) recordSkip(`connections to hosts by both transports: ${problem}`);

describe.skipIf(problem)('a host', () => {
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.close());
  afterEach(() => sshd.configure([]));

  async function hello(name: string, transport: TransportKind): Promise<string> {
    const shared = shareTransport(name, { environment: sshd.environment, asker: 'none', transport });
    try {
      return (await runRemote(name, shared.transport, ['echo', 'hello'], {})).stdout.toString().trim();
    } finally {
      await shared.release();
    }
  }

  test.each(transports)('is found by Match and Include of the configuration, by %s', async (transport) => {
    const included = join(sshd.folder, 'included');
    // What was read so far decides which host it is.
    writeFileSync(
      included,
      ['Match originalhost near*', '  HostName 127.0.0.1', 'Match host nearby', '  Port 1', ''].join('\n'),
    );
    sshd.configure([
      `Include ${included}`,
      'Match host 127.0.0.1 !exec "false"',
      `  Port ${sshd.port}`,
      `  User ${userInfo().username}`,
    ]);
    expect(await hello('nearby', transport)).toBe('hello');
  });

  test("is reached through the system's ssh by a connection that ends with us, or by one that the user keeps open", async () => {
    sshd.configure([
      'Host *',
      '  ControlMaster auto',
      `  ControlPath ${join(sshd.folder, 'control-%h')}`,
      '  ControlPersist yes',
      '  RemoteCommand false',
      `  LocalForward ${join(sshd.folder, 'forward')} 127.0.0.1:1`,
    ]);
    // The folder of its socket bears the number of this process.
    const connections = () => spawnSync('pgrep', ['-f', `shoal-ssh-\\w+-${process.pid}-`]).status === 0;
    expect(await hello('box', 'system')).toBe('hello');
    expect(connections()).toBe(false);
    expect(existsSync(join(sshd.folder, 'forward'))).toBe(false);
    const master = ['-F', join(sshd.folder, 'ssh_config'), '-o', 'RemoteCommand=none'];
    expect(spawnSync('ssh', [...master, '-fNM', 'box']).status).toBe(0);
    // No key of the user's opens another connection.
    writeFileSync(join(sshd.folder, 'authorized'), '');
    expect(await hello('box', 'system')).toBe('hello');
    expect(spawnSync('ssh', [...master, '-O', 'exit', 'box']).status).toBe(0);
    writeFileSync(join(sshd.folder, 'authorized'), readFileSync(`${sshd.key}.pub`));
  });

  test.each(transports)(
    'is known by its hashed name, and refused when its key has changed behind it, by %s',
    async (transport) => {
      const known = readFileSync(sshd.knownHosts, 'utf8');
      expect(spawnSync('ssh-keygen', ['-q', '-H', '-f', sshd.knownHosts]).status).toBe(0);
      expect(readFileSync(sshd.knownHosts, 'utf8')).toMatch(/^\|1\|/);
      expect(await hello('box', transport)).toBe('hello');
      const other = join(sshd.folder, `hashed-${transport}`);
      makeKey(other);
      const key = readFileSync(`${other}.pub`, 'utf8').trim();
      writeFileSync(sshd.knownHosts, `# a comment\n[127.0.0.1]:${sshd.port} ${key}\n`);
      expect(spawnSync('ssh-keygen', ['-q', '-H', '-f', sshd.knownHosts]).status).toBe(0);
      await expect(hello('box', transport)).rejects.toMatchObject({
        fault: 'refused key',
        message: expect.stringContaining(`${sshd.knownHosts}:2 has another`),
      });
      writeFileSync(sshd.knownHosts, known);
    },
  );

  test('has a connection of its own for each agent that a user names', () => {
    const [one, same, other] = ['/a', '/a', '/b'].map((SSH_AUTH_SOCK) =>
      shareTransport('box', { environment: { ...sshd.environment, SSH_AUTH_SOCK }, asker: 'none' }),
    );
    expect(same?.transport).toBe(one?.transport);
    expect(other?.transport).not.toBe(one?.transport);
  });
});
