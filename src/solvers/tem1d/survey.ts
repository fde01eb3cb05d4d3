/** A TEM survey from its settings, and what cannot be computed among them. */
import type { z } from 'zod';
import { InputError } from '../../errors/input-error.js';
import type { Geometry } from './hankel.js';
import type { settingsSchema } from './settings.js';
import { type Response, shortestElapsed, switchOff, type Waveform } from './waveform.js';

export type Settings = z.output<typeof settingsSchema>;

/** A survey, every default filled: what all models of a study share. */
export interface Survey {
  readonly geometry: Geometry;
  /** s, on the waveform's axis, in the user's order. */
  readonly times: readonly number[];
  readonly response: Response;
  readonly waveform: Waveform;
  readonly lowpass: readonly number[];
}

const longestElapsed = 1e4;
/** Receivers nearer to the wire than this part of the radius, and no higher, would need thousands of wavenumbers. */
const nearestToWire = 0.01;

/** Throws InputError for settings that contradict each other; `field` is the path of the settings in their file. */
export function surveyOf(settings: Settings, field = ''): Survey {
  const at = (key: string): string => (field === '' ? key : `${field}.${key}`);
  const geometry = {
    radius: Math.sqrt(settings.tx_area / Math.PI),
    separation: settings.tx_rx_separation,
    height: settings.tx_height + settings.rx_height,
  };
  const toWire = Math.hypot(geometry.radius - geometry.separation, geometry.height);
  if (toWire < nearestToWire * geometry.radius) {
    throw new InputError("the receiver lies on the transmitter's wire", {
      field: at('tx_rx_separation'),
      expected: `a distance of more than ${nearestToWire * 100} % from the loop's radius of ${geometry.radius} m`,
      given: String(geometry.separation),
    });
  }
  const times = Array.isArray(settings.times) ? settings.times : logspace(...settings.times.logspace);
  const waveform = settings.waveform ?? switchOff;
  checkWaveform(waveform, at('waveform'));
  checkTimes(times, waveform, at('times'));
  return { geometry, times, response: settings.response, waveform, lowpass: settings.lowpass ?? [] };
}

/** `count` values evenly spaced in the logarithm; the ends are the given numbers themselves. */
function logspace(first: number, last: number, count: number): number[] {
  const from = Math.log10(first);
  const width = Math.log10(last) - from;
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return first;
    return i === count - 1 ? last : 10 ** (from + (width * i) / (count - 1));
  });
}

function checkWaveform({ times, currents }: Waveform, field: string): void {
  if (times.length !== currents.length) {
    throw new InputError('the waveform needs one current for each time', {
      field: `${field}.currents`,
      expected: `${times.length} numbers`,
      given: `${currents.length}`,
    });
  }
  times.forEach((time, i) => {
    if (i > 0 && time < (times[i - 1] as number)) {
      throw new InputError('times of a waveform do not decrease', {
        field: `${field}.times[${i}]`,
        expected: `a number not below ${times[i - 1]}`,
        given: String(time),
      });
    }
  });
}

function checkTimes(times: readonly number[], waveform: Waveform, field: string): void {
  const jumps = waveform.times.filter((time, i) => i > 0 && time === waveform.times[i - 1]);
  times.forEach((time, i) => {
    for (const jump of jumps) {
      if (waveform === switchOff ? time < shortestElapsed : time >= jump && time - jump < shortestElapsed) {
        throw new InputError('a gate must lie behind the jump of the current', {
          field: `${field}[${i}]`,
          expected: `a time of at least ${shortestElapsed} s after the jump at ${jump} s`,
          given: String(time),
        });
      }
    }
    if (time - (waveform.times[0] as number) > longestElapsed) {
      throw new InputError('a gate lies too long after the current changed', {
        field: `${field}[${i}]`,
        expected: `at most ${longestElapsed} s`,
        given: String(time),
      });
    }
  });
}
