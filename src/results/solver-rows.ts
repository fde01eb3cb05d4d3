/** The cases of a run one by one, as solvers get them to assemble an answer. */
import { caseValues } from '../kernels/run-batch.js';
import type { SolverRow } from '../study/solver.js';
import type { Results } from './results.js';
import { statuses } from './row-batch.js';

export function* solverRows(results: Results): Generator<SolverRow> {
  const { parameters, layout } = results;
  for (const batch of results.batches({ outputs: layout.map(({ name }) => name) })) {
    for (let i = 0; i < batch.count; i++) {
      const row = { case: batch.cases[i] as number, inputs: caseValues(parameters, batch.parameters, i) };
      const failure = batch.failures.get(i);
      if (failure) yield { ...row, failure };
      else if (statuses[batch.status[i]!] === 'completed') {
        yield { ...row, outputs: caseValues(layout, batch.outputs, i) };
      }
    }
  }
}
