/** Transient electromagnetics over a layered earth: the solver `tem1d`. */
import type { Solver } from '../../study/solver.js';
import { modelColumns } from './columns.js';
import { evaluateModel } from './evaluate.js';
import { forms, makeKernel, name, prepare, version } from './kernel.js';
import { settingsSchema } from './settings.js';
import { checkSupports } from './supports.js';
import { type Settings, surveyOf } from './survey.js';

export const tem1d: Solver = {
  name,
  version,
  settingsSchema,
  check({ settings, columns }, supports) {
    surveyOf(settings as Settings, 'settings');
    checkSupports(modelColumns(columns), supports);
  },
  axis: (settings) => ({
    name: 'time',
    unit: 's',
    values: [...surveyOf(settings as Settings, 'settings').times],
  }),
  forms,
  prepare,
  kernel: makeKernel,
  evaluate: evaluateModel,
};
