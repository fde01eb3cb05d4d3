/** Ranks that compute a case together: the leader is a worker like any other, the others do as it does. */
import { decode, encode } from '../../codec/msgpack.js';
import { EnvironmentError } from '../../errors/environment-error.js';
import { CancelSource } from '../../kernels/cancel.js';
import { following, leading } from '../../kernels/gang.js';
import { GangComms } from '../../kernels/gang-comms.js';
import type { ReadyKernel } from '../../kernels/kernel.js';
import { loadKernel } from '../../kernels/load.js';
import { Slot } from '../../kernels/slot.js';
import type { Welcome } from '../../messages/message.js';
import type { Comm } from '../../mpi/index.js';
import { BeaconWriter } from '../../process/beacon/writer.js';
import { type CaseClock, caseClock } from '../../process/case-clock.js';
import { createCaseSpace } from '../../study/case-space.js';
import type { KernelMaker } from '../../study/solver.js';
import type { WorkPlace } from '../../worker/work.js';
import type { WorkerLink } from '../links/transport.js';
import { serve } from '../serve.js';

export async function leadGang(
  link: WorkerLink,
  gang: Comm,
  place: WorkPlace,
  makers: readonly KernelMaker[],
  onBroken: () => never,
): Promise<void> {
  let isTold = false;
  let led: ReadyKernel | undefined;
  let clock: CaseClock | undefined;
  await serve(link, place, makers, async (welcome) => {
    isTold = true;
    tellAll(gang, encode(welcome));
    const comms = new GangComms(gang);
    const { timeoutMs } = welcome.study.execution;
    const loaded = await loadTogether(comms, welcome, makers);
    clock = caseClock(timeoutMs);
    const kernel = leading(loaded, comms, clock, onBroken);
    led = { ...kernel, close: once(() => kernel.close?.()) };
    return led;
  });
  // Refused before it had a kernel, or with one: the others wait for a word all the same.
  if (!isTold) tellAll(gang, new Uint8Array());
  led?.close?.();
  await clock?.close();
}

export async function followGang(
  gang: Comm,
  place: WorkPlace,
  makers: readonly KernelMaker[],
): Promise<void> {
  const bytes = await hear(gang);
  if (bytes.byteLength === 0) return;
  const welcome = decode(bytes) as Welcome;
  const comms = new GangComms(gang);
  const kernel = await loadTogether(comms, welcome, makers).catch(say);
  if (!kernel) return;
  const slot = new Slot({
    ...place,
    cancel: new CancelSource(),
    beacon: new BeaconWriter().slot(0),
    log: (text) => process.stderr.write(`${text}\n`),
  });
  await following(kernel, comms, createCaseSpace(welcome.study.cases), slot);
}

/** The kernel, when every rank of the gang has it; else all throw. */
async function loadTogether(
  comms: GangComms,
  { study, shared, form }: Welcome,
  makers: readonly KernelMaker[],
): Promise<ReadyKernel> {
  const loading = loadKernel(study, makers, shared, form, () => comms.kernels);
  const outcome = await loading.then(
    (kernel) => ({ kernel, error: undefined }),
    (error: unknown) => ({ kernel: undefined, error }),
  );
  const all = new Int32Array(1);
  comms.own.allreduce(Int32Array.of(outcome.kernel ? 1 : 0), all, 'min');
  if (outcome.kernel && all[0] === 1) return outcome.kernel;
  outcome.kernel?.close?.();
  throw (
    outcome.error ?? new EnvironmentError('another rank of its gang cannot load the kernel, and says why')
  );
}

/** Blocking and non-blocking collectives do not match each other, and who hears must not block. */
function tellAll(gang: Comm, bytes: Uint8Array): void {
  gang.ibcast(Float64Array.of(bytes.byteLength), 0).wait();
  if (bytes.byteLength > 0) gang.ibcast(Uint8Array.from(bytes), 0).wait();
}

async function hear(gang: Comm): Promise<Uint8Array> {
  const length = new Float64Array(1);
  await gang.ibcast(length, 0);
  const bytes = new Uint8Array(length[0] as number);
  if (bytes.byteLength > 0) await gang.ibcast(bytes, 0);
  return bytes;
}

function say(error: unknown): undefined {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return undefined;
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
