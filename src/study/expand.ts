/** Studies whose cases follow from the settings of their solver. */
import type { StudyFile } from './document/places.js';
import { problem } from './document/problem.js';
import type { StudyDocument } from './schema.js';
import type { Expansion, Solver } from './solver.js';

export interface ExpandedStudy {
  readonly settings: unknown;
  /** The study as if its user had listed the cases. */
  readonly document: StudyDocument;
}

/** Throws InputError where the study lists cases itself. */
export async function expandStudy(
  file: StudyFile,
  document: StudyDocument,
  expand: NonNullable<Solver['expand']>,
): Promise<ExpandedStudy> {
  refuseOwnCases(file, document);
  const { settings, cases, cost, retries } = await expand(sectionOf(file, document.settings));
  const { execution } = document;
  return {
    settings,
    document: {
      ...document,
      ...{ settings: {}, cases: cases as Expansion['cases'] & StudyDocument['cases'] },
      cost: document.cost ?? (cost && { features: [...cost.features] }),
      execution: { ...execution, max_retries: execution.max_retries ?? retries },
    },
  };
}

function refuseOwnCases(file: StudyFile, document: StudyDocument): void {
  const { table, cases, sample, parameters, solver } = document;
  const given = [
    ...(table === undefined ? [] : ['table']),
    ...(cases === undefined ? [] : ['cases']),
    ...(sample === undefined ? [] : ['sample']),
    ...(Object.keys(parameters).length > 0 ? ['parameters'] : []),
  ];
  const [first] = given;
  if (first === undefined) return;
  throw problem(
    file,
    [first],
    `The cases of ${solver} follow from its settings`,
    { expected: 'no parameters, table, cases and sample beside them' },
    'key',
  );
}

function sectionOf(file: StudyFile, settings: unknown): StudyFile {
  return { ...file, value: settings, locate: (path, part) => file.locate(['settings', ...path], part) };
}
