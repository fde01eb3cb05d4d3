/** What can be known of programs before anything starts: which exist at all, and what they would be asked. */
import { InputError } from '../../../errors/input-error.js';
import type { ManyBodyInput } from '../input.js';
import { planManyBody } from '../plan.js';
import { computePotential, potentialName } from '../potentials/potential.js';
import { ProgramFailure } from './failure.js';
import type { Allotment } from './program.js';
import { programOf } from './registry.js';

const allotment: Allotment = { threads: 1, memoryBytes: 2 ** 30 };

/**
 * Throws InputError where the first calculation of a level with ghosts, or without, is one that no attempt at it can do:
 * methods, keywords, ghosts, point charges, derivatives. Returns the programs that would be started.
 */
export function checkPrograms(input: ManyBodyInput): ReadonlySet<string> {
  const executables = new Set<string>();
  const { levels, moleculeOf, specOf } = planManyBody(input);
  for (const { tasks, level } of levels) {
    const withGhosts = tasks.find(({ real, basis }) => basis.length > real.length);
    for (const task of [tasks[0], withGhosts]) {
      if (!task) continue;
      const spec = specOf(task);
      for (const one of [spec, ...(spec.further ?? [])]) {
        const calculation = { molecule: moleculeOf(task), spec: one, driver: input.driver };
        try {
          if (one.program === potentialName) computePotential(calculation.molecule, one, input.driver);
          else executables.add(programOf(one.program).prepare(calculation, allotment).argv[0] as string);
        } catch (error) {
          if (!(error instanceof ProgramFailure)) throw error;
          throw new InputError(
            `The calculations of ${level.modelChemistry} cannot be done: ${error.message}`,
            { given: `${task.label} by ${one.program}` },
            { cause: error },
          );
        }
      }
    }
  }
  return executables;
}
