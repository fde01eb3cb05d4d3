/** One model, for trying and checking. */
import { z } from 'zod';
import { InputError } from '../../errors/input-error.js';
import { ownSlot } from '../../kernels/own-slot.js';
import { fieldName } from '../../study/document/places.js';
import { validate } from '../../study/document/validate.js';
import { modelColumns } from './columns.js';
import { forms, makeKernel, prepare } from './kernel.js';
import { settingsSchema, surveyShape } from './settings.js';
import { checkSupports } from './supports.js';
import { surveyOf } from './survey.js';

const list = z.array(z.number()).min(1);

const modelSchema = z.strictObject({
  ...surveyShape,
  resistivities: list.describe('One a layer from the top, ohm m.'),
  depths: list.optional().describe("The layers' tops, the first 0, m."),
  thicknesses: z.array(z.number()).optional().describe('All but the last, m.'),
});

export interface ModelResponse {
  /** Gate times, s. */
  readonly times: number[];
  /** T/(A m2), or T/(s A m2) for dbdt. */
  readonly responses: number[];
}

/** Computes one model from plain input, with the best form of the kernel. Throws InputError for what cannot be used. */
export async function evaluateModel(input: unknown): Promise<ModelResponse> {
  const model = validate(modelSchema, input, {
    path: '',
    text: '',
    value: input,
    locate: (path) => ({ field: fieldName(path) }),
  });
  const { resistivities, depths, thicknesses, ...rest } = model;
  const given = { resistivities, depths, thicknesses };
  const values = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value ? [[name, Float64Array.from(value)]] : [])),
  );
  const columns = Object.entries(values).map(([name, { length }]) => ({
    name,
    dtype: 'float64' as const,
    shape: [length],
  }));
  const settings = settingsSchema.parse(rest);
  const times = [...surveyOf(settings).times];
  const request = { settings, columns };
  checkSupports(
    modelColumns(columns),
    columns.map(({ name }) => {
      const bounds = Array.from(values[name] as Float64Array);
      return { name, min: bounds, max: bounds, isLiteral: true, isTight: true, field: name };
    }),
  );
  const [form = 'typescript'] = forms();
  const kernel = makeKernel(request, prepare(request), form);
  const responses = new Float64Array(times.length);
  const { slot, close } = ownSlot(() => {});
  const failures = await kernel.runBatch?.(1, values, { responses }, slot.open(0, 1, 1));
  close();
  const failure = failures?.[0];
  if (failure) throw new InputError(failure.message, { field: 'resistivities' });
  return { times, responses: Array.from(responses) };
}
