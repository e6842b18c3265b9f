/** A worker that uses the loggers alone, from the entry point that has everything. */
import { getLogger } from "../../../mod.ts";

export default {
  fetch(): Response {
    getLogger("worker").warning("hello");
    return new Response("hello");
  },
};
