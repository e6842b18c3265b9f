/** The same worker with LogTape and its syslog sink, which needs the sockets of Node. */
import { configure, dispose, getLogger } from "@logtape/logtape";
import { getSyslogSink } from "@logtape/syslog";

await configure({
  sinks: { syslog: getSyslogSink({ hostname: "logs.example.com", port: 514, protocol: "tcp" }) },
  loggers: [{ category: "worker", sinks: ["syslog"], lowestLevel: "info" }],
});
const log = getLogger("worker");

export default {
  fetch(request, _env, context) {
    log.info("{method} {url}", { method: request.method, url: request.url });
    context.waitUntil(dispose());
    return new Response("hello");
  },
};
