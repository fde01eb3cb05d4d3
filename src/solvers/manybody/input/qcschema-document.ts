/** The friendly form as QCSchema's ManyBodyInput, version 2, for the result to carry. */
import type { FragmentedMolecule } from '../input.js';
import type { Draft } from './draft.js';

export function qcschemaDocument(
  draft: Omit<Draft, 'document'>,
  molecule: FragmentedMolecule,
  massNumbers: readonly number[],
  extras: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { levels, embeddingCharges, specifications, driver } = draft;
  const chosen = Object.fromEntries(Object.entries(extras).filter(([, value]) => value !== undefined));
  return {
    schema_name: 'qcschema_many_body_input',
    schema_version: 2,
    molecule: moleculeDocument(draft.name, molecule, massNumbers),
    specification: {
      schema_name: 'qcschema_many_body_specification',
      driver,
      program: '',
      protocols: {},
      keywords: {
        schema_name: 'qcschema_many_body_keywords',
        bsse_type: draft.bsse,
        ...(levels && { levels: Object.fromEntries(levels) }),
        ...(draft.maxNbody !== undefined && { max_nbody: draft.maxNbody }),
        ...(draft.returnTotalData !== undefined && { return_total_data: draft.returnTotalData }),
        supersystem_ie_only: draft.supersystemIeOnly,
        ...(embeddingCharges && { embedding_charges: Object.fromEntries(embeddingCharges) }),
      },
      specification: Object.fromEntries(
        Object.entries(specifications).map(([name, { program, method, basis, keywords, further }]) => [
          name,
          {
            ...{ program, driver, model: { method, basis: basis ?? null }, keywords },
            ...(further && { extras: { shoal: { retry_with: further } } }),
          },
        ]),
      ),
      extras: Object.keys(chosen).length > 0 ? { shoal: chosen } : {},
    },
  };
}

/** A molecule as versions 2 and 3 of its schema have it, which stays where it is. */
export function moleculeFields(molecule: FragmentedMolecule): Record<string, unknown> {
  return {
    symbols: molecule.symbols,
    geometry: [...molecule.geometry],
    real: molecule.isGhost.map((isGhost) => !isGhost),
    fragments: molecule.fragments,
    fragment_charges: molecule.charges,
    fragment_multiplicities: molecule.multiplicities,
    molecular_charge: molecule.charges.reduce((sum, charge) => sum + charge, 0),
    molecular_multiplicity: molecule.multiplicity,
    fix_com: true,
    fix_orientation: true,
  };
}

function moleculeDocument(
  name: string,
  molecule: FragmentedMolecule,
  massNumbers: readonly number[],
): Record<string, unknown> {
  return {
    schema_name: 'qcschema_molecule',
    schema_version: 3,
    name,
    ...moleculeFields(molecule),
    ...(massNumbers.some((number) => number !== -1) && { mass_numbers: massNumbers }),
  };
}
