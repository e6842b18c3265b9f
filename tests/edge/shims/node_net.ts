/** Stands for `node:net` within a worker: the servers are in the process of the test. */
export function createServer(): never {
  throw new Error("A worker listens to nothing");
}
