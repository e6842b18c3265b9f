/**
 * The collector's page in a real browser: what it does while records arrive, with many of them, and when
 * the connection is lost.
 */
import { assert, assertEquals } from "@std/assert";
import { after } from "node:test";
import type { Request } from "playwright-core";
import { runtime, test } from "../test.ts";
import { closeBrowser, visit, withoutBrowser } from "./page/browser.ts";
import type { SentRecord } from "./page/page_server.ts";
import { messages, numbered, row, rows, shows, VARIED } from "./page/rows.ts";
import { startCollector as startServer } from "./page/running_collector.ts";

const skip = withoutBrowser();
if (runtime === "node" && !skip) after(closeBrowser);

test("a pause keeps the place, counts what arrives, and loses nothing", async () => {
  await visit(startServer, async ({ page, server }) => {
    await row(page, "number 499").waitFor();
    await page.keyboard.press(" ");
    const before = await messages(page);
    const top = await page.locator("#records").evaluate((list) => list.scrollTop);
    await server.log([{ message: "while paused" }, ...numbered(200, { level: "ERROR" })]);
    await page.getByRole("button", { name: "↓ 201 newer" }).waitFor();
    assertEquals(await page.locator("#records").evaluate((list) => list.scrollTop), top);
    assertEquals((await messages(page)).slice(0, before.length), before);
    await page.keyboard.press(" ");
    await page.locator(".row.level-error", { hasText: "number 199" }).waitFor();
    // Reading back: the records before the pause and after it, without a gap.
    await page.locator("#records").evaluate((list) => list.scrollTop -= 200 * 22);
    await row(page, "while paused").waitFor();
    await row(page, "number 499").waitFor();
    await page.locator("#pause", { hasText: "Follow" }).waitFor();
    await server.log([{ message: "after all" }]);
    await page.getByRole("button", { name: "↓ 1 newer" }).click();
    await row(page, "after all").waitFor();
  }, { prepare: (server) => server.log(numbered(500)) });
}, { skip });

test(
  "the list scrolls back through all that is kept, and stays in place while it loads",
  async () => {
    await visit(startServer, async ({ page }) => {
      await row(page, "number 999").waitFor();
      for (let first = 999; first > 0;) {
        await page.locator("#records").evaluate((list) => list.scrollTop = 0);
        await page.waitForFunction(
          (last) => {
            const message = document.querySelector(".row .message > bdi")?.textContent ?? "";
            return Number(message.split(" ")[1]) < last;
          },
          first,
        );
        first = Number((await messages(page))[0]!.split(" ")[1]);
      }
      const numbers = (await messages(page)).map((message) => Number(message.split(" ")[1]));
      assertEquals(numbers, numbers.map((_, place) => place));
      await page.getByText("1,000 records loaded").waitFor();
    }, { prepare: (server) => server.log(numbered(1000)) });
  },
  { skip },
);

test(
  "a flood is drawn in a bounded number of rows, and the page counts what it leaves out",
  async () => {
    await visit(startServer, async ({ page, server }) => {
      await page.getByText("No record has arrived yet").waitFor();
      let sent = 0;
      const flood = setInterval(
        () => server.log(numbered(500, { logger: `flood.${sent++}` })),
        100,
      );
      try {
        await page.locator(".left-out").waitFor();
        await page.waitForFunction(() =>
          Number(document.querySelector(".left-out")?.textContent?.replaceAll(",", "")) > 2000
        );
        assert(await rows(page).count() < 100);
        // It answers meanwhile.
        await page.keyboard.press("?");
        await page.getByRole("dialog").waitFor();
        await page.keyboard.press("Escape");
        await page.keyboard.press(" ");
      } finally {
        clearInterval(flood);
      }
      await page.locator("#pause", { hasText: "Follow" }).waitFor();
      // The page can load the records that were left out.
      const gap = page.locator(".row.gap button").first();
      while (await gap.count() === 0) {
        await page.locator("#records").evaluate((list) => list.scrollTop -= 500);
      }
      const loaded = page.locator(".list-foot b").first();
      const before = await loaded.textContent();
      await gap.click();
      await page.waitForFunction(
        (before) => document.querySelector(".list-foot b")?.textContent !== before,
        before,
      );
    });
  },
  { skip },
);

