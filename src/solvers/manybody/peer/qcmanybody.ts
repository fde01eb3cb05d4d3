/** QCManyBody, which has QCEngine compute one calculation after the other: whom we are held against. */
import { InputError } from '../../../errors/input-error.js';
import type { SolverPeer } from '../../../study/solver.js';
import { assembledNumbers } from '../answer/numbers.js';
import { loadManyBodyInput } from '../input/load.js';
import { moleculeFields } from '../input/qcschema-document.js';
import type { ManyBodyInput } from '../input.js';
import { autoLabel } from '../levels.js';
import { throughQcengine } from '../programs/registry.js';

/** Prints the properties of the result as its last line. */
const script = `import json, os
os.environ.setdefault('QCMANYBODY_EMBEDDING_CHARGES', '1')
from qcmanybody import ManyBodyComputer
try:
    from qcmanybody.models.v1 import ManyBodyInput
except ImportError:
    from qcmanybody.models import ManyBodyInput
result = ManyBodyComputer.from_manybodyinput(ManyBodyInput(**json.load(open('input.json'))))
print(json.dumps({name: value.tolist() if hasattr(value, 'tolist') else value
                  for name, value in result.properties.dict().items() if value is not None}))
`;

export const qcmanybody: SolverPeer = {
  name: 'QCManyBody with QCEngine',
  probe: {
    argv: ['python3', '-c', 'import qcmanybody, qcengine'],
    hint: 'python3 must find the packages qcmanybody and qcengine',
  },
  prepare: async (path, folder) => ({
    argv: ['python3', 'peer.py'],
    files: {
      'peer.py': script,
      'input.json': JSON.stringify(peerInput(await loadManyBodyInput(path, folder), path)),
    },
  }),
  numbersOf: (stdout) =>
    assembledNumbers(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>),
};

/** Its ManyBodyInput, of version 1, which all of its versions read. */
export function peerInput(input: ManyBodyInput, path: string): object {
  const { molecule, driver, cutoffs, screening } = input;
  if (cutoffs || screening) {
    throw new InputError('QCManyBody does not leave n-mers out', {
      file: path,
      given: cutoffs ? 'cutoffs' : 'screening',
    });
  }
  return {
    ...{ schema_name: 'qcschema_manybodyinput', schema_version: 1 },
    molecule: moleculeFields(molecule),
    specification: {
      driver,
      keywords: keywordsOf(input),
      specification: Object.fromEntries(
        Object.entries(input.specifications).map(([name, { program, method, basis, keywords }]) => [
          name,
          {
            program: program.toLowerCase().startsWith(throughQcengine)
              ? program.slice(throughQcengine.length)
              : program,
            ...{ driver, model: { method, basis: basis ?? null }, keywords },
          },
        ]),
      ),
    },
  };
}

function keywordsOf(input: ManyBodyInput): object {
  const { embeddingCharges, levels, maxNbody } = input;
  const named = levels.map((level) => [
    level.kind === 'supersystem' ? level.kind : Math.max(...level.nbodies),
    level.modelChemistry,
  ]);
  const isOne = levels.length === 1 && levels[0]?.modelChemistry === autoLabel;
  return {
    bsse_type: input.bsse,
    ...(isOne ? { max_nbody: maxNbody } : { levels: Object.fromEntries(named) }),
    return_total_data: input.returnTotalData,
    supersystem_ie_only: input.supersystemIeOnly,
    ...(embeddingCharges && {
      embedding_charges: Object.fromEntries(embeddingCharges.map((charges, i) => [i + 1, charges])),
    }),
  };
}
