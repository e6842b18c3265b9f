/**
 * Answers the requests of the page's listener: lets them in or refuses them, and serves the page's
 * files, its API and the metrics, all with the header fields that keep the page closed.
 *
 * @module
 */
import type { PageAccess } from "./_page_access.ts";
import type { PageApi } from "./_page_api.ts";
import { METRICS_CONTENT_TYPE } from "../delivery/prometheus_text.ts";

/** A file of the page. */
export interface PageAsset {
  /** Its `Content-Type`. */
  readonly type: string;
  readonly body: string;
}

/** Settings of a {@linkcode PageHandler}. */
export interface PageHandlerSettings {
  readonly access: PageAccess;
  readonly api: PageApi;
  /** The files of the page by their names; `index.html` is the page itself. */
  readonly assets: Readonly<Record<string, PageAsset>>;
  /** Returns the text of the metrics. */
  metrics(): string;
}

/** The page may load what this server sends it, and nothing else; it stands in no other page. */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
  ...["img-src 'self' data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

/** Says where the token is; it names nothing that is secret. */
const WITHOUT_TOKEN = `<!doctype html><html lang="en"><meta charset="utf-8"><title>logwire</title>
<h1>This page needs its token</h1>
<p>Open the address that the collector printed when it started: it ends with <code>?token=…</code>.
<p>A program sends the token as <code>Authorization: Bearer …</code>.
</html>
`;

/** Answers requests; see the module. */
export class PageHandler {
  readonly #settings: PageHandlerSettings;

  /** Serves these. */
  constructor(settings: PageHandlerSettings) {
    this.#settings = settings;
  }

  /** Answers a request. Never rejects. */
  async fetch(request: Request): Promise<Response> {
    let response: Response;
    try {
      response = this.#refused(request) ?? await this.#served(request);
    } catch {
      response = errorOf(request, 500, "The request failed");
    }
    for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
    return response;
  }

  #refused(request: Request): Response | undefined {
    const { access } = this.#settings;
    const url = new URL(request.url);
    const refusal = access.refusal(request);
    if (refusal === "host") {
      return errorOf(request, 403, "The host of the address is not one of this server");
    }
    if (refusal === "origin") return errorOf(request, 403, "Another page made this request");
    if (request.method !== "GET" && request.method !== "HEAD") {
      const response = errorOf(request, 405, "The method must be GET");
      response.headers.set("Allow", "GET, HEAD");
      return response;
    }
    const token = url.searchParams.get("token");
    if (url.pathname === "/" && token !== null && access.isToken(token)) {
      // The token leaves the address, so that no link and no history has it.
      url.searchParams.delete("token");
      const headers = { "Location": `/${url.search}`, "Set-Cookie": access.cookie() };
      return new Response(null, { status: 303, headers });
    }
    if (refusal === undefined) return undefined;
    const response = isOfApi(request)
      ? errorOf(request, 401, "The request must carry the token")
      : new Response(WITHOUT_TOKEN, {
        status: 401,
        headers: { "Content-Type": "text/html; charset=utf-8" },
      });
    response.headers.set("WWW-Authenticate", "Bearer");
    return response;
  }

  async #served(request: Request): Promise<Response> {
    const { api, assets, metrics } = this.#settings;
    const { pathname } = new URL(request.url);
    if (pathname === "/metrics") {
      return new Response(metrics(), { headers: { "Content-Type": METRICS_CONTENT_TYPE } });
    }
    const missing = () => errorOf(request, 404, "There is nothing at this address");
    if (isOfApi(request)) return await api.answer(request) ?? missing();
    const name = pathname === "/" ? "index.html" : pathname.replace(/^\/assets\//, "");
    const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
    if (asset === undefined || (pathname !== "/" && !pathname.startsWith("/assets/"))) {
      return missing();
    }
    return new Response(asset.body, { headers: { "Content-Type": asset.type } });
  }
}

function isOfApi(request: Request): boolean {
  return new URL(request.url).pathname.startsWith("/api/");
}

/** Returns the answer for an error: an object for the page's own requests, else text. */
function errorOf(request: Request, status: number, error: string): Response {
  if (isOfApi(request)) return Response.json({ error }, { status });
  const headers = { "Content-Type": "text/plain; charset=utf-8" };
  return new Response(`${error}\n`, { status, headers });
}
