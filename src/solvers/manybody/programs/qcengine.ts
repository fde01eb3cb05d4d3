/** Any program that QCEngine has a harness for: QCSchema on standard input and output of `qcengine run`. */
import type { TaskMolecule } from '../task.js';
import { lastWords, ProgramFailure, unsupported } from './failure.js';
import { checkedResult } from './numbers.js';
import type { Calculation, Computed, Program, Remains } from './program.js';

export function qcengineProgram(harness: string): Program {
  const name = `qcengine:${harness}`;
  return {
    name,
    prepare({ molecule, spec, driver }, { threads, memoryBytes }) {
      if (molecule.pointCharges.length > 0) {
        throw unsupported(name, 'point charges', 'QCSchema has no place for them');
      }
      const input = {
        ...{ schema_name: 'qcschema_input', schema_version: 1, driver, keywords: spec.keywords },
        molecule: schemaMolecule(molecule),
        model: { method: spec.method, basis: spec.basis ?? null },
      };
      return {
        argv: [
          ...['qcengine', 'run', '--ncores', String(threads), '--memory', String(memoryBytes / 2 ** 30)],
          ...['--scratch-directory', '.', harness, '-'],
        ],
        files: { 'input.json': `${JSON.stringify(input, undefined, 1)}\n` },
        input: 'input.json',
        stdin: 'input.json',
        variables: {},
      };
    },
    parse: (calculation, remains) => parse(name, calculation, remains),
  };
}

function schemaMolecule({ symbols, geometry, isGhost, charge, multiplicity }: TaskMolecule): unknown {
  return {
    ...{ schema_name: 'qcschema_molecule', schema_version: 2, symbols },
    ...{ geometry: [...geometry], real: isGhost.map((ghost) => !ghost) },
    ...{ molecular_charge: charge, molecular_multiplicity: multiplicity },
    ...{ fix_com: true, fix_orientation: true, fix_symmetry: 'c1' },
  };
}

interface AtomicResult {
  readonly success: boolean;
  readonly return_result?: number | readonly number[];
  readonly properties?: { readonly return_energy?: number; readonly return_gradient?: readonly number[] };
  readonly provenance?: { readonly creator?: string; readonly version?: string };
  readonly error?: { readonly error_type?: string; readonly error_message?: string };
}

function parse(name: string, { driver, molecule }: Calculation, remains: Remains): Computed {
  const answer = answerOf(name, remains);
  const { return_result: value, properties, provenance, error } = answer;
  if (!answer.success || value === undefined) {
    const words = error?.error_message?.trim().split('\n').at(-1) ?? 'it gives no reason';
    const type = /converge/i.test(error?.error_message ?? '') ? 'NotConverged' : 'ProgramError';
    throw new ProgramFailure(type, `${error?.error_type ?? 'failed'}: ${words}`);
  }
  const energy = Number(driver === 'energy' ? value : properties?.return_energy);
  const derivatives = Array.isArray(value) ? Float64Array.from(value.flat(2), Number) : undefined;
  const result = {
    energy,
    ...(driver === 'gradient' && derivatives && { gradient: derivatives }),
    ...(driver === 'hessian' && derivatives && { hessian: derivatives }),
  };
  return {
    version: `${provenance?.creator ?? ''} ${provenance?.version ?? ''}`.trim(),
    result: checkedResult(result, driver, molecule),
  };
}

/** What it prints may have lines of Python's libraries before it. */
function answerOf(name: string, { stdout, stderr, exitCode }: Remains): AtomicResult {
  const start = stdout.search(/^\{/m);
  try {
    if (start >= 0) return JSON.parse(stdout.slice(start)) as AtomicResult;
  } catch {
    throw new ProgramFailure('OutputIncomplete', `what ${name} printed is cut, or no JSON`);
  }
  if (exitCode === 0) throw new ProgramFailure('OutputIncomplete', `${name} printed no result`);
  throw new ProgramFailure('ProgramError', lastWords(stderr, stdout));
}
