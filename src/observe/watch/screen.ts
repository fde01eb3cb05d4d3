/** A terminal that is drawn on as a whole and left as it was. */

export interface Terminal {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

export interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (data: Uint8Array | string) => void): unknown;
  off(event: 'data', listener: (data: Uint8Array | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** The other screen, without a cursor; and back, which brings back what was there before. */
const enter = '\u001b[?1049h\u001b[?25l\u001b[2J';
const leave = '\u001b[?25h\u001b[?1049l';
/** A terminal that knows these shows a frame only once it is whole; others ignore them. */
const frameStart = '\u001b[?2026h\u001b[H';
const frameEnd = '\u001b[J\u001b[?2026l';

export class Screen {
  readonly #terminal: Terminal;
  readonly #keyboard: Keyboard;
  readonly #onKey: (data: Uint8Array | string) => void;
  readonly #onResize: () => void;
  #isOpen = true;

  /** `onKey` gets each key that is pressed, `onResize` is called when the window has another size. */
  constructor(terminal: Terminal, keyboard: Keyboard, onKey: (key: string) => void, onResize: () => void) {
    this.#terminal = terminal;
    this.#keyboard = keyboard;
    this.#onKey = (data) => {
      for (const key of typeof data === 'string' ? data : new TextDecoder().decode(data)) onKey(key);
    };
    this.#onResize = onResize;
    terminal.write(enter);
    terminal.on?.('resize', onResize);
    if (keyboard.isTTY) {
      keyboard.setRawMode?.(true);
      keyboard.on('data', this.#onKey);
      keyboard.resume();
    }
  }

  get size(): { columns: number; rows: number } {
    const { columns = 80, rows = 24 } = this.#terminal;
    return { columns, rows };
  }

  /** One write, over what is there: nothing is blank in between. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    this.#terminal.write(`${frameStart}${lines.map((line) => `${line}\u001b[K`).join('\r\n')}${frameEnd}`);
  }

  /** Idempotent. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#terminal.off?.('resize', this.#onResize);
    if (this.#keyboard.isTTY) {
      this.#keyboard.off('data', this.#onKey);
      this.#keyboard.setRawMode?.(false);
      this.#keyboard.pause();
    }
    this.#terminal.write(leave);
  }
}
