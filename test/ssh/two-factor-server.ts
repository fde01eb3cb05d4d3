/** A server of ssh2's own for what a real sshd asks only of users whose passwords it knows: passwords and codes. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthContext, Server } from 'ssh2';
import { loadSsh2 } from '../../src/ssh/package.js';
import { makeKey } from './sshd.js';

export interface AskingServer {
  readonly port: number;
  /** Variables under which shoal knows it as `box`. */
  readonly environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

export const password = 'right horse';
export const code = '123456';

/** `methods` are asked for one after the other. */
export async function startAskingServer(
  folder: string,
  methods: readonly ('password' | 'keyboard-interactive' | 'gssapi-with-mic')[],
): Promise<AskingServer> {
  const { default: ssh2 } = { default: await loadSsh2() };
  const key = join(folder, 'asking-host');
  makeKey(key);
  const server: Server = new ssh2.Server({ hostKeys: [readFileSync(key)] }, (client) => {
    const left = [...methods];
    client.on('error', () => {});
    client.on('authentication', (context) => {
      const pass = (isRight: boolean) => {
        if (!isRight) return context.reject(left.slice(0, 1) as Parameters<AuthContext['reject']>[0]);
        left.shift();
        if (left.length === 0) return context.accept();
        return context.reject(left.slice(0, 1) as Parameters<AuthContext['reject']>[0], true);
      };
      if (context.method !== left[0]) return pass(false);
      if (context.method === 'password') return pass(context.password === password);
      if (context.method === 'keyboard-interactive') {
        const prompts = [{ prompt: 'Code: ', echo: false }];
        return context.prompt(prompts, 'Two factors', 'See your device', (answers) =>
          pass(answers[0] === code),
        );
      }
      return pass(false);
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        const child = spawn('/bin/sh', ['-c', command]);
        child.stdin.on('error', () => {});
        channel.pipe(child.stdin);
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        child.on('close', (status) => {
          channel.exit(status ?? 1);
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const config = join(folder, 'asking-config');
  const known = join(folder, 'asking-known');
  writeFileSync(known, `[127.0.0.1]:${port} ${readFileSync(`${key}.pub`, 'utf8')}`);
  writeFileSync(
    config,
    `Host box\n HostName 127.0.0.1\n Port ${port}\n User ann\n IdentityFile none\n UserKnownHostsFile ${known}\n GlobalKnownHostsFile none\n`,
  );
  const environment: NodeJS.ProcessEnv = { ...process.env, SHOAL_SSH_CONFIG: config };
  for (const name of ['SSH_AUTH_SOCK', 'SSH_ASKPASS', 'SHOAL_SSH']) delete environment[name];
  return {
    ...{ port, environment },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
