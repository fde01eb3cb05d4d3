/** The door for many-body inputs: QCSchema or the friendly form becomes an input that everything below relies on. */
import { resolve } from 'node:path';
import type { StudyFile } from '../../../study/document/places.js';
import { readText } from '../../../study/document/read.js';
import { readYaml } from '../../../study/document/yaml.js';
import type { ManyBodyInput } from '../input.js';
import { completeInput } from './complete.js';
import { readFriendly } from './friendly.js';
import { readQcschema } from './qcschema.js';

/** `path` as the user wrote it, from `folder`. Throws InputError with file, line and field. */
export async function loadManyBodyInput(path: string, folder: string): Promise<ManyBodyInput> {
  const absolute = resolve(folder, path);
  return manyBodyInputOf(readYaml(absolute, path, await readText(absolute, path)));
}

/** Whether it is QCSchema is seen from its keys. */
export async function manyBodyInputOf(file: StudyFile): Promise<ManyBodyInput> {
  const { draft, origin } = await (isQcschema(file.value) ? readQcschema(file) : readFriendly(file));
  return completeInput(draft, origin);
}

function isQcschema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('schema_name' in value || 'specification' in value);
}
