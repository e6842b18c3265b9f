/**
 * The most that a worker with `SocketHandler` may weigh, gzipped: a little above what it does, so
 * that whoever adds to it knows. `node bench/bundle.mjs --files` says what is heavy. Of this 3.5 KiB
 * keep records of young connections, bound what one record may become, and guard call-backs.
 */
export const MOST_EDGE_BYTES: number = 28 * 1024;
