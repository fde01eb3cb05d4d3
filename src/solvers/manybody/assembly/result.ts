/** The result in QCSchema: ManyBodyResult, of the version that the input is of. */
import { prettyLabel } from '../label.js';
import type { Driver, ManyBodyTask } from '../task.js';
import { type Assembly, lengthOf, placesIn, type Value, valuesOf } from './assemble.js';
import { omittedDocument, omittedOf } from './omitted.js';
import { bodyVariables, manyBodyProperties, variableName } from './properties.js';
import { nuclearRepulsion } from './repulsion.js';
import { formatEnergies } from './table.js';

export interface ResultOptions {
  /** Of this program, for the provenance. */
  readonly version: string;
  /** What programs returned, by label, as QCSchema AtomicResult; kept where the input's protocols ask for it. */
  readonly atomicResults?: Readonly<Record<string, unknown>>;
  /** What the result should say beside the numbers. */
  readonly notes?: readonly string[];
}

/** Derivatives of single calculations are left out beyond this count of numbers: JSON has no room for them. */
const mostNumbers = 5e6;

/** Plain data for JSON; arrays are flat, row-major. `success` is false where calculations are missing. */
export function manyBodyResult(assembly: Assembly, options: ResultOptions): Record<string, unknown> {
  const { plan, missing } = assembly;
  const { document, driver } = plan.input;
  const properties = resultProperties(assembly);
  const isNew = document.version === 2;
  const clusters = clusterProperties(assembly);
  const results = wantsClusterResults(document.value, isNew) ? (options.atomicResults ?? {}) : {};
  const omitted = omittedOf(plan, assembly.results);
  const returned = assembly.properties.find(({ property }) => property === driver)?.returned;
  return {
    schema_name: isNew ? 'qcschema_many_body_result' : 'qcschema_manybodyresult',
    schema_version: document.version,
    id: null,
    input_data: document.value,
    ...(isNew && { molecule: document.value.molecule }),
    properties,
    [isNew ? 'cluster_properties' : 'component_properties']: clusters.values,
    [isNew ? 'cluster_results' : 'component_results']: results,
    return_result: returned ? plain(returned, driver) : null,
    stdout: formatEnergies(assembly),
    stderr: null,
    success: missing.length === 0,
    ...(missing.length > 0 && {
      error: {
        error_type: 'incomplete_expansion',
        error_message: `${missing.length} of ${plan.tasks.length} calculations have no result`,
      },
    }),
    provenance: { creator: 'shoal', version: options.version, routine: 'shoal.solvers.manybody' },
    extras: {
      qcvars: variables(assembly, properties),
      ...(missing.length > 0 && { missing: missing.map(({ label }) => label) }),
      ...(omitted.length > 0 && { omitted: omittedDocument(omitted) }),
      ...withNotes([...(options.notes ?? []), ...clusters.notes]),
    },
    ...(isNew && { native_files: {} }),
  };
}

function resultProperties(assembly: Assembly): Record<string, unknown> {
  const { plan } = assembly;
  const { input, tasks } = plan;
  const named: Record<string, unknown> = {
    calcinfo_nmc: input.levels.length,
    calcinfo_nfr: input.molecule.fragments.length,
    calcinfo_natom: input.molecule.symbols.length,
    calcinfo_nmbe: tasks.length,
    nuclear_repulsion_energy: nuclearRepulsion(input.molecule),
  };
  for (const { property, returned } of assembly.properties) {
    if (returned && isReturned(property, input.driver))
      named[`return_${property}`] = plain(returned, property);
  }
  for (const [name, value] of manyBodyProperties(assembly)) named[name] = plain(value, propertyOf(name));
  return named;
}

function isReturned(property: Driver, driver: Driver): boolean {
  const order: readonly Driver[] = ['energy', 'gradient', 'hessian'];
  return order.indexOf(property) <= order.indexOf(driver);
}

function propertyOf(name: string): Driver {
  if (name.includes('gradient')) return 'gradient';
  return name.includes('hessian') ? 'hessian' : 'energy';
}

function variables(assembly: Assembly, properties: Record<string, unknown>): Record<string, unknown> {
  const { results, plan } = assembly;
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties)) named[variableName(name)] = value;
  for (const property of assembly.properties) {
    for (const [name, value] of bodyVariables(property)) named[name] = plain(value, property.property);
  }
  // Psi4 names calculations by fragments only, which is unambiguous with one level of theory.
  if (plan.input.levels.length === 1) {
    for (const { label, real, basis } of plan.tasks) {
      const energy = results.get(label)?.energy;
      if (energy !== undefined) named[`N-BODY ${prettyLabel(undefined, real, basis)} TOTAL ENERGY`] = energy;
    }
  }
  return named;
}

interface ClusterProperties {
  readonly values: Record<string, unknown>;
  readonly notes: readonly string[];
}

function clusterProperties({ plan, results, properties }: Assembly): ClusterProperties {
  const atomCount = plan.input.molecule.symbols.length;
  const shown = properties
    .map(({ property }) => property)
    .filter((property) => plan.tasks.length * lengthOf(property, atomCount) <= mostNumbers);
  const pads = shown.map((property) => padding(placesIn(plan, property), property, atomCount));
  const values: Record<string, unknown> = {};
  for (const task of plan.tasks) {
    const result = results.get(task.label);
    if (!result) continue;
    const known = shown.flatMap((property, i) => {
      const own = valuesOf(result, property);
      return own ? [[`return_${property}`, pads[i]!(task, own)] as const] : [];
    });
    values[task.label] = { calcinfo_natom: atomCount, ...Object.fromEntries(known) };
  }
  const left = properties.filter(({ property }) => !shown.includes(property)).map(({ property }) => property);
  return { values, notes: left.map((property) => `too large to list for each calculation: ${property}`) };
}

/** Sized for the whole cluster, as the schema wants it. */
function padding(
  places: (label: string) => Int32Array,
  property: Driver,
  atomCount: number,
): (task: ManyBodyTask, own: Float64Array) => number | readonly number[] {
  if (property === 'energy') return (_, own) => own[0]!;
  return ({ label }, own) => {
    const whole = new Float64Array(lengthOf(property, atomCount));
    places(label).forEach((place, i) => {
      whole[place] = own[i]!;
    });
    return [...whole];
  };
}

function plain(value: Value, property: Driver): number | readonly number[] {
  return property === 'energy' ? value[0]! : [...value];
}

function wantsClusterResults(document: Readonly<Record<string, unknown>>, isNew: boolean): boolean {
  const protocols = (document.specification as { protocols?: Record<string, unknown> } | undefined)
    ?.protocols;
  return protocols?.[isNew ? 'cluster_results' : 'component_results'] === 'all';
}

function withNotes(notes: readonly string[]): Record<string, unknown> {
  return notes.length > 0 ? { notes } : {};
}
