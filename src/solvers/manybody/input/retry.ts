/** What further attempts at a calculation that failed do otherwise; under `extras.shoal` in QCSchema, which has no place for it. */
import { z } from 'zod';
import type { CalculationSpec } from '../task.js';

export const retrySchema = z
  .array(
    z.strictObject({
      program: z.string().min(1).optional(),
      method: z.string().min(1).optional(),
      basis: z.string().min(1).optional(),
      keywords: z.record(z.string(), z.unknown()).optional(),
    }),
  )
  .describe('What further attempts at a failed calculation do otherwise, one entry each.');

export type RetrySection = z.output<typeof retrySchema>;

/** An entry changes what it names; keywords are replaced as a whole. */
export function withRetries(spec: CalculationSpec, changes: RetrySection | undefined): CalculationSpec {
  if (!changes) return spec;
  return {
    ...spec,
    further: changes.map(({ program, method, basis = spec.basis, keywords }) => ({
      program: program ?? spec.program,
      method: method ?? spec.method,
      ...(basis !== undefined && { basis }),
      keywords: keywords ?? spec.keywords,
    })),
  };
}
