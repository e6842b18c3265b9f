/**
 * Debian's Chromium, headless, for tests of the page: its path is `LOGWIRE_CHROMIUM` or on `PATH`.
 * `LOGWIRE_REQUIRE_SERVERS=1` turns a test's skip for want of it into a failure.
 */
import { assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import process from "node:process";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { runtime } from "../../test.ts";
import type { PageServer } from "./page_server.ts";

/** The page, and the server behind it. */
export interface Visit {
  page: Page;
  server: PageServer;
}

/** The longest that a step of a test may take. */
const LIMIT_MS = 20_000;

let found: string | undefined;
let browser: Promise<Browser> | undefined;
let shared: Promise<BrowserContext> | undefined;

/** The path of Chromium. */
function chromium(): string | undefined {
  found ??= process.env.LOGWIRE_CHROMIUM ?? ["chromium", "chromium-browser", "google-chrome"]
    .map((name) => {
      try {
        return execFileSync("which", [name], { encoding: "utf8", stdio: "pipe" }).trim();
      } catch {
        return "";
      }
    }).find((path) => path !== "");
  return found;
}

/** Why the tests of the page are skipped here; `false` if they are not. */
export function withoutBrowser(): string | false {
  if (runtime !== "node") return "the page is the same whatever runs its tests: Node does";
  if (chromium() !== undefined || process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  return "it needs Chromium: apt-get install chromium";
}

/**
 * Opens the page of a new server, and does this with it. Fails where the page has an error, breaks
 * its content security policy, or asks another host for anything.
 */
export async function visit(
  start: () => Promise<PageServer>,
  action: (visit: Visit) => Promise<void>,
  options: BrowserContextOptions & {
    /** Fills the server before the page opens. */
    prepare?: (server: PageServer) => void | Promise<void>;
    /** True for a visit that changes the cookies, which others share. */
    isAlone?: boolean;
  } = {},
): Promise<void> {
  browser ??= launch();
  const { prepare, isAlone = false, ...contextOptions } = options;
  const server = await start();
  await prepare?.(server);
  const isShared = !isAlone && Object.keys(contextOptions).length === 0;
  // A context takes longer to open than a page.
  const context = isShared
    ? await (shared ??= (await browser).newContext())
    : await (await browser).newContext(contextOptions);
  const page = await context.newPage();
  const faults: string[] = [];
  try {
    page.setDefaultTimeout(LIMIT_MS);
    const { origin } = new URL(server.address);
    page.on("pageerror", (error) => faults.push(`error: ${error.stack}`));
    page.on("console", (message) => {
      // The browser reports each request that fails, which some tests mean.
      if (!/ERR_|status of 40[14]/.test(message.text())) faults.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== origin) faults.push(`request: ${request.url()}`);
    });
    // tsx wraps named functions in a call of this, those that run in the page too.
    await page.addInitScript("globalThis.__name = (value) => value");
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        throw new Error(`policy: ${violatedDirective} ${blockedURI}`);
      });
    });
    await page.goto(server.address);
    await page.locator("#records").waitFor();
    await action({ page, server });
  } finally {
    await (isShared ? page : context).close();
    await server.stop();
  }
  assertEquals(faults, []);
}

/** Ends the browser. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
}

async function launch(): Promise<Browser> {
  const path = chromium();
  if (path === undefined) throw new Error("Chromium is missing: apt-get install chromium");
  const playwright = await import("playwright-core");
  return await playwright.chromium.launch({
    executablePath: path,
    // Chromium's own sandbox needs a user that is not root, which CI has not.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--in-process-gpu"],
  });
}
