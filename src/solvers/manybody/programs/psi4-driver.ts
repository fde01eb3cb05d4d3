/** The Python that Psi4 runs for us: reads `task.json`, writes every digit to `result.json`. The same for all tasks. */
export const psi4Driver = `import json
import re
import numpy as np

with open('task.json') as f:
    task = json.load(f)
psi4.set_memory(task['memory'])
psi4.core.set_num_threads(task['threads'])
task_molecule = psi4.geometry(task['molecule'])
psi4.set_options(task['options'])
arguments = dict(task['function_kwargs'])
if task['charges']:
    version = tuple(int(part) for part in re.match(r'(\\d+)\\.(\\d+)', psi4.__version__).groups())
    if version >= (1, 6):
        arguments['external_potentials'] = task['charges']
    else:
        field = psi4.core.ExternalPotential()
        for charge, (x, y, z) in task['charges']:
            field.addCharge(charge, x, y, z)
        psi4.core.set_global_option_python('EXTERN', field)
compute = {'energy': psi4.energy, 'gradient': psi4.gradient, 'hessian': psi4.hessian}[task['driver']]
value, wavefunction = compute(task['method'], molecule=task_molecule, return_wfn=True, **arguments)
result = {'version': psi4.__version__, 'energy': wavefunction.energy()}
if task['driver'] == 'energy':
    result['energy'] = value
else:
    result[task['driver']] = np.asarray(value).ravel().tolist()
with open('result.json', 'w') as f:
    json.dump(result, f)
`;
