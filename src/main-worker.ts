/** A local worker: it computes for the process that started it. */
import { decodeSettings } from './process/worker-settings.js';
import { serveStdio } from './runtime/local/serve-stdio.js';
import { kernelMakers } from './solvers/kernels.js';

/** Resolves with the exit code. `settings` as they stand in the arguments. */
export function serveParent(settings: string): Promise<number> {
  return serveStdio(decodeSettings(settings), kernelMakers);
}
