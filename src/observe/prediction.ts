/** How well a session was predicted, in one line. */
import type { Prediction } from '../runtime/api.js';
import { formatCount, formatDuration, plural } from './figures.js';

/** Where the logarithms of times scatter by this or more, per cent say less than a factor. */
const factorFrom = 1;

/** From here on a session took so many times as long as predicted. */
const timesFrom = 10;

/** `predicted 12.3 s, took 13.1 s (+6 %); costs predicted to ±28 % by 2 features`; undefined where nothing was. */
export function predictionLine(prediction: Prediction | undefined): string | undefined {
  if (!prediction) return undefined;
  const { makespan, costs } = prediction;
  const parts = [...(makespan ? [makespanText(makespan)] : []), ...(costs ? [costsText(costs)] : [])];
  return parts.length === 0 ? undefined : parts.join('; ');
}

function makespanText({ predictedMs, tookMs }: NonNullable<Prediction['makespan']>): string {
  const ratio = predictedMs > 0 ? tookMs / predictedMs : 1;
  const difference = Math.round((ratio - 1) * 100);
  const text = `predicted ${formatDuration(predictedMs)}, took ${formatDuration(tookMs)}`;
  if (ratio >= timesFrom) return `${text} (${formatCount(Math.round(ratio))} times as long)`;
  return `${text} (${difference > 0 ? '+' : ''}${difference} %)`;
}

function costsText(costs: NonNullable<Prediction['costs']>): string {
  if (costs.by === 'formula') return `costs predicted to ${formatScatter(costs.scatter)} by the formula`;
  const { exponents = [], scatter } = costs;
  if (exponents.every((exponent) => exponent === 0)) {
    return `costs do not depend on the ${exponents.length === 1 ? 'feature' : `${exponents.length} features`}`;
  }
  const error =
    scatter < factorFrom ? formatScatter(scatter) : `a factor of ${Math.exp(scatter).toPrecision(2)}`;
  return `costs predicted to ${error} by ${plural(exponents.length, 'feature')}`;
}

/** `±28 %`. */
export function formatScatter(scatter: number): string {
  return `±${scatter < 0.0095 ? Number((scatter * 100).toPrecision(1)) : Math.round(scatter * 100)} %`;
}
