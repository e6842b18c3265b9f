/**
 * Limits the weight of a worker with `SocketHandler`, gzipped, a little above the present weight: so a
 * test tells the author of a change that adds to it. `node bench/bundle.mjs --files` names the heavy
 * files. The gzip of Deno and Bun makes it 0.13 KiB heavier than Node's. Of the bytes 3.5 KiB keep records of young connections, bound what one record may become,
 * and guard call-backs.
 */
export const MOST_EDGE_BYTES: number = 27.875 * 1024;
