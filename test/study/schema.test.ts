import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/install.js';
import { studyJsonSchema } from '../../src/study/schema.js';

type Node = { readonly [key: string]: unknown };

describe('schema/study.schema.json', () => {
  it('is what `shoal schema` prints', () => {
    const text = readFileSync(`${packageRoot()}/schema/study.schema.json`, 'utf8');
    expect(JSON.parse(text)).toEqual(studyJsonSchema());
  });

  it('describes every key of a study', () => {
    const undescribed = keys(studyJsonSchema()).filter(({ node }) => typeof node.description !== 'string');
    expect(undescribed.map(({ path }) => path)).toEqual([]);
  });
});

/** Every named key of the schema, at any depth. */
function keys(schema: Node, path = ''): readonly { path: string; node: Node }[] {
  const own = Object.entries((schema.properties ?? {}) as Record<string, Node>).map(([key, node]) => ({
    path: `${path}.${key}`,
    node,
  }));
  const parts = [schema.additionalProperties, schema.items, ...((schema.anyOf ?? []) as Node[])];
  const inside = parts.filter((part): part is Node => typeof part === 'object' && part !== null);
  return [
    ...own,
    ...own.flatMap(({ node, path: at }) => keys(node, at)),
    ...inside.flatMap((node) => keys(node, path)),
  ];
}
