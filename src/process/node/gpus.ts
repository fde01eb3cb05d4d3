/** GPUs of a node, dealt out to its workers in turn. */
import { readdirSync } from 'node:fs';

type Devices = () => readonly string[];

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
  devices: Devices = ownDevices,
): Readonly<Record<string, string>> {
  if (choice === 'none') return {};
  const dealt: Record<string, string> = {};
  for (const name of variables) {
    const entries = listOf(environment[name]);
    if (entries.length > 0) dealt[name] = entries[index % entries.length]!;
  }
  if (Object.keys(dealt).length > 0) return dealt;
  const names = gpuNames(choice, environment, devices);
  return names.length > 0 ? { CUDA_VISIBLE_DEVICES: names[index % names.length]! } : {};
}

/** Names of the GPUs that are dealt out here, as programs know them. */
export function gpuNames(
  choice: GpuChoice,
  environment: NodeJS.ProcessEnv = process.env,
  devices: Devices = ownDevices,
): readonly string[] {
  if (choice === 'none') return [];
  // Set and empty hides all of them.
  const set = variableOf(environment);
  if (set !== undefined) return listOf(environment[set]);
  return choice === 'auto' ? devices() : Array.from({ length: choice }, (_, i) => String(i));
}

/** Shows these GPUs, and no others. */
export function gpuVariables(
  names: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  return { [variableOf(environment) ?? variables[0]]: names.join(',') };
}

function variableOf(environment: NodeJS.ProcessEnv): (typeof variables)[number] | undefined {
  return variables.find((name) => environment[name] !== undefined);
}

function listOf(text = ''): readonly string[] {
  return text.split(',').flatMap((entry) => entry.trim() || []);
}

function ownDevices(): readonly string[] {
  try {
    return readdirSync('/dev')
      .flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? [])
      .sort((a, b) => Number(a) - Number(b));
  } catch {
    return [];
  }
}
