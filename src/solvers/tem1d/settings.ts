/** The keys that a TEM survey brings, for studies (`settings`) and for single models (`eval`). */
import { z } from 'zod';

const finite = z.number().describe('a finite number');

export const surveyShape = {
  tx_area: z.number().positive().default(314.16).describe('Area of the circular transmitter loop, m2.'),
  tx_rx_separation: z
    .number()
    .nonnegative()
    .default(0)
    .describe("Horizontal distance of the receiver from the loop's centre, m."),
  tx_height: z.number().nonnegative().default(0).describe('Height of the transmitter above ground, m.'),
  rx_height: z.number().nonnegative().default(0).describe('Height of the receiver above ground, m.'),
  times: z
    .union([
      z.array(finite).min(1),
      z.strictObject({
        logspace: z.tuple([z.number().positive(), z.number().positive(), z.int().min(1)]),
      }),
    ])
    .describe('Gate times, s, a list or {logspace: [first, last, count]} with both ends included.'),
  response: z
    .enum(['b', 'dbdt'])
    .default('b')
    .describe('b: vertical field that the ground adds, T/(A m2); dbdt: its decrease -dB/dt, T/(s A m2).'),
  waveform: z
    .strictObject({ times: z.array(finite).min(2), currents: z.array(finite).min(2) })
    .optional()
    .describe(
      'Current of the transmitter, A, linear between times (s, not decreasing; one given twice is a jump), constant outside.',
    ),
  lowpass: z
    .array(z.number().positive())
    .optional()
    .describe("Cut-off frequencies of the receiver's first-order filters, Hz."),
};

export const settingsSchema = z.strictObject(surveyShape);
