import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { HostError } from '../../src/errors/host-error.js';
import type { Asker } from '../../src/ssh/ask.js';
import { type PoolOptions, type SharedTransport, shareTransport } from '../../src/ssh/pool.js';
import { runRemote } from '../../src/ssh/remote-command.js';
import { recordSkip } from '../skips.js';
import { freePort, makeKey, type Sshd, sshdProblem, startSshd } from './sshd.js';
import { code, password, startAskingServer } from './two-factor-server.js';

const problem = sshdProblem();
if (problem) recordSkip(`connections to hosts: ${problem}`);

/** Gives these answers one after the other, and keeps the questions. */
class Script implements Asker {
  readonly questions: { readonly text: string; readonly isSecret: boolean }[] = [];
  readonly #answers: string[];

  constructor(answers: readonly string[]) {
    this.#answers = [...answers];
  }

  async ask(text: string, isSecret: boolean): Promise<string> {
    this.questions.push({ text, isSecret });
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`nobody answers ${text}`);
    return answer;
  }
}

describe.skipIf(problem)('a connection', () => {
  let sshd: Sshd;
  const open: SharedTransport[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd?.close();
  });
  afterEach(async () => {
    for (const shared of open.splice(0)) await shared.release();
    sshd.configure([]);
  });

  async function hello(name: string, options: Partial<PoolOptions> = {}): Promise<string> {
    const shared = shareTransport(name, { environment: sshd.environment, asker: 'none', ...options });
    open.push(shared);
    const { stdout } = await runRemote(name, shared.transport, ['echo', 'hello'], {});
    return stdout.toString().trim();
  }

  async function refusal(name: string, options: Partial<PoolOptions> = {}): Promise<HostError> {
    try {
      await hello(name, options);
    } catch (error) {
      return error as HostError;
    } finally {
      await open.pop()?.release();
    }
    throw new Error('it was let in');
  }

  test('is one for all who name the host alike', async () => {
    const [first, second] = [0, 1].map(() =>
      shareTransport('box', { environment: sshd.environment, asker: 'none' }),
    ) as [SharedTransport, SharedTransport];
    open.push(first, second);
    const peer = ['sh', '-c', 'echo $SSH_CONNECTION'];
    const [one, two] = await Promise.all(
      [first, second].map(({ transport }) => runRemote('box', transport, peer, {})),
    );
    expect(one?.stdout.toString()).toBe(two?.stdout.toString());
    await first.release();
    expect((await runRemote('box', second.transport, peer, {})).stdout.toString()).toBe(
      one?.stdout.toString(),
    );
  });

  test('is opened again after sshd was restarted', async () => {
    const shared = shareTransport('box', { environment: sshd.environment, asker: 'none' });
    open.push(shared);
    const run = () => runRemote('box', shared.transport, ['echo', 'hello'], {});
    await run();
    await sshd.stop();
    const back = run();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await sshd.start();
    expect((await back).stdout.toString()).toBe('hello\n');
  });

  test('that is lost in a command says so, and ends the command', async () => {
    const shared = shareTransport('box', { environment: sshd.environment, asker: 'none' });
    open.push(shared);
    const running = runRemote('box', shared.transport, ['sleep', '45678'], {});
    const isThere = () => spawnSync('pgrep', ['-f', '^sleep 45678']).status === 0;
    await until(isThere);
    sshd.cut();
    await expect(running).rejects.toMatchObject({ fault: 'lost', host: 'box' });
    await until(() => !isThere());
  });

  test('goes through other hosts, and through a command', async () => {
    sshd.configure([
      'Host far',
      '  HostName 127.0.0.1',
      `  Port ${sshd.port}`,
      '  ProxyJump box,box2',
      'Host box2',
      '  HostName 127.0.0.1',
      `  Port ${sshd.port}`,
      'Host command',
      '  HostName 127.0.0.1',
      `  Port ${sshd.port}`,
      `  ProxyCommand "${process.execPath}" -e "const s = require('net').connect(%p, '%h'); process.stdin.pipe(s); s.pipe(process.stdout)"`,
      'Host circle',
      '  ProxyJump circle',
    ]);
    expect(await hello('far')).toBe('hello');
    expect(await hello('command')).toBe('hello');
    // The system's ssh starts another for each jump, which has to be told of the configuration.
    expect(await hello('far', { transport: 'system' })).toBe('hello');
    expect(await refusal('circle')).toMatchObject({
      fault: 'unusable',
      message: 'circle is reached through itself',
    });
  });

  test('without anybody there, or to a name that nobody has, says which', async () => {
    const port = await freePort();
    sshd.configure(['Host empty', '  HostName 127.0.0.1', `  Port ${port}`]);
    expect(await refusal('empty')).toMatchObject({
      fault: 'unreachable',
      message: expect.stringContaining(`127.0.0.1 port ${port}`),
    });
    expect(await refusal('no-such-host.invalid')).toMatchObject({ fault: 'unreachable' });
  });

  test('passes no argument, variable or input through a process list', async () => {
    const shared = shareTransport('box', { environment: sshd.environment, asker: 'none' });
    open.push(shared);
    const list = await runRemote(
      'box',
      shared.transport,
      ['sh', '-c', 'read x; ps -eo args | grep -c "s[e]cret$x"'],
      {
        environment: { TOKEN: 'secret-7' },
        input: '-7\n',
      },
    );
    expect(list.stdout.toString().trim()).toBe('0');
  });

  describe('looks at the key of the host', () => {
    let known: string;
    beforeAll(() => {
      known = readFileSync(sshd.knownHosts, 'utf8');
    });
    afterEach(() => writeFileSync(sshd.knownHosts, known));

    const unknown = () => writeFileSync(sshd.knownHosts, '');
    const shown = () =>
      spawnSync('ssh-keygen', ['-l', '-f', join(sshd.folder, 'host.pub')], { encoding: 'utf8' }).stdout.split(
        ' ',
      )[1];

    test('refuses an unknown one where nobody is asked', async () => {
      unknown();
      expect(await refusal('box')).toMatchObject({
        fault: 'refused key',
        message: `the key of box is not known: ssh-ed25519 ${shown()}`,
      });
      expect(readFileSync(sshd.knownHosts, 'utf8')).toBe('');
    });

    test('takes and remembers one that the user confirms, and not one that is denied', async () => {
      unknown();
      const no = new Script(['no']);
      expect(await refusal('box', { asker: no })).toMatchObject({ fault: 'refused key' });
      expect(no.questions).toMatchObject([{ isSecret: false, text: expect.stringContaining(`${shown()}`) }]);
      expect(await hello('box', { asker: new Script(['yes']) })).toBe('hello');
      for (const shared of open.splice(0)) await shared.release();
      expect(await hello('box')).toBe('hello');
      const found = spawnSync('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', sshd.knownHosts]);
      expect(found.status).toBe(0);
    });

    test('takes an unknown one where the configuration says accept-new, hashed if it says so', async () => {
      unknown();
      sshd.configure(['StrictHostKeyChecking accept-new', 'HashKnownHosts yes']);
      expect(await hello('box')).toBe('hello');
      expect(readFileSync(sshd.knownHosts, 'utf8')).toMatch(/^\|1\|\S+ ssh-ed25519 \S+\n$/);
    });

    test.each(['ask', 'accept-new', 'no'])(
      'refuses a changed one, with its file and line, also with %s',
      async (policy) => {
        const other = join(sshd.folder, `other-${policy}`);
        makeKey(other);
        const key = readFileSync(`${other}.pub`, 'utf8').trim();
        writeFileSync(sshd.knownHosts, `# a comment\n[127.0.0.1]:${sshd.port} ${key}\n`);
        sshd.configure([`StrictHostKeyChecking ${policy}`]);
        const asker = new Script([]);
        const refused = await refusal('box', { asker });
        expect(refused).toMatchObject({
          fault: 'refused key',
          message: `the key of box has changed: it shows ssh-ed25519 ${shown()}, ${sshd.knownHosts}:2 has another`,
        });
        expect(asker.questions).toEqual([]);
      },
    );

    test('refuses a revoked one, and points certificates to the other transport', async () => {
      const key = readFileSync(join(sshd.folder, 'host.pub'), 'utf8').trim();
      appendFileSync(sshd.knownHosts, `@revoked * ${key}\n`);
      expect((await refusal('box')).message).toContain(`revoked by ${sshd.knownHosts}:2`);
      writeFileSync(sshd.knownHosts, `@cert-authority * ${key}\n`);
      expect((await refusal('box')).hint).toContain('--ssh system');
    });

    test("refuses with the system's ssh too, a changed one with its file and line", async () => {
      unknown();
      expect(await refusal('box', { transport: 'system' })).toMatchObject({ fault: 'refused key' });
      const other = join(sshd.folder, 'other-system');
      makeKey(other);
      const key = readFileSync(`${other}.pub`, 'utf8').trim();
      writeFileSync(sshd.knownHosts, `# a comment\n[127.0.0.1]:${sshd.port} ${key}\n`);
      const changed = await refusal('box', { transport: 'system' });
      expect(changed.fault).toBe('refused key');
      expect(changed.message).toContain(`${sshd.knownHosts}:2 has another key`);
    });
  });

  describe('shows who we are', () => {
    const secret = 'a phrase of secrets';
    let folder: string;
    let locked: string;
    let agent: ChildProcess | undefined;

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'shoal-keys-'));
      locked = join(folder, 'locked');
      makeKey(locked, secret, 'rsa');
      appendFileSync(join(sshd.folder, 'authorized'), readFileSync(`${locked}.pub`));
    });
    afterAll(() => {
      agent?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    const onlyLocked = () =>
      sshd.configure([
        'Host box',
        `  IdentityFile ${locked}`,
        '  IdentitiesOnly yes',
        `  HostKeyAlgorithms ssh-ed25519`,
      ]);
    const withoutOthers = () => {
      const text = readFileSync(join(sshd.folder, 'ssh_config'), 'utf8');
      writeFileSync(join(sshd.folder, 'ssh_config'), text.replace(/^ {2}IdentityFile .*\/id$/m, ''));
    };

    test('by a key whose passphrase is asked for, as often as it takes', async () => {
      onlyLocked();
      withoutOthers();
      const asker = new Script(['wrong', secret]);
      expect(await hello('box', { asker })).toBe('hello');
      expect(asker.questions).toEqual(
        Array(2).fill({ text: `Passphrase of the key ${locked}: `, isSecret: true }),
      );
    });

    test('and says what is missing where nobody is asked, without a secret', async () => {
      onlyLocked();
      withoutOthers();
      const refused = await refusal('box');
      expect(refused).toMatchObject({
        fault: 'not authenticated',
        hint: 'Load the key into an agent: ssh-add.',
      });
      expect(refused.message).toContain(`the key ${locked} has a passphrase`);
      const wrong = await refusal('box', { asker: new Script(['wrong one', 'wrong one', 'wrong one']) });
      expect(wrong.message).toContain(`the passphrase of the key ${locked} was wrong`);
      expect(JSON.stringify([wrong, wrong.cause, wrong.stack])).not.toContain('wrong one');
    });

    test('by an agent, which shows only the keys that the configuration names', async () => {
      const socket = join(folder, 'agent');
      agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      await until(() => existsSync(socket));
      const environment = { ...sshd.environment, SSH_AUTH_SOCK: socket };
      const stranger = join(folder, 'stranger');
      makeKey(stranger);
      const add = (path: string) =>
        spawnSync('ssh-add', ['-q', path], { env: environment, encoding: 'utf8' });
      expect(add(stranger).stderr).toBe('');
      onlyLocked();
      withoutOthers();
      expect((await refusal('box', { environment })).fault).toBe('not authenticated');
      // The agent has it, the file is locked: its public half says which it is.
      const opened = spawnSync('ssh-keygen', ['-p', '-P', secret, '-N', '', '-f', locked]);
      expect(opened.status).toBe(0);
      expect(add(locked).stderr).toBe('');
      expect(spawnSync('ssh-keygen', ['-p', '-P', '', '-N', secret, '-f', locked]).status).toBe(0);
      expect(await hello('box', { environment })).toBe('hello');
      expect(await hello('box', { environment, transport: 'system' })).toBe('hello');
      for (const shared of open.splice(0)) await shared.release();
      const alone = { ...environment, SSH_AUTH_SOCK: join(folder, 'no-agent') };
      expect(await refusal('box', { environment: alone, transport: 'system' })).toMatchObject({
        fault: 'not authenticated',
        message: expect.stringContaining('Permission denied'),
      });
    });

    test.each<[string, Parameters<typeof startAskingServer>[1], readonly string[], readonly string[]]>([
      ['a password', ['password'], ['wrong', password], ["ann@127.0.0.1's password: "]],
      ['a code', ['keyboard-interactive'], [code], ['Two factors\nSee your device\n(box) Code: ']],
      ['both', ['password', 'keyboard-interactive'], [password, code], ["ann@127.0.0.1's password: "]],
    ])('by %s', async (_, methods, answers, questions) => {
      const server = await startAskingServer(mkdtempSync(join(folder, 'asking-')), methods);
      try {
        const asker = new Script(answers);
        expect(await hello('box', { environment: server.environment, asker })).toBe('hello');
        expect(asker.questions.every(({ isSecret }) => isSecret)).toBe(true);
        expect(asker.questions.map(({ text }) => text)).toEqual(expect.arrayContaining([...questions]));
        expect(asker.questions).toHaveLength(answers.length);
      } finally {
        for (const shared of open.splice(0)) await shared.release();
        await server.close();
      }
    });

    test('and is refused with a wrong password, without its text, or with no way at all', async () => {
      const server = await startAskingServer(mkdtempSync(join(folder, 'asking-')), ['password']);
      const kerberos = await startAskingServer(mkdtempSync(join(folder, 'asking-')), ['gssapi-with-mic']);
      try {
        const asker = new Script(['battery-1', 'battery-2', 'battery-3']);
        const refused = await refusal('box', { environment: server.environment, asker });
        expect(refused).toMatchObject({ fault: 'not authenticated' });
        expect(refused.message).toContain('does not let ann in: tried a password; it takes password');
        expect(JSON.stringify([refused, refused.cause, refused.stack])).not.toContain('battery');
        const helpless = await refusal('box', { environment: kerberos.environment });
        expect(helpless.message).toContain('it takes gssapi-with-mic');
        expect(helpless.hint).toContain('--ssh system');
      } finally {
        for (const shared of open.splice(0)) await shared.release();
        await server.close();
        await kerberos.close();
      }
    });
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 50));
}
