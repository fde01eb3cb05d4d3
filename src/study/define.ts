import type { StudyInput } from './study-input.js';

/** Gives a study in TypeScript its type: `export const study = defineStudy({ name: 'mine', … })`. */
export function defineStudy(study: StudyInput): StudyInput {
  return study;
}
