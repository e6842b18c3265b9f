/**
 * Limits the weight of a worker with `SocketHandler`, gzipped, a little above the present weight: so a
 * test tells the author of a change that adds to it. `node bench/bundle.mjs --files` names the heavy
 * files. The gzip of Deno and Bun makes it 0.13 KiB heavier than Node's. Of the bytes 3.5 KiB keep
 * records of young connections, bound what one record may become, and guard call-backs; 1.3 KiB are
 * `child()`, the forms of a call, and the correction of its mistakes, and 1.5 KiB write messages, times
 * and fields without making their texts first.
 */
export const MOST_EDGE_BYTES: number = 33 * 1024;
