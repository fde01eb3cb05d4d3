/** NWChem's run-time database, which has results with every bit where its output has six digits. */

/**
 * Doubles by key; undefined where the database has none. A record is the length of the key with its final zero, that of
 * the data, 1 where it has not been replaced, each an int32, then key and data. The last such record counts.
 */
export function databaseDoubles(database: Buffer, key: string): Float64Array | undefined {
  const name = Buffer.from(`${key}\0`, 'latin1');
  let found: Float64Array | undefined;
  for (let at = database.indexOf(name); at >= 0; at = database.indexOf(name, at + 1)) {
    if (at < 12 || database.readInt32LE(at - 12) !== name.length || database.readInt32LE(at - 4) !== 1) {
      continue;
    }
    const bytes = database.readInt32LE(at - 8);
    const start = at + name.length;
    if (bytes <= 0 || bytes % 8 !== 0 || start + bytes > database.length) continue;
    found = Float64Array.from({ length: bytes / 8 }, (_, i) => database.readDoubleLE(start + 8 * i));
  }
  return found;
}
