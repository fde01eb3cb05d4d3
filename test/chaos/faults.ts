/** What a campaign does to a running session. */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mainScript } from '../../src/process/install.js';
import { eventually } from '../process/marked.js';
import type { ClockShim } from './clock.js';
import type { Random } from './random.js';
import { type Session, signal, temporaryIn } from './session.js';
import type { Target, Transport } from './transports.js';

export type Fault =
  | { readonly kind: 'kill'; readonly target: Target }
  /** Every process of a role, or of all, stands still for a while. */
  | { readonly kind: 'pause'; readonly target: Target }
  /** One process gets half of its time. */
  | { readonly kind: 'slow' }
  | { readonly kind: 'clock' }
  | { readonly kind: 'disk' }
  /** A worker joins, and is killed. */
  | { readonly kind: 'guest' };

export const faultKinds = ['kill', 'pause', 'slow', 'clock', 'disk', 'guest', 'tail'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface World {
  readonly session: Session;
  readonly runDir: string;
  readonly random: Random;
  readonly clock: ClockShim | undefined;
  /** Folder of the small disk that holds the run directories. */
  readonly disk: string | undefined;
}

/** What may happen to sessions over a transport; kills as often as all others together. */
export function faultsOf(
  transport: Transport,
  { clock, disk }: Pick<World, 'clock' | 'disk'>,
): readonly Fault[] {
  const kills = [...transport.targets, 'guardian' as const].map((target) => ({
    kind: 'kill' as const,
    target,
  }));
  const isLocal = transport.targets.every((target) => target !== 'launcher');
  return [
    ...kills,
    { kind: 'pause', target: 'child' },
    { kind: 'pause', target: 'everything' },
    { kind: 'slow' },
    ...(clock ? [{ kind: 'clock' as const }] : []),
    ...(disk ? [{ kind: 'disk' as const }] : []),
    ...(isLocal ? [{ kind: 'guest' as const }] : []),
  ];
}

/** A session that bears it goes on to its end. */
export function isBorne(fault: Fault): boolean {
  if (fault.kind === 'disk') return false;
  return fault.kind !== 'kill' || fault.target === 'child' || fault.target === 'guardian';
}

/** False when the session ended before there was anything to do it to. */
export async function inflict(fault: Fault, world: World): Promise<boolean> {
  const { session, random } = world;
  switch (fault.kind) {
    case 'kill':
      return kill(session, fault.target);
    case 'pause':
      return pauseFor(session, fault.target, random.between(50, 1500));
    case 'slow':
      return slowDown(session, random);
    case 'clock':
      return world.clock !== undefined && jump(world.clock, random);
    case 'disk':
      return world.disk !== undefined && fillUp(world.disk, session);
    case 'guest':
      return killGuest(world);
    default:
      return fault satisfies never;
  }
}

async function kill(session: Session, target: Target): Promise<boolean> {
  if (target === 'everything') {
    // Stopped first, so that none sees another die: no process gets a word in at a power cut.
    for (const { pid } of session.processes()) signal(pid, 'SIGSTOP');
    const hit = session.processes().filter(({ pid }) => signal(pid, 'SIGKILL'));
    return hit.length > 0;
  }
  await session.has(target);
  const found = session.with(target);
  const victim = found[Math.floor(found.length / 2)];
  return victim !== undefined && signal(victim.pid, 'SIGKILL');
}

async function pauseFor(session: Session, target: Target, ms: number): Promise<boolean> {
  const stopped = session
    .processes()
    .filter(({ role }) => target === 'everything' || role === target)
    .filter(({ pid }) => signal(pid, 'SIGSTOP'));
  await pause(ms);
  for (const { pid } of stopped) signal(pid, 'SIGCONT');
  return stopped.length > 0;
}

async function slowDown(session: Session, random: Random): Promise<boolean> {
  const [victim] = session.with('child');
  if (!victim) return false;
  for (let i = random.between(5, 20); i > 0 && signal(victim.pid, 'SIGSTOP'); i--) {
    await pause(40);
    signal(victim.pid, 'SIGCONT');
    await pause(40);
  }
  return true;
}

async function jump(clock: ClockShim, random: Random): Promise<boolean> {
  for (let i = 0; i < 4; i++) {
    clock.set(random.between(-200_000, 200_000));
    await pause(random.between(20, 200));
  }
  return true;
}

/** The disk has room again only once the session has ended, or has had every chance to notice. */
async function fillUp(disk: string, session: Session): Promise<boolean> {
  const filler = join(disk, 'filler');
  try {
    for (let i = 0; i < 64; i++) writeFileSync(filler, new Uint8Array(1 << 20), { flag: 'a' });
  } catch {
    // Full, as it was to be.
  }
  await eventually(() => session.hasEnded, 4_000);
  rmSync(filler, { force: true });
  return true;
}

async function killGuest({ session, runDir, random }: World): Promise<boolean> {
  await session.begun(1);
  const guest = spawn(process.execPath, [mainScript(), 'join', runDir], {
    stdio: 'ignore',
    env: { ...process.env, ...session.environment(), ...temporaryIn(dirname(session.notes)) },
  });
  await pause(random.between(100, 1500));
  return guest.kill('SIGKILL');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
