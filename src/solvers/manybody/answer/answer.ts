/** What a run of an expansion adds up to: the ManyBodyResult, its tables, and a picture. */
import type { SolverRequest, SolverRow } from '../../../study/solver.js';
import { assemble } from '../assembly/assemble.js';
import { formatAssembly } from '../assembly/report.js';
import { manyBodyResult } from '../assembly/result.js';
import { planManyBody } from '../plan.js';
import { inputOf, labelColumn } from '../study.js';
import type { Driver, TaskResult } from '../task.js';
import { barPlot } from './bar-plot.js';
import { contributionsCsv } from './contributions-csv.js';
import { failureLines } from './failures.js';

export function manyBodyAnswer(
  { settings }: SolverRequest,
  rows: Iterable<SolverRow>,
  version: string,
): Readonly<Record<string, string>> {
  const plan = planManyBody(inputOf(settings));
  const results = new Map<string, TaskResult>();
  const atomicResults: Record<string, unknown> = {};
  const failures = new Map<string, NonNullable<SolverRow['failure']>>();
  for (const { inputs, outputs, failure } of rows) {
    const label = inputs[labelColumn] as string;
    if (failure) failures.set(label, failure);
    if (!outputs) continue;
    results.set(label, resultOf(outputs));
    atomicResults[label] = atomicResult(outputs, plan.input.driver);
  }
  const assembly = assemble(plan, results);
  const picture = barPlot(assembly);
  return {
    'summary.txt': [formatAssembly(assembly), ...failureLines(failures)].join('\n'),
    'result.json': `${JSON.stringify(manyBodyResult(assembly, { version, atomicResults }), undefined, 1)}\n`,
    'contributions.csv': contributionsCsv(assembly),
    ...(picture !== undefined && { 'contributions.svg': picture }),
  };
}

function resultOf({ energy, gradient, hessian }: Readonly<Record<string, unknown>>): TaskResult {
  return {
    energy: energy as number,
    ...(gradient instanceof Float64Array && { gradient }),
    ...(hessian instanceof Float64Array && { hessian }),
  };
}

/** What QCSchema knows of a calculation; its input is in the table *execution* of the run. */
function atomicResult(outputs: Readonly<Record<string, unknown>>, driver: Driver): unknown {
  const value = outputs[driver];
  const [creator = '', version = ''] = String(outputs.program ?? '').split(' ');
  return {
    ...{ schema_name: 'qcschema_output', driver, success: true },
    return_result: value instanceof Float64Array ? [...value] : value,
    properties: { return_energy: outputs.energy },
    provenance: { creator, version, routine: '' },
  };
}
