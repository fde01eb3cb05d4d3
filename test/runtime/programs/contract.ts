/**
 * Both ends of a transport without the roles: `node contract.js local SCENARIO WORKERS`, or `mpirun … contract.js mpi
 * SCENARIO`. The coordinator's end prints what it saw as JSON.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { Message, Welcome } from '../../../src/messages/message.js';
import { decodeMessage, encodeMessage } from '../../../src/messages/wire.js';
import { abort, world } from '../../../src/mpi/index.js';
import { openHousehold } from '../../../src/process/guardian/household.js';
import { decodeSettings } from '../../../src/process/worker-settings.js';
import { type CoordinatorLinks, slotBytes, type WorkerLink } from '../../../src/runtime/links/transport.js';
import { localLinks } from '../../../src/runtime/local/coordinator-links.js';
import { Supervisor } from '../../../src/runtime/local/supervisor.js';
import { stdioLink } from '../../../src/runtime/local/worker-link.js';
import { mpiCoordinatorLinks } from '../../../src/runtime/mpi/coordinator-links.js';
import { endJob, jobCommunicator } from '../../../src/runtime/mpi/protocol.js';
import { mpiWorkerLink } from '../../../src/runtime/mpi/worker-link.js';

/** Sizes of message bodies: around what one buffer of a transport holds, and far above. */
const sizes = [
  ...[0, 1, 7, 8, 9, 1000, 8 * 1024 - 9, 8 * 1024 - 8, 8 * 1024 - 7, 20_000],
  ...[slotBytes - 9, slotBytes - 8, slotBytes - 7, slotBytes, 1_000_003, 2 << 20, 3, 2 << 20, 0],
];

/** Small messages, with a large one now and then, sent without waiting for anything. */
const floodCount = 2000;
const floodSize = (i: number): number => (i % 250 === 249 ? 700_000 : (i * 37) % 300);

const sharedBytes = 1_500_000;

interface Report {
  readonly workers: readonly number[];
  /** What went wrong, in words. */
  readonly problems: string[];
  /** Messages that came, by worker. */
  readonly received: Record<number, number>;
  readonly lost: string[];
  readonly errors: string[];
  readonly seen: string[];
}

const [, script = '', transport, scenario, argument] = process.argv;

function body(worker: number, index: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + worker * 7 + index * 13) & 0xff;
  return bytes;
}

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function welcome(): Welcome {
  const shared = Float64Array.from({ length: sharedBytes / 8 }, (_, i) => Math.sin(i));
  return { kind: 'welcome', shared, batching: 'adaptive' } as unknown as Welcome;
}

const digestOf = ({ shared }: { readonly shared: unknown }): string => {
  const { buffer, byteOffset, byteLength } = shared as Float64Array;
  return sha(new Uint8Array(buffer, byteOffset, byteLength));
};

async function work(link: WorkerLink, worker: number, isFirst: boolean): Promise<void> {
  const inbox: Message[] = [];
  link.handler = (bytes) => {
    const message = decodeMessage(bytes);
    // The view is gone when the handler returns.
    inbox.push(message.kind === 'results' ? { ...message, bytes: message.bytes.slice() } : message);
  };
  const next = async (): Promise<Message> => {
    while (inbox.length === 0) if (!link.poll()) await link.wait();
    return inbox.shift()!;
  };
  const say = (text: string) => link.send(encodeMessage({ kind: 'log', text }));
  say(`hello of ${worker}`);
  const first = await next();
  if (first.kind !== 'welcome') throw new Error(`the broadcast must come first, not ${first.kind}`);
  say(digestOf(first));
  if (scenario === 'flood') {
    for (let i = 0; i < floodCount; i++) sendResults(link, body(worker, i, floodSize(i)));
  }
  if (scenario === 'death' && worker === 1 && isFirst) {
    for (let i = 0; i < 3; i++) sendResults(link, body(worker, i, 600_000));
    process.exit(argument === undefined ? 0 : 5);
  }
  if (scenario === 'print' && worker === 1) writeSync(1, 'a library that prints\n');
  for (;;) {
    const message = await next();
    if (message.kind === 'stop') break;
    if (message.kind !== 'results') throw new Error(`unexpected ${message.kind}`);
    sendResults(link, message.bytes);
  }
  link.send(encodeMessage({ kind: 'bye' }));
}

/** In the link's own buffer where it fits, as a worker's outbox does. */
function sendResults(link: WorkerLink, bytes: Uint8Array): void {
  const message = encodeMessage({ kind: 'results', bytes });
  const { outgoing } = link;
  if (message.byteLength > outgoing.byteLength) {
    link.send(message);
    message.fill(0xff);
    return;
  }
  outgoing.set(message);
  link.commit(message.byteLength);
}