test("200,000 records are searched, and gone through in both directions", async () => {
  const begin = Date.now() - 800_000;
  const all = Array.from({ length: 200_000 }, (_, place): SentRecord => ({
    ...{ time: begin + place * 4, message: `number ${place}`, logger: `app.part${place % 40}` },
    level: place % 1000 === 0 ? "ERROR" : "INFO",
  }));
  await visit(startServer, async ({ page, server }) => {
    await row(page, "number 199999").waitFor();
    await page.locator(".readout", { hasText: "INFO 199,800" }).waitFor();
    const { x, y, width } = (await page.locator("#timeline").boundingBox())!;
    await page.mouse.click(x + width / 2, y + 30);
    await page.waitForFunction(() =>
      Number(document.querySelector(".row .message > bdi")?.textContent?.split(" ")[1]) < 150_000
    );
    // On from there: what is newer loads as the list is scrolled.
    const [first = ""] = await messages(page);
    await page.locator("#records").evaluate((list) => list.scrollTop = list.scrollHeight);
    await page.waitForFunction(
      (first) => {
        const number = (text: string) => Number(text.split(" ")[1]);
        const all = [...document.querySelectorAll(".row .message > bdi:first-child")]
          .map(({ textContent }) => number(textContent ?? ""));
        return all[0]! > number(first) && all.every((one, place) => one === all[0]! + place);
      },
      first,
    );
    await page.keyboard.press("End");
    await row(page, "number 199999").waitFor();
    await page.locator("#search").fill("number 77");
    await row(page, "number 77999").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("4");
    await row(page, "number 77000").waitFor();
    await shows(page, ["number 77000"]);
    // The next error of all is far from what is loaded.
    await page.keyboard.press("0");
    await row(page, "number 199999").waitFor();
    await page.keyboard.press("E");
    await page.locator(".row.selected", { hasText: "number 199000" }).waitFor();
    await page.keyboard.press("4");
    await page.locator("#search").fill("number 77");
    await shows(page, ["number 77000"]);
    await server.log([{ message: "number 77 again", level: "ERROR" }]);
    await shows(page, ["number 77000", "number 77 again"]);
  }, { prepare: (server) => server.keep(all) });
}, { skip });

test("the search goes back through files", async () => {
  await visit(startServer, async ({ page, server }) => {
    const { filed } = server;
    await shows(page, ["one", "two", "three", "four", "five"]);
    await page.getByRole("button", { name: "Search older ones in files" }).click();
    await row(page, filed.at(-1)!).waitFor();
    await page.getByText("of files searched").waitFor();
    await page.locator("#search").fill(filed[0]!);
    await page.waitForFunction(
      (text) => new URLSearchParams(location.search).get("text") === text,
      filed[0],
    );
    const further = page.getByRole("button", { name: "Search further back" });
    while (await row(page, filed[0]!).count() === 0) {
      if (await further.isVisible()) await further.click();
    }
    await shows(page, [filed[0]!]);
    await page.getByRole("button", { name: "Remove the filter: in files" }).click();
    await page.getByText("No record matches").waitFor();
  }, { prepare: (server) => server.log(VARIED) });
}, { skip });

test(
  "a connection that is lost is dialled again, and no record is missing or doubled",
  async () => {
    await visit(startServer, async ({ page, server }) => {
      await shows(page, ["one", "two", "three", "four", "five"]);
      server.dropStreams();
      await page.getByText("no connection, trying again").waitFor();
      server.log([{ message: "six" }, { message: "seven" }]);
      await shows(page, ["one", "two", "three", "four", "five", "six", "seven"]);
    }, { prepare: (server) => server.log(VARIED) });
  },
  { skip },
);

test("a page in the background holds no stream, and goes on where it was", async () => {
  await visit(startServer, async ({ page, server }) => {
    await shows(page, ["one", "two", "three", "four", "five"]);
    const setVisibility = (state: string) =>
      page.evaluate((state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, state);
    const isStream = (request: Request) => request.url().includes("/api/stream");
    const closed = page.waitForEvent("requestfailed", isStream);
    await setVisibility("hidden");
    await closed;
    await server.log([{ message: "six" }]);
    await setVisibility("visible");
    await shows(page, ["one", "two", "three", "four", "five", "six"]);
  }, { prepare: (server) => server.log(VARIED) });
}, { skip });

test("the page asks for its token when the collector does not know the cookie", async () => {
  await visit(startServer, async ({ page, server }) => {
    await shows(page, ["one", "two", "three", "four", "five"]);
    await page.context().clearCookies();
    server.dropStreams();
    await page.getByText("The collector needs its token").waitFor();
  }, { isAlone: true, prepare: (server) => server.log(VARIED) });
}, { skip });
