/**
 * Tasks a second through the real coordinator, worker and MPI transport: `mpirun -np 2 node ours.js MODE CASES [JOURNAL_DIR]`.
 * Rank 0 coordinates and does not compute. The kernel does nothing (`doubles` outputs of its own where asked).
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { noPast } from '../../../src/coordinator/state.js';
import type { ReadyKernel } from '../../../src/kernels/kernel.js';
import { abort, finalize, world } from '../../../src/mpi/index.js';
import { coordinate } from '../../../src/runtime/coordinate.js';
import { ownIdentity } from '../../../src/runtime/handshake.js';
import { mpiCoordinatorLinks } from '../../../src/runtime/mpi/coordinator-links.js';
import { mpiWorkerLink } from '../../../src/runtime/mpi/worker-link.js';
import { openJournal } from '../../../src/store/journal/open.js';
import { work } from '../../../src/worker/work.js';
import { emptyKernel, emptyStudy } from './empty-study.js';
import { memoryLog } from './memory-log.js';

interface Mode {
  readonly chunk: number | 'auto';
  readonly batching: 'single' | 'adaptive';
  readonly depth: number;
  readonly doubles: number;
}

const modes: Readonly<Record<string, Mode>> = {
  single: { chunk: 1, batching: 'single', depth: 8, doubles: 0 },
  batched: { chunk: 1, batching: 'adaptive', depth: 1024, doubles: 0 },
  chunks: { chunk: 256, batching: 'adaptive', depth: 16, doubles: 0 },
  results: { chunk: 256, batching: 'adaptive', depth: 16, doubles: 31 },
};

const [modeName = 'single', casesText = '1000000', journalDir] = process.argv.slice(2);
const mode = modes[modeName] as Mode;
const cases = Number(casesText);
const kernel: ReadyKernel = emptyKernel(mode.doubles);

async function main(): Promise<void> {
  const comm = world.dup();
  if (world.rank > 0) {
    const link = mpiWorkerLink(comm, () => abort(1));
    const place = { worker: world.rank, threads: 1, scratchRoot: tmpdir };
    const hello = { ...ownIdentity('bench'), host: 'here', pid: process.pid, node: process.version };
    await work({ link, place, hello, loadKernel: async () => ({ kernel, identity: 'empty' }) });
    await link.close();
    return;
  }
  if (journalDir) mkdirSync(journalDir, { recursive: true });
  const journal = journalDir ? openJournal(journalDir, { fingerprint: 'a'.repeat(64) }) : undefined;
  const links = mpiCoordinatorLinks(comm, { abort: () => process.exit(1) });
  let worstLagMs = 0;
  let expected = performance.now() + 5;
  const timer = setInterval(() => {
    const now = performance.now();
    worstLagMs = Math.max(worstLagMs, now - expected);
    expected = now + 5;
  }, 5);
  let started = 0;
  const coordination = coordinate({
    links,
    identity: ownIdentity('bench'),
    study: emptyStudy(cases),
    shared: undefined,
    form: 'typescript',
    kernelIdentity: 'empty',
    outputs: kernel.outputs,
    log: journal ? journal.journal : memoryLog(),
    ranges: [{ first: 0, count: cases }],
    strategy: 'self',
    past: noPast,
    chunk: mode.chunk,
    batching: mode.batching,
    depth: mode.depth,
    stop: new AbortController().signal,
    onNotice: () => {},
    onWorkerLog: () => {},
    onStarted: () => {
      started = performance.now();
    },
  });
  await coordination.finished;
  const seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  await links.close();
  await journal?.journal.close();
  console.log(
    JSON.stringify({
      figure: `tasks ${modeName}${journalDir ? ' journalled' : ''}`,
      value: Math.round(cases / seconds),
      unit: 'tasks/s',
      worstTimerLagMs: Math.round(worstLagMs * 10) / 10,
    }),
  );
}

await main();
finalize();
