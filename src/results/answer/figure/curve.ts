/** Curves as paths. On a logarithmic scale the size of negative values is drawn, apart, so that it can be dashed. */
import type { Scale } from './scale.js';
import { coordinate } from './svg.js';

export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: Scale;
  readonly y: Scale;
}

export interface CurvePaths {
  readonly positive: string;
  /** Empty on a linear scale. */
  readonly negative: string;
}

/** Values that are not finite, and zeros on a logarithmic scale, leave a gap. A point without neighbours is a dot. */
export function curvePaths(frame: Frame, xs: ArrayLike<number>, ys: ArrayLike<number>): CurvePaths {
  if (frame.y.kind === 'linear') {
    return { positive: path(frame, xs, ys, Number.isFinite, (value) => value), negative: '' };
  }
  return {
    positive: path(
      frame,
      xs,
      ys,
      (value) => value > 0 && value < Number.POSITIVE_INFINITY,
      (value) => value,
    ),
    negative: path(frame, xs, ys, (value) => value < 0 && value > Number.NEGATIVE_INFINITY, Math.abs),
  };
}

/** The area between two curves; what a logarithmic scale cannot show ends at the lower edge of the frame. */
export function bandPath(
  frame: Frame,
  xs: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
): string {
  const upper: string[] = [];
  const lower: string[] = [];
  const shown = (value: number) => (frame.y.kind === 'linear' ? value : Math.max(value, frame.y.min));
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(low[i]) || !Number.isFinite(high[i])) continue;
    upper.push(point(frame, xs[i]!, shown(high[i]!)));
    lower.unshift(point(frame, xs[i]!, shown(low[i]!)));
  }
  return upper.length < 2 ? '' : `M${[...upper, ...lower].join('L')}Z`;
}

/** Pixels of a point; far outside the frame it is brought near, because drawing programs dislike huge numbers. */
export function point(frame: Frame, x: number, y: number): string {
  const down = Math.min(2, Math.max(-1, 1 - frame.y.fraction(y)));
  return `${coordinate(frame.left + frame.x.fraction(x) * frame.width)} ${coordinate(frame.top + down * frame.height)}`;
}

function path(
  frame: Frame,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  isShown: (value: number) => boolean,
  shown: (value: number) => number,
): string {
  let text = '';
  for (let i = 0; i < xs.length; i++) {
    if (!isShown(ys[i]!)) continue;
    const continues = i > 0 && isShown(ys[i - 1]!);
    const isAlone = !continues && !(i + 1 < xs.length && isShown(ys[i + 1]!));
    text += `${continues ? 'L' : 'M'}${point(frame, xs[i]!, shown(ys[i]!))}${isAlone ? 'h0' : ''}`;
  }
  return text;
}
