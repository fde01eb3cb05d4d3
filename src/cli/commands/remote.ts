import { HostError } from '../../errors/host-error.js';
import { InputError } from '../../errors/input-error.js';
import { installedBuild } from '../../launch/remote/setup/package-files.js';
import { probeHost } from '../../launch/remote/setup/probe.js';
import { remoteShoal } from '../../launch/remote/setup/remote-shoal.js';
import { remoteInfo, setUp } from '../../launch/remote/setup/setup.js';
import { type SiteChange, writeSiteFile } from '../../launch/remote/setup/site-file.js';
import { removeShoal } from '../../launch/remote/setup/upload.js';
import { type SshHost, sshHost } from '../../launch/remote/ssh-host.js';
import { sshKinds } from '../../launch/slurm/site.js';
import { formatBytes } from '../../observe/figures.js';
import { formatInfo, type InfoFacts } from '../../observe/info.js';
import { findAsker } from '../../ssh/ask.js';
import { parseTarget } from '../../ssh/target.js';
import { type Arguments, type Command, choiceOption, hasFlag, positional, textOption } from '../command.js';
import type { CommandContext } from '../context.js';
import { sshKindFor, sshOption } from '../options/ssh-option.js';
import { outputStyle } from '../reporting.js';

const actions = ['setup', 'check', 'list', 'remove'] as const;

export const remoteCommand: Command = {
  name: 'remote',
  describe: 'Makes a host ready for runs and submissions: puts this version there, checks it, removes it.',
  positionals: {
    ACTION: 'setup, check, list or remove',
    HOST: '[user@]host[:port], or a name of ~/.ssh/config',
  },
  options: {
    site: { describe: "Name of the site file that setup writes: the host's name by default.", value: 'NAME' },
    'with-node': { describe: "Brings a copy of this machine's Node where the host has none.", isFlag: true },
    version: { describe: 'The one that remove removes: all by default.', value: 'BUILD' },
    ...sshOption,
    json: { describe: 'As one JSON document.', isFlag: true },
  },
  notes: [
    'setup needs no root and no internet on the host: all goes to ~/.local/share/shoal/VERSION-BUILD there. docs/ssh.md has the rest.',
  ],
  handle: async (args, context) => {
    const action = actions.find((name) => name === positional(args, 'ACTION'));
    if (!action) {
      throw new InputError('Not an action', {
        expected: actions.join(', '),
        given: JSON.stringify(positional(args, 'ACTION')),
      });
    }
    const transport = sshKindFor(positional(args, 'HOST'), args, context);
    const { environment, stderr } = context;
    const host = sshHost(positional(args, 'HOST'), {
      environment,
      ...(transport ? { transport } : {}),
      notice: (text) => stderr.write(`${text}\n`),
    });
    try {
      return await act[action](host, args, context);
    } finally {
      await host.close();
    }
  },
};

type Action = (host: SshHost, args: Arguments, context: CommandContext) => Promise<number>;

const act: Readonly<Record<(typeof actions)[number], Action>> = { setup, check, list, remove };

async function setup(host: SshHost, args: Arguments, context: CommandContext): Promise<number> {
  const { stdout, stderr, environment, program } = context;
  const site = textOption(args, 'site') ?? parseTarget(host.name).host;
  const progress = progressOf(context);
  const done = await setUp(host, {
    mayBringNode: (reason) => mayBringNode(reason, args, context),
    onBytes: progress.show,
  }).finally(progress.clear);
  const mpi = (done.info.mpi as { family?: 'openmpi' | 'mpich' | 'mpi5' } | undefined)?.family;
  const file = writeSiteFile(
    {
      name: site,
      host: host.name,
      node: done.node,
      program: done.program,
      mpi,
      ssh: choiceOption(args, 'ssh', sshKinds),
    },
    environment,
  );
  if (hasFlag(args, 'json')) {
    stdout.write(`${JSON.stringify({ host: host.name, ...done, siteFile: file.path }, null, 2)}\n`);
    return 0;
  }
  stdout.write(`${done.wasThere ? 'was there' : 'set up'}: shoal ${done.build} on ${host.name}\n`);
  stdout.write(`  ${done.program}\n\n`);
  stdout.write(`${formatInfo(done.info as unknown as InfoFacts, outputStyle(context))}\n`);
  stderr.write(`site file ${siteWords[file.change]}: ${file.path}\n`);
  stderr.write(`next: ${program} submit STUDY --site ${site} --host ${host.name}\n`);
  return 0;
}

const siteWords: Readonly<Record<SiteChange, string>> = {
  written: 'for you to edit (account, partition, modules)',
  updated: 'names this version now',
  kept: 'stays as it is',
};

async function check(host: SshHost, args: Arguments, context: CommandContext): Promise<number> {
  const build = installedBuild();
  const [program = ''] = await remoteShoal(host, build);
  const info = await remoteInfo(host, program, build);
  const text = hasFlag(args, 'json')
    ? JSON.stringify({ host: host.name, program, info }, null, 2)
    : `${host.name} has this version, ${build}\n\n${formatInfo(info as unknown as InfoFacts, outputStyle(context))}`;
  context.stdout.write(`${text}\n`);
  return 0;
}

async function list(host: SshHost, args: Arguments, { stdout }: CommandContext): Promise<number> {
  const { installed, nodes } = await probeHost(host);
  const build = installedBuild();
  if (hasFlag(args, 'json')) {
    stdout.write(`${JSON.stringify({ host: host.name, build, installed, nodes }, null, 2)}\n`);
    return 0;
  }
  for (const name of installed) stdout.write(`shoal ${name}${name === build ? '  (this version)' : ''}\n`);
  for (const { path, version } of nodes) stdout.write(`node ${version}  ${path}\n`);
  if (installed.length === 0) stdout.write(`${host.name} has no shoal\n`);
  return 0;
}

async function remove(host: SshHost, args: Arguments, { stdout }: CommandContext): Promise<number> {
  const build = textOption(args, 'version');
  const removed = await removeShoal(host, build);
  if (build !== undefined && removed.length === 0) {
    throw new HostError(host.name, 'unusable', `${host.name} has no shoal ${build}`);
  }
  if (hasFlag(args, 'json')) stdout.write(`${JSON.stringify({ host: host.name, removed }, null, 2)}\n`);
  else stdout.write(removed.length === 0 ? 'there was nothing\n' : `removed ${removed.join(', ')}\n`);
  return 0;
}

/** By --with-node, or by a word on the terminal. */
async function mayBringNode(
  reason: string,
  args: Arguments,
  { environment }: CommandContext,
): Promise<boolean> {
  if (hasFlag(args, 'with-node')) return true;
  const answer = await findAsker(environment)?.ask(
    `${reason}.\nBring a copy of this machine's Node ${process.versions.node}? (yes/no) `,
    false,
  );
  return answer?.trim().toLowerCase() === 'yes';
}

/** One line that is written over on a terminal; nothing elsewhere. */
function progressOf({ stderr }: CommandContext): {
  show(what: string, bytes: number): void;
  clear(): void;
} {
  const eraseLine = '\r\u001b[K';
  let lastMs = 0;
  return {
    show: (what, bytes) => {
      const nowMs = performance.now();
      if (!stderr.isTTY || nowMs - lastMs < 100) return;
      lastMs = nowMs;
      stderr.write(`${eraseLine}sending ${what}: ${formatBytes(bytes)}`);
    },
    clear: () => {
      if (lastMs > 0) stderr.write(eraseLine);
    },
  };
}
