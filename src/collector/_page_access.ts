/**
 * Says which requests the page, its API and the intake over HTTP answer: those that carry the token,
 * name this server as their host, and come from its own page or from no page.
 *
 * The token keeps other users of the machine out. The check of `Host` keeps a page of the web out that
 * lets its own name point to this machine (DNS rebinding), and that of `Origin` any other page.
 *
 * @module
 */
import { isIP } from "node:net";
import { AccessToken } from "../receivers/access_token.ts";

/** The name of the cookie that holds the token. */
const COOKIE = "logwire";

/** Settings of a {@linkcode PageAccess}. */
export interface PageAccessSettings {
  readonly token: string;
  /** Further names of this server, as `logs.example` (any port) or `logs.example:8020`. */
  readonly hostNames: readonly string[];
  /** Returns the port that the server listens at. */
  port(): number;
}

/** A request that may not pass. */
export type AccessRefusal = "host" | "origin" | "token";

/** Checks requests; see the module. */
export class PageAccess {
  readonly #token: AccessToken;
  readonly #settings: PageAccessSettings;

  /** Checks for this token and these names. */
  constructor(settings: PageAccessSettings) {
    this.#token = new AccessToken(settings.token);
    this.#settings = settings;
  }

  /** Returns what a request lacks; `undefined`: nothing. */
  refusal(request: Request): AccessRefusal | undefined {
    const { headers } = request;
    const host = headers.get("host") ?? "";
    if (!this.#isOwnHost(host)) return "host";
    const origin = headers.get("origin");
    if (origin !== null && origin !== "" && hostOf(origin) !== host.toLowerCase()) return "origin";
    if (this.#token.isIn(headers) || this.#token.equals(cookieOf(headers))) return undefined;
    return "token";
  }

  /** Returns true for the text of the token. */
  isToken(text: string): boolean {
    return this.#token.equals(text);
  }

  /** Returns the header field that gives a browser the token, for this server's requests alone. */
  cookie(isSecure: boolean): string {
    const { token } = this.#settings;
    return `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/${isSecure ? "; Secure" : ""}`;
  }

  /** An IP address is no name that could lead elsewhere; of names only those that are known. */
  #isOwnHost(host: string): boolean {
    const [, name = "", port = ""] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host.toLowerCase()) ??
      [];
    const { hostNames } = this.#settings;
    const own = hostNames.map((own) => own.toLowerCase());
    if (name !== "" && (own.includes(name) || own.includes(host.toLowerCase()))) return true;
    const isAddress = isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
    return (isAddress || name === "localhost") && Number(port || 80) === this.#settings.port();
  }
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

function cookieOf(headers: Headers): string {
  const cookies = (headers.get("cookie") ?? "").split(/; */);
  const own = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`));
  return own === undefined ? "" : own.slice(COOKIE.length + 1);
}
