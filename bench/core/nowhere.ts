/** Connections that take everything at once, so that only what comes before them is measured. */
import type { Connector } from "../../mod.ts";

/** The bytes of the last write, over whichever connection. */
export let written: Uint8Array = new Uint8Array(0);

/** Connects to nowhere. */
export const nowhere: Connector = {
  connect: () =>
    Promise.resolve({
      write: (bytes: Uint8Array) => {
        written = bytes;
        return Promise.resolve();
      },
      closed: new Promise<undefined>(() => {}),
      close: () => Promise.resolve(),
      // deno-lint-ignore require-yield -- the peer sends nothing
      async *[Symbol.asyncIterator]() {
        await new Promise(() => {});
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};
