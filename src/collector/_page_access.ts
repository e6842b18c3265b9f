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

/** The begin of the name of the cookie that holds the token. */
const COOKIE = "logwire-";

/** Settings of a {@linkcode PageAccess}. */
export interface PageAccessSettings {
  readonly token: string;
  /** Further names of this server, as `logs.example` (any port) or `logs.example:8020`. */
  readonly hostNames: readonly string[];
  /** True: the server is reached by TLS. */
  readonly isSecure: boolean;
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
    if (this.#token.isIn(headers) || this.#token.equals(this.#cookieOf(headers))) return undefined;
    return "token";
  }

  /** Returns true for the text of the token. */
  isToken(text: string): boolean {
    return this.#token.equals(text);
  }

  /** Returns the header field that gives a browser the token, for this server's requests alone. */
  cookie(): string {
    const { token, isSecure } = this.#settings;
    const secure = isSecure ? "; Secure" : "";
    return `${this.#cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/${secure}`;
  }

  /** A browser sends a cookie to every port of a host: each collector there needs its own name. */
  get #cookieName(): string {
    return `${COOKIE}${this.#settings.port()}`;
  }

  #cookieOf(headers: Headers): string {
    const begin = `${this.#cookieName}=`;
    const cookies = (headers.get("cookie") ?? "").split(/; */);
    return cookies.find((cookie) => cookie.startsWith(begin))?.slice(begin.length) ?? "";
  }

  /** An IP address is no name that could lead elsewhere; of names only those that are known. */
  #isOwnHost(host: string): boolean {
    const [, name = "", port = ""] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host.toLowerCase()) ??
      [];
    const { hostNames, isSecure } = this.#settings;
    const own = hostNames.map((own) => own.toLowerCase());
    if (name !== "" && (own.includes(name) || own.includes(host.toLowerCase()))) return true;
    const isAddress = isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
    // A browser leaves the usual port of the scheme out.
    const usual = isSecure ? 443 : 80;
    return (isAddress || name === "localhost") && Number(port || usual) === this.#settings.port();
  }
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
