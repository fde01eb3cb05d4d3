/** Kernels in turn: which of a study's kernels computes which attempt at a case. */
import { basename } from 'node:path';
import { programName } from './command/source.js';
import type { KernelSource } from './study.js';

/** Never a `turns`. */
export type MemberSource = Exclude<KernelSource, { readonly kind: 'turns' }>;

/** In the order of attempts; a single one where the study names no list. */
export function membersOf(kernel: KernelSource): readonly MemberSource[] {
  return kernel.kind === 'turns' ? kernel.members : [kernel];
}

/** What computes attempt `attempt`, which counts from 1: the last one stays. */
export function inTurn<T>(members: readonly T[], attempt: number): T {
  return members[Math.min(attempt, members.length) - 1] as T;
}

/** A name for each member by which users tell them apart. */
export function calculatorNames(kernel: KernelSource): readonly string[] {
  const names = membersOf(kernel).map(nameOf);
  const isShared = (name: string): boolean => names.indexOf(name) !== names.lastIndexOf(name);
  return names.map((name, i) => (isShared(name) ? `${name} (${i + 1})` : name));
}

function nameOf(member: MemberSource): string {
  switch (member.kind) {
    case 'solver':
      return member.name;
    case 'module':
      return basename(member.path);
    case 'library':
      return member.symbol;
    case 'command':
      return programName(member.call);
    default:
      return member satisfies never;
  }
}
