/** HTML in which nothing that came from outside can be more than text. */
import { escaped } from '../../results/answer/figure/svg.js';

/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

export type Content = string | number | Html | readonly Content[];

/** A template whose values are escaped, unless they are made by this function themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return { html: strings.reduce((text, part, i) => text + textOf(values[i - 1] ?? '') + part) };
}

/** Trusted text, such as SVG of our own. */
export function raw(text: string): Html {
  return { html: text };
}

export const nothing: Html = { html: '' };

function textOf(value: Content): string {
  if (typeof value === 'string') return escaped(value).replaceAll("'", '&#39;').replaceAll(control, ' ');
  if (typeof value === 'number') return String(value);
  if ('html' in value) return value.html;
  return value.map(textOf).join('');
}

/** Characters that HTML has no place for. */
const control = /[^\P{Cc}\n\t]/gu;

export interface TableColumn {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly isNumber?: true;
}

export function table(columns: readonly TableColumn[], rows: readonly (readonly Content[])[]): Html {
  const align = (i: number): Html => (columns[i]?.isNumber ? raw(' class="number"') : nothing);
  return html`<div class="wide"><table>
<thead><tr>${columns.map(({ title }, i) => html`<th${align(i)}>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) => html`<tr>${cells.map((cell, i) => html`<td${align(i)}>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}
