/**
 * Chunks through the real coordinator to one worker, whose kernel is in the process of the link or in a child of it:
 * `node place.js inline|process CHUNKS DEPTH` over local transport, or the same under `mpirun -np 2`, where rank 0 only
 * coordinates. Prints microseconds a chunk.
 */
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { noPast } from '../../../src/coordinator/state.js';
import { finalize, findLauncher, world } from '../../../src/mpi/index.js';
import { openHousehold } from '../../../src/process/guardian/household.js';
import { decodeSettings } from '../../../src/process/worker-settings.js';
import { coordinate } from '../../../src/runtime/coordinate.js';
import { ownIdentity } from '../../../src/runtime/handshake.js';
import { inlineLinks } from '../../../src/runtime/inline/links.js';
import type { CoordinatorLinks, WorkerLink } from '../../../src/runtime/links/transport.js';
import { localLinks } from '../../../src/runtime/local/coordinator-links.js';
import { lightBeacon } from '../../../src/runtime/local/serve-stdio.js';
import { Supervisor } from '../../../src/runtime/local/supervisor.js';
import { stdioLink } from '../../../src/runtime/local/worker-link.js';
import { mpiCoordinatorLinks } from '../../../src/runtime/mpi/coordinator-links.js';
import { relay } from '../../../src/runtime/mpi/relay.js';
import { mpiWorkerLink } from '../../../src/runtime/mpi/worker-link.js';
import { type WorkPlace, work } from '../../../src/worker/work.js';
import { emptyKernel, emptyStudy } from '../tasks/empty-study.js';
import { memoryLog } from '../tasks/memory-log.js';

/** Of one number each, so that a chunk is a message of some hundred bytes both ways. */
const casesOfChunk = 64;

const kernel = emptyKernel(1);
const [place = '', chunksText = '', depthText = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  if (place === 'child') return serveChild(chunksText);
  if (!findLauncher()) {
    const supervisor = place === 'process' ? supervise() : undefined;
    const links = supervisor
      ? localLinks({ workers: [1], supervise: () => supervisor.child })
      : inlineLinks({ serve: (link) => serve(link, plainPlace) });
    await measure(links);
    supervisor?.end();
    return;
  }
  const comm = world.dup();
  if (world.rank === 0) {
    await measure(mpiCoordinatorLinks(comm, { abort: () => process.exit(1) }));
  } else {
    const link = mpiWorkerLink(comm, () => process.exit(1));
    if (place === 'process') {
      const { child, end } = supervise();
      await relay(link, child);
      end();
    } else {
      await serve(link, plainPlace);
    }
    await link.close();
  }
  finalize();
}

async function measure(links: CoordinatorLinks): Promise<void> {
  const chunks = Number(chunksText);
  const cases = chunks * casesOfChunk;
  // The first results say that the worker is there: coming up is no part of a chunk.
  let first: { readonly ms: number; readonly chunks: number } | undefined;
  const log = memoryLog();
  let returned = 0;
  const { finished } = coordinate({
    links,
    identity: ownIdentity('bench'),
    study: emptyStudy(cases),
    ...{ shared: undefined, form: 'typescript', kernelIdentity: 'empty', outputs: kernel.outputs },
    log: {
      ...log,
      append: (kind, bytes) => {
        if (kind === 'results') {
          returned++;
          first ??= { ms: performance.now(), chunks: returned };
        }
        return log.append(kind, bytes);
      },
    },
    ranges: [{ first: 0, count: cases }],
    ...{
      strategy: 'self',
      past: noPast,
      chunk: casesOfChunk,
      batching: 'adaptive',
      depth: Number(depthText),
    },
    stop: new AbortController().signal,
    onNotice: () => {},
    onWorkerLog: () => {},
  });
  await finished;
  const elapsedMs = performance.now() - (first?.ms ?? 0);
  await links.close();
  process.stdout.write(`${(1000 * elapsedMs) / chunks}\n`);
}

const plainPlace: WorkPlace = { worker: 1, threads: 1, scratchRoot: tmpdir };

function supervise(): { child: Supervisor; end(): void } {
  const household = openHousehold();
  const child = new Supervisor({
    ...{ worker: 1, household, entry: fileURLToPath(import.meta.url), args: ['child'] },
    share: { threads: 1, gpus: [], environment: {} },
    limits: { timeoutMs: 3_600_000, stallMs: Number.POSITIVE_INFINITY },
    memoryLimitBytes: Number.POSITIVE_INFINITY,
    onErrorLine: (line) => process.stderr.write(`${line}\n`),
  });
  return { child, end: () => household.close() };
}

async function serveChild(settings: string): Promise<void> {
  const link = stdioLink(() => process.exit(0));
  const beacon = lightBeacon(decodeSettings(settings).beaconSlots);
  if (beacon) link.waitDirectly();
  await serve(link, { ...plainPlace, ...(beacon && { beacon }) });
  await link.close();
}

function serve(link: WorkerLink, workPlace: WorkPlace): Promise<unknown> {
  const hello = { ...ownIdentity('bench'), host: 'here', pid: process.pid, node: process.version };
  return work({ link, place: workPlace, hello, loadKernel: async () => ({ kernel, identity: 'empty' }) });
}

await main();
process.exit();
