/** Programs by the names that specifications use. */
import { mopac } from './mopac.js';
import { nwchem } from './nwchem.js';
import type { Program } from './program.js';
import { psi4 } from './psi4.js';
import { qcengineProgram } from './qcengine.js';
import { template } from './template.js';
import { xtb } from './xtb.js';

const direct: readonly Program[] = [xtb, psi4, nwchem, mopac, template];

export const directNames: readonly string[] = direct.map(({ name }) => name);

/** Before the name of a program: it is computed by way of QCEngine. */
export const throughQcengine = 'qcengine:';

/** Every other name is one that QCEngine knows, or nobody; `qcengine:psi4` takes its way also for what we know ourselves. */
export function programOf(name: string): Program {
  const lower = name.toLowerCase();
  if (lower.startsWith(throughQcengine)) return qcengineProgram(lower.slice(throughQcengine.length));
  return direct.find((program) => program.name === lower) ?? qcengineProgram(lower);
}
