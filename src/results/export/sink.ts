/** Where the bytes of a table go: a file, or whoever reads our standard output. */
export interface Sink {
  write(bytes: Uint8Array): void;
  writeText(text: string): void;
}
