/** GPUs of a node, dealt out to its workers in turn. */
import { readdirSync } from 'node:fs';

/** By these a program sees some of the GPUs only: of NVIDIA, AMD and Intel. */
const variables = ['CUDA_VISIBLE_DEVICES', 'ROCR_VISIBLE_DEVICES', 'ZE_AFFINITY_MASK'] as const;

export type GpuChoice = number | 'auto' | 'none';

/**
 * Variables that show one GPU to worker `index` of the node. A list that is set is dealt out as it is; a number deals
 * out 0 … N − 1; `auto` deals out what is set, else the devices of NVIDIA that there are. Empty where nothing is to
 * be dealt out.
 */
export function gpuEnvironment(
  choice: GpuChoice,
  index: number,
  environment: NodeJS.ProcessEnv = process.env,
  devices: () => number = countDevices,
): Readonly<Record<string, string>> {
  if (choice === 'none') return {};
  const dealt: Record<string, string> = {};
  for (const name of variables) {
    const entries = (environment[name] ?? '').split(',').filter((entry) => entry.trim() !== '');
    if (entries.length > 0) dealt[name] = (entries[index % entries.length] as string).trim();
  }
  if (Object.keys(dealt).length > 0) return dealt;
  // Set and empty hides all of them.
  if (environment.CUDA_VISIBLE_DEVICES !== undefined) return {};
  const count = choice === 'auto' ? devices() : choice;
  return count > 0 ? { CUDA_VISIBLE_DEVICES: String(index % count) } : {};
}

/** How many GPUs `auto` would deal out here. */
export function countGpus(environment: NodeJS.ProcessEnv = process.env): number {
  for (const name of variables) {
    const text = environment[name];
    if (text !== undefined) return text.split(',').filter((entry) => entry.trim() !== '').length;
  }
  return countDevices();
}

function countDevices(): number {
  try {
    return readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name)).length;
  } catch {
    return 0;
  }
}
