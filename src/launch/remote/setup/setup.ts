/** One host made ready: this version beside what is there, Node where it lacks one and the user agrees. */
import { arch } from 'node:os';
import { HostError } from '../../../errors/host-error.js';
import type { SshHost } from '../ssh-host.js';
import { neededGlibc } from './glibc.js';
import { installedBuild } from './package-files.js';
import { type HostFacts, isAtLeast, leastNode, probeHost, shareFolder, usableNode } from './probe.js';
import { type OnBytes, uploadNode, uploadShoal } from './upload.js';

export interface SetupOptions {
  /** Asked when the host has no Node that is new enough; a copy of ours would do. */
  readonly mayBringNode: (reason: string) => Promise<boolean>;
  readonly onBytes: OnBytes;
}

export interface SetupOutcome {
  readonly build: string;
  /** Nothing had to be sent. */
  readonly wasThere: boolean;
  readonly node: string;
  /** Starts it there. */
  readonly program: string;
  /** What the program says of its host: `info --json`. */
  readonly info: Readonly<Record<string, unknown>>;
}

export async function setUp(host: SshHost, options: SetupOptions): Promise<SetupOutcome> {
  const build = installedBuild();
  const facts = await probeHost(host);
  checkPlatform(host, facts);
  const node = usableNode(facts) ?? (await bringNode(host, facts, options));
  const wasThere = facts.installed.includes(build);
  if (!wasThere) await uploadShoal(host, build, node, isNativeUsable(facts), options.onBytes);
  const program = `${facts.home}/${shareFolder}/${build}/shoal`;
  return { build, wasThere, node, program, info: await remoteInfo(host, program, build) };
}

/** What the shoal there says of its host; refused where it is of another build than ours. */
export async function remoteInfo(
  host: SshHost,
  program: string,
  build: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { code, signal, stdout, stderr } = await host.run([program, 'info', '--json'], {
    timeoutMs: 120_000,
  });
  if (code !== 0) {
    const said = stderr.trim().split('\n').at(-1) ?? '';
    throw new HostError(
      host.name,
      'unusable',
      `shoal does not run on ${host.name} (${signal ?? code}): ${said}`,
      {
        hint: `Its Node may be broken or too old: shoal remote remove ${host.name}, then set it up again with --with-node.`,
      },
    );
  }
  const info = JSON.parse(stdout) as Record<string, unknown>;
  if (info.build !== build) {
    throw new HostError(
      host.name,
      'unusable',
      `${host.name} answers as build ${info.build}, this is ${build}`,
      {
        hint: `Remove it and set it up again: shoal remote remove ${host.name}`,
      },
    );
  }
  return info;
}

const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

function checkPlatform(host: SshHost, { system, machine }: HostFacts): void {
  const ours = machines[arch()] ?? arch();
  if (system === 'Linux' && machine === ours && process.platform === 'linux') return;
  throw new HostError(
    host.name,
    'unusable',
    `${host.name} runs ${system} on ${machine}, this machine ${process.platform} on ${ours}: what is installed here does not run there`,
    { hint: 'Install it there: npm install of the package, with the host’s own Node.' },
  );
}

/** C kernels that were built here run there when its C library is no older. */
function isNativeUsable({ glibc }: HostFacts): boolean {
  const ours = neededHere();
  return glibc !== undefined && ours !== undefined && isAtLeast(glibc, ours);
}

/** The C library of this machine. */
function neededHere(): string | undefined {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime;
}

async function bringNode(host: SshHost, facts: HostFacts, options: SetupOptions): Promise<string> {
  const found = facts.nodes.map(({ version }) => version).join(', ');
  const lack = `${host.name} has ${found === '' ? 'no Node' : `Node ${found} only`}, and ${leastNode} or newer is needed`;
  const needed = neededGlibc(process.execPath);
  if (!facts.glibc || (needed && !isAtLeast(facts.glibc, needed))) {
    throw new HostError(
      host.name,
      'unusable',
      `${lack}; a copy of this machine's needs glibc ${needed}, the host has ${facts.glibc ?? 'none'}`,
      { hint: 'Load a module with Node in your profile there, or install Node in your home folder.' },
    );
  }
  if (!(await options.mayBringNode(lack))) {
    throw new HostError(host.name, 'unusable', lack, {
      hint: 'With --with-node a copy of this machine’s Node is put beside shoal. Or load a module with Node in your profile there.',
    });
  }
  await uploadNode(host, options.onBytes);
  return `${facts.home}/${shareFolder}/node-${process.versions.node}/bin/node`;
}
