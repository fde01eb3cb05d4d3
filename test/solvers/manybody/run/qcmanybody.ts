/** The same input computed by QCManyBody with QCEngine, where Python has them. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './folder.js';

const script = `import json, sys
from qcmanybody import ManyBodyComputer
try:
    from qcmanybody.models.v1 import ManyBodyInput
except ImportError:
    from qcmanybody.models import ManyBodyInput
result = ManyBodyComputer.from_manybodyinput(ManyBodyInput(**json.load(open(sys.argv[1]))))
print(json.dumps({k: v for k, v in result.properties.dict().items() if isinstance(v, (int, float))}))
`;

/** Numbers among its properties; undefined where Python has no qcmanybody. `input`: ManyBodyInput of version 1. */
export function byQcmanybody(input: object): Readonly<Record<string, number>> | undefined {
  const python = (args: readonly string[]) =>
    spawnSync('python3', args, { cwd: folder, encoding: 'utf8', timeout: 300_000 });
  if (python(['-c', 'import qcmanybody, qcengine']).status !== 0) return undefined;
  writeFileSync(join(folder, 'compute.py'), script);
  writeFileSync(join(folder, 'qcmanybody-input.json'), JSON.stringify(input));
  const done = python(['compute.py', 'qcmanybody-input.json']);
  if (done.status !== 0) throw new Error(`qcmanybody failed: ${done.stderr}`);
  return JSON.parse(done.stdout.trim().split('\n').at(-1)!) as Record<string, number>;
}
