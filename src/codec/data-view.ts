/** DataViews of buffers that come round again and again, such as the slots of a ring. */

const views = new WeakMap<Uint8Array, DataView>();
let lastBytes: Uint8Array | undefined;
let lastView: DataView | undefined;

/** The bytes' DataView, the same one each time: making one costs more than reading a message's header. */
export function dataViewOf(bytes: Uint8Array): DataView {
  if (bytes === lastBytes) return lastView as DataView;
  let view = views.get(bytes);
  if (!view) {
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    views.set(bytes, view);
  }
  lastBytes = bytes;
  lastView = view;
  return view;
}
