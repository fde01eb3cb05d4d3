import { type PanelData, panel } from './panel.js';
import { element, escaped } from './svg.js';

export interface FigureData {
  readonly title: string;
  /** One line under the title: what the reader looks at. */
  readonly subtitle: string;
  /** Side by side, two in a row. */
  readonly panels: readonly PanelData[];
}

/** A figure as SVG text, for screens and print, without anything from outside the file. */
export function figure({ title, subtitle, panels }: FigureData): string {
  const inRow = Math.min(2, panels.length);
  const rows = Math.ceil(panels.length / 2);
  const width = margin * 2 + inRow * panelWidth;
  const height = head + rows * panelHeight + 12;
  const heading = [
    element('rect', { x: 0, y: 0, width, height, fill: '#ffffff' }),
    element(
      'text',
      { x: margin + 74, y: 34, 'font-size': 19, 'font-weight': 600, fill: '#1b2a3a' },
      escaped(title),
    ),
    element('text', { x: margin + 74, y: 56, 'font-size': 13, fill: '#6b7a89' }, escaped(subtitle)),
  ];
  const content = panels.map((data, i) =>
    panel(
      data,
      {
        left: margin + (i % 2) * panelWidth,
        top: head + Math.floor(i / 2) * panelHeight,
        width: panelWidth,
        height: panelHeight,
      },
      `frame-${i}`,
    ),
  );
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': 'Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif',
    },
    `\n${[element('title', {}, escaped(title)), ...heading, ...content].join('\n')}\n`,
  )}\n`;
}

const margin = 12;
const head = 72;
const panelWidth = 700;
const panelHeight = 470;
