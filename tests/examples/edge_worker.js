import { getLogger, SocketHandler, withFlush } from "@logwire/logging";
import { connector } from "@logwire/logging/cloudflare";

const handler = new SocketHandler("logs.example.com", 9020, {
  connector,
  whileDisconnected: "queue",
  maxQueuedBytes: 1024 * 1024,
});
const log = getLogger("shop.edge");
log.setLevel("INFO");
log.addHandler(handler);

export default withFlush({
  fetch(request, _env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/stats") return Response.json(handler.stats);
    log.info("%s %s", request.method, pathname);
    ctx.waitUntil(settle(pathname));
    return new Response(`hello from ${pathname}\n`);
  },
}, handler);

async function settle(pathname) {
  await scheduler.wait(10);
  log.warning("%s is settled, after its response", pathname);
}
