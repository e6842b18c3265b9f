/** The same worker with pino's build for browsers, which sends nothing: it writes to the console. */
import pino from "pino";

const log = pino({ level: "info" });

export default {
  fetch(request) {
    log.info("%s %s", request.method, request.url);
    return new Response("hello");
  },
};