async function coordinate(links: CoordinatorLinks): Promise<Report> {
  const received: Record<number, number> = {};
  const report: Report = { workers: links.workers, problems: [], received, lost: [], errors: [], seen: [] };
  const greeted = new Set<number>();
  const gone = new Set<number>();
  const alive = new Set(links.workers);
  let failed = false;
  let isBroadcast = false;
  let change = (): void => {};
  const until = (isTrue: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      change = () => {
        if (isTrue() || failed) resolve();
      };
      change();
    });
  const expected = (worker: number, index: number): Uint8Array =>
    body(
      worker,
      index,
      scenario === 'flood' ? floodSize(index) : scenario === 'death' ? 600_000 : sizes[index]!,
    );
  const handle = (worker: number, message: Message): void => {
    if (message.kind === 'log' && message.text === `hello of ${worker}`) {
      greeted.add(worker);
      if (isBroadcast) links.send(worker, encodeMessage(welcome()));
    } else if (message.kind === 'log') {
      if (message.text !== digestOf(welcome())) report.problems.push(`${worker} got another broadcast`);
      report.seen.push(`${worker} has the broadcast`);
    } else if (message.kind === 'results') {
      const index = received[worker] ?? 0;
      received[worker] = index + 1;
      if (!Buffer.from(message.bytes).equals(expected(worker, index))) {
        report.problems.push(`message ${index} of ${worker} is not what was sent`);
      }
    } else if (message.kind === 'bye') {
      gone.add(worker);
    }
  };
  links.start({
    onMessage: (worker, bytes) => {
      handle(worker, decodeMessage(bytes));
      bytes.fill(0xff);
    },
    onDrained: () => change(),
    onLost: (worker, { how }) => {
      alive.delete(worker);
      greeted.delete(worker);
      report.lost.push(how + (gone.has(worker) ? ' after its bye' : ''));
      const successor = gone.has(worker) ? undefined : links.replace(worker);
      if (successor !== undefined) {
        alive.add(successor);
        report.seen.push(`${successor} takes its place`);
      }
      change();
    },
    onError: (error) => {
      report.errors.push(error.message);
      failed = true;
      change();
    },
  });
  const all = (set: ReadonlySet<number>): boolean => [...alive].every((worker) => set.has(worker));
  await until(() => all(greeted));
  isBroadcast = true;
  await links.broadcast(encodeMessage(welcome()));
  if (scenario === 'abort') {
    await until(() => report.seen.length === alive.size);
    process.stdout.write(JSON.stringify(report));
    links.abort();
    // Local children are gone, this process goes by itself.
    process.exit(2);
  }
  if (scenario === 'flood') {
    // The readers are far behind: nothing may be lost, nor may the writers wait for ever.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    await until(() => [...alive].every((worker) => received[worker] === floodCount));
  }
  if (scenario === 'echo') {
    for (const [index, size] of sizes.entries()) {
      for (const worker of alive) {
        const message = encodeMessage({ kind: 'results', bytes: body(worker, index, size) });
        links.send(worker, message);
        message.fill(0xff);
      }
    }
    await until(() => [...alive].every((worker) => received[worker] === sizes.length));
  }
  if (scenario === 'death') await until(() => report.lost.length > 0 && all(greeted));
  if (scenario === 'print') await until(() => failed);
  for (const worker of alive) links.send(worker, encodeMessage({ kind: 'stop' }));
  if (!failed) await until(() => all(gone));
  await links.close();
  return report;
}

async function main(): Promise<void> {
  if (transport === 'worker') {
    const settings = decodeSettings(argument!);
    const link = stdioLink(() => process.exit(0));
    // One that is waited for as on the coordinator's host, and others.
    if (settings.worker % 2 === 0) link.waitDirectly();
    await work(link, settings.worker, settings.scratch.endsWith('-1'));
    await link.close();
    return;
  }
  if (transport === 'mpi') {
    if (world.rank > 0) {
      const link = mpiWorkerLink(jobCommunicator(), () => abort(1));
      await work(link, world.rank, true);
      await link.close();
    } else {
      process.stdout.write(
        JSON.stringify(await coordinate(mpiCoordinatorLinks(jobCommunicator(), { abort: () => abort(2) }))),
      );
    }
    endJob();
    return;
  }
  const household = openHousehold();
  const count = Number(argument);
  const links = localLinks({
    workers: Array.from({ length: count }, (_, i) => i + 1),
    supervise: (worker) =>
      new Supervisor({
        ...{ worker, household, entry: script, args: ['worker', scenario!] },
        share: { threads: 1, gpus: [], environment: {} },
        limits: { timeoutMs: Number.POSITIVE_INFINITY, stallMs: Number.POSITIVE_INFINITY },
        memoryLimitBytes: Number.POSITIVE_INFINITY,
        onErrorLine: (line) => process.stderr.write(`worker ${worker}: ${line}\n`),
      }),
  });
  process.stdout.write(JSON.stringify(await coordinate(links)));
  household.close();
}

await main();
process.exit();
