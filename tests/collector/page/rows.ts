/** Records for the tests of the page, and the rows that it draws of them. */
import type { Locator, Page } from "playwright-core";
import type { SentRecord } from "./page_server.ts";

/** The records that are drawn. */
export function rows(page: Page): Locator {
  return page.locator(".row:not(.head):not(.gap)");
}

/** The rows with this text. */
export function row(page: Page, message: string): Locator {
  return rows(page).filter({ hasText: message });
}

/** The messages of the rows that are drawn. */
export async function messages(page: Page): Promise<string[]> {
  return await page.locator(".row .message > bdi:first-child").allTextContents();
}

/** Waits until exactly these are drawn. */
export async function shows(page: Page, expected: string[]): Promise<void> {
  await page.waitForFunction((expected) => {
    const shown = [...document.querySelectorAll(".row .message > bdi:first-child")]
      .map((element) => element.textContent);
    return JSON.stringify(shown) === expected;
  }, JSON.stringify(expected));
}

/** Waits until the address has this query. */
export async function hasQuery(page: Page, query: string): Promise<void> {
  await page.waitForFunction((query) => decodeURIComponent(location.search) === query, query);
}

/** Makes records with numbers. */
export function numbered(count: number, rest: Partial<SentRecord> = {}): SentRecord[] {
  return Array.from({ length: count }, (_, place) => ({ message: `number ${place}`, ...rest }));
}

/** A record of each logger, host, level and field that the tests filter by. */
export const VARIED: SentRecord[] = [
  { message: "one", level: "DEBUG", logger: "app.db.pool", host: "web-1" },
  { message: "two", level: "INFO", logger: "app.web", host: "web-1", fields: { user: "ana" } },
  { message: "three", level: "WARNING", logger: "app.db", host: "web-2", fields: { user: "bob" } },
  { message: "four", level: "ERROR", logger: "job", host: "web-2", fields: { ms: 12 } },
  { message: "five", level: "CRITICAL", logger: "application", host: "job-1" },
];
