/** Colours and symbols of what we print: plain where they would arrive as noise. */

export interface Style {
  readonly isUnicode: boolean;
  dim(text: string): string;
  bold(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

/** SGR codes that switch on and off; the eight basic colours follow the user's own palette. */
function sgr(on: number, off: number, isColored: boolean): (text: string) => string {
  return isColored ? (text) => `\u001b[${on}m${text}\u001b[${off}m` : (text) => text;
}

export function createStyle(isColored: boolean, isUnicode: boolean): Style {
  return {
    isUnicode,
    dim: sgr(2, 22, isColored),
    bold: sgr(1, 22, isColored),
    good: sgr(32, 39, isColored),
    bad: sgr(31, 39, isColored),
    accent: sgr(36, 39, isColored),
  };
}

/** Whether the terminal behind `stream` wants colours: NO_COLOR and FORCE_COLOR as everywhere, then the terminal. */
export function wantsColor(isTerminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR !== undefined && environment.FORCE_COLOR !== '0') return true;
  return isTerminal && environment.TERM !== 'dumb';
}

/** By the locale's variables in the order the C library reads them. */
export function speaksUnicode(environment: NodeJS.ProcessEnv): boolean {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return /utf-?8/i.test(locale);
}
