/** Which files travel together. Pure. */

export interface SizedFile {
  readonly path: string;
  readonly bytes: number;
}

/** One stream: several small files, of which all or none count, or one large file, which goes on where it was cut. */
export type Batch =
  | { readonly kind: 'small'; readonly files: readonly SizedFile[] }
  | { readonly kind: 'large'; readonly file: SizedFile };

/** Larger files travel alone. */
export const largeBytes = 4 * 1024 * 1024;
const mostFiles = 500;

/** Small ones first, in their order. */
export function batchesOf(files: readonly SizedFile[]): Batch[] {
  const batches: Batch[] = [];
  let open: SizedFile[] = [];
  let bytes = 0;
  const close = () => {
    if (open.length > 0) batches.push({ kind: 'small', files: open });
    open = [];
    bytes = 0;
  };
  for (const file of files.filter((each) => each.bytes <= largeBytes)) {
    if (bytes + file.bytes > largeBytes || open.length === mostFiles) close();
    open.push(file);
    bytes += file.bytes;
  }
  close();
  const large = files.filter((each) => each.bytes > largeBytes);
  return [...batches, ...large.map((file): Batch => ({ kind: 'large', file }))];
}
