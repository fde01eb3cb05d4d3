/** Binding a worker to its cores, where a refusal costs speed at most. */
import { bindToCores } from '../../ffi/set-affinity.js';

export function bindOrTell(cores: readonly number[] | undefined): void {
  if (!cores) return;
  try {
    bindToCores(cores);
  } catch (error) {
    process.stderr.write(`not bound to cores ${cores.join(', ')}: ${(error as Error).message}\n`);
  }
}
