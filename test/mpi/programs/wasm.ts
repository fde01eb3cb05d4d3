/** V8 throws on WebAssembly out of bounds through SIGSEGV, which UCX would take: the process must live. */
import assert from 'node:assert/strict';
import { world } from '../../../src/mpi/index.js';

declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: { readonly load: (address: number) => number } };
  RuntimeError: ErrorConstructor;
};

world.barrier();
// (module (memory 1) (func (export "load") (param i32) (result i32) local.get 0 i32.load))
const code = [
  [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  [0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f],
  [0x03, 0x02, 0x01, 0x00],
  [0x05, 0x03, 0x01, 0x00, 0x01],
  [0x07, 0x08, 0x01, 0x04, 0x6c, 0x6f, 0x61, 0x64, 0x00, 0x00],
  [0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x28, 0x02, 0x00, 0x0b],
];
const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(code.flat())));
assert.throws(() => instance.exports.load(0x7fffffff), WebAssembly.RuntimeError);
console.log(`rank ${world.rank} done`);
