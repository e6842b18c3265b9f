/**
 * The collector's page in a real browser. `startServer` is all that it needs of a collector.
 */
import { assert, assertEquals } from "@std/assert";
import { after } from "node:test";
import type { Locator, Page, Request } from "playwright-core";
import { runtime, test } from "../test.ts";
import { closeBrowser, visit, withoutBrowser } from "./page/browser.ts";
import { startCollector as startServer } from "./page/running_collector.ts";
import type { SentRecord } from "./page/page_server.ts";

const skip = withoutBrowser();
if (runtime === "node" && !skip) after(closeBrowser);

/** The records that are drawn. */
function rows(page: Page): Locator {
  return page.locator(".row:not(.head):not(.gap)");
}

function row(page: Page, message: string): Locator {
  return rows(page).filter({ hasText: message });
}

/** The messages of the rows that are drawn. */
async function messages(page: Page): Promise<string[]> {
  return await page.locator(".row .message > bdi:first-child").allTextContents();
}

/** Waits until exactly these are drawn. */
async function shows(page: Page, expected: string[]): Promise<void> {
  await page.waitForFunction((expected) => {
    const shown = [...document.querySelectorAll(".row .message > bdi:first-child")]
      .map((element) => element.textContent);
    return JSON.stringify(shown) === expected;
  }, JSON.stringify(expected));
}

/** Waits until the address has this query. */
async function hasQuery(page: Page, query: string): Promise<void> {
  await page.waitForFunction((query) => decodeURIComponent(location.search) === query, query);
}

function numbered(count: number, rest: Partial<SentRecord> = {}): SentRecord[] {
  return Array.from({ length: count }, (_, place) => ({ message: `number ${place}`, ...rest }));
}

/** A record of each logger, host, level and field that the tests filter by. */
const VARIED: SentRecord[] = [
  { message: "one", level: "DEBUG", logger: "app.db.pool", host: "web-1" },
  { message: "two", level: "INFO", logger: "app.web", host: "web-1", fields: { user: "ana" } },
  { message: "three", level: "WARNING", logger: "app.db", host: "web-2", fields: { user: "bob" } },
  { message: "four", level: "ERROR", logger: "job", host: "web-2", fields: { ms: 12 } },
  { message: "five", level: "CRITICAL", logger: "application", host: "job-1" },
];

test("the page shows the records that are kept, and those that arrive", async () => {
  await visit(startServer, async ({ page, server }) => {
    await shows(page, ["one", "two", "three", "four", "five"]);
    assertEquals(new URL(page.url()).search, "");
    await server.log([{ message: "six" }]);
    await row(page, "six").waitFor();
    await server.log(numbered(400));
    await row(page, "number 399").waitFor();
    // The newest stays in view.
    assert(await row(page, "number 399").isVisible());
    assert(await rows(page).count() < 100);
  }, { prepare: (server) => server.log(VARIED) });
}, { skip });

test("an empty page says where the collector listens", async () => {
  await visit(startServer, async ({ page, server }) => {
    await page.getByText(server.listener).waitFor();
    await server.log([{ message: "the first" }]);
    await shows(page, ["the first"]);
  });
}, { skip });

test("the level filter takes a level and those above it, and Back removes it", async () => {
  await visit(startServer, async ({ page, server }) => {
    await page.getByRole("radio", { name: /^WARNING/ }).check();
    await shows(page, ["three", "four", "five"]);
    await hasQuery(page, "?level=WARNING");
    await server.log([{ message: "six", level: "INFO" }, { message: "seven", level: "ERROR" }]);
    await shows(page, ["three", "four", "five", "seven"]);
    await page.keyboard.press("5");
    await shows(page, ["five"]);
    await page.goBack();
    await shows(page, ["three", "four", "five", "seven"]);
    await page.goBack();
    await hasQuery(page, "");
    await shows(page, ["one", "two", "three", "four", "five", "six", "seven"]);
  }, { prepare: (server) => server.log(VARIED) });
}, { skip });

test(
  "the tree of loggers filters by a logger and those below it, and leaves others out",
  async () => {
    await visit(startServer, async ({ page }) => {
      const side = page.getByRole("region", { name: "Loggers" });
      await side.getByRole("button", { name: "app", exact: true }).click();
      await shows(page, ["one", "two", "three"]);
      await side.getByRole("button", { name: "Loggers below app.db" }).click();
      await side.getByRole("button", { name: "Leave out app.db.pool" }).click({ force: true });
      await shows(page, ["two", "three"]);
      await hasQuery(page, "?logger=app&-logger=app.db.pool");
      await page.getByRole("button", { name: "Remove the filter: logger app" }).click();
      await shows(page, ["two", "three", "four", "five"]);
      await side.locator(".name", { hasText: /^\W?app\W?3$/ }).waitFor();
    }, { prepare: (server) => server.log(VARIED) });
  },
  { skip },
);

test("hosts, a text and fields filter records, together", async () => {
  await visit(startServer, async ({ page }) => {
    await page.getByRole("region", { name: "Hosts" }).getByRole("button", { name: "web-2" })
      .click();
    await shows(page, ["three", "four"]);
    await page.keyboard.press("/");
    await page.keyboard.type("THRee");
    await shows(page, ["three"]);
    await hasQuery(page, "?host=web-2&text=THRee");
    await page.getByRole("button", { name: "Clear all" }).click();
    await shows(page, ["one", "two", "three", "four", "five"]);
    await page.getByLabel("Field", { exact: true }).fill("user");
    await page.getByRole("button", { name: "Add" }).click();
    await shows(page, ["two", "three"]);
    await row(page, "two").click();
    await page.getByRole("button", { name: "Show only records with this user" }).click();
    await shows(page, ["two"]);
    await hasQuery(page, "?field=user&field=user:ana");
  }, { prepare: (server) => server.log(VARIED) });
}, { skip });

test("a link opens the page with its filter", async () => {
  await visit(startServer, async ({ page, server }) => {
    const { origin } = new URL(server.address);
    await page.goto(`${origin}/?level=30&host=web-2&text=o&field=ms:12`);
    await shows(page, ["four"]);
    await page.locator(".chip", { hasText: "ms = 12" }).waitFor();
    assertEquals(await page.locator("#search").inputValue(), "o");
    // The selected record is a part of the link.
    await row(page, "four").click();
    await page.waitForFunction(() => location.hash === "#4");
    await page.goto(`${origin}/#3`);
    await page.reload();
    await page.getByRole("article", { name: "Record" }).getByText("three").waitFor();
    await page.locator("#row-3.selected").waitFor();
  }, { prepare: (server) => server.log(VARIED) });
}, { skip });

test("a drag over the timeline shows a range of times, and a click goes to a time", async () => {
  const begin = Date.now() - 14 * 60_000;
  const minutes = Array.from({ length: 14 * 60 }, (_, second): SentRecord => ({
    ...{ time: begin + second * 1000, message: `second ${second}` },
    level: second % 60 === 0 ? "ERROR" : "INFO",
  }));
  await visit(startServer, async ({ page }) => {
    await page.locator(".bar-error[d^=M]").waitFor();
    await page.locator(".readout", { hasText: "ERROR 14" }).waitFor();
    const { x, y, width } = (await page.locator("#timeline").boundingBox())!;
    await page.mouse.click(x + width / 2, y + 30);
    // The record of that time stands in the upper half of the list, with others around it.
    await page.locator("#pause", { hasText: "Follow" }).waitFor();
    const inView = Number((await messages(page))[10]!.split(" ")[1]);
    assert(inView > 300 && inView < 540, String(inView));
    await page.mouse.move(x + width / 4, y + 30);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 30, { steps: 3 });
    await page.mouse.up();
    await page.locator(".chip", { hasText: "time" }).waitFor();
    const query = new URLSearchParams(new URL(page.url()).search);
    const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
    assert(to - from > 3 * 60_000 && to - from < 5 * 60_000, String(to - from));
    const last = Math.floor((to - begin) / 1000);
    await row(page, `second ${last}`).waitFor();
    await page.getByRole("button", { name: "Any time" }).click();
    await row(page, `second ${14 * 60 - 1}`).waitFor();
    // By keys: two buckets, counted from the end.
    await page.keyboard.press("t");
    for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Enter");
    await page.locator(".chip", { hasText: "time" }).waitFor();
  }, { prepare: (server) => server.log(minutes) });
}, { skip });

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

test("a record is shown whole: traceback, fields, source line", async () => {
  const error = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: no';
  await visit(startServer, async ({ page }) => {
    await row(page, "broken").getByText("ValueError: no").waitFor();
    await page.keyboard.press("e");
    const detail = page.getByRole("article", { name: "Record" });
    await detail.getByText("/srv/app/pay.py:88 in charge").waitFor();
    assertEquals(await detail.locator(".traceback").textContent(), error);
    await detail.getByText('"b": [').waitFor();
    assertEquals(await detail.locator("pre").first().textContent(), `broken ${"x".repeat(5000)}`);
    await page.keyboard.press("k");
    await detail.getByText("two").waitFor();
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });
  }, {
    prepare: (server) =>
      server.log([
        ...VARIED.slice(0, 2),
        {
          ...{ message: `broken ${"x".repeat(5000)}`, level: "ERROR", error },
          ...{ pathname: "/srv/app/pay.py", lineno: 88, function: "charge" },
          fields: { a: 1, nested: { b: [1, 2] } },
        },
      ]),
  });
}, { skip });

test("hostile records are text, and break nothing", async () => {
  const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const hostile: SentRecord[] = [
    { message: markup, logger: markup, host: markup, error: markup, fields: { [markup]: markup } },
    { message: "\x1b[31mred\x1b[0m \x07 a\nb\r\nc\0", logger: "line\nfeed" },
    { message: "user \u202egnp.exe\u202c \u2066x", host: "\u202e1-bew" },
    { message: "עברית ".repeat(40), logger: "עברית" },
    { message: "Z\u0351\u036f\u0300".repeat(300) },
    { message: "m".repeat(2 ** 20), fields: { huge: "f".repeat(2 ** 20) } },
    { message: "&lt;b&gt; javascript:alert(1) {{x}} ${y}", logger: "__proto__.constructor" },
    { message: "\x1b".repeat(100_000), fields: { __proto__: null, constructor: "c", "": "empty" } },
    { message: "", logger: "", host: "" },
    { message: "\ud800 lone", logger: "a".repeat(10_000), level: "ERROR", time: 8e15 },
    { message: "the last" },
  ];
  await visit(startServer, async ({ page, server }) => {
    await row(page, "the last").waitFor();
    const list = page.locator("#records");
    assertEquals(await list.locator("img, script, b").count(), 0);
    await list.getByText(markup).first().waitFor();
    await list.getByText("\\x1b[31mred\\x1b[0m \\x07 a⏎b\\r⏎c\\x00").waitFor();
    await list.getByText("user ⟨RLO⟩gnp.exe⟨PDF⟩ ⟨LRI⟩x").waitFor();
    const heights = await rows(page).evaluateAll((all) => all.map((one) => one.clientHeight));
    assertEquals(heights, heights.map(() => 22));
    // Each of them whole, too, and none widens the page.
    for (let i = 0; i < hostile.length; i++) {
      await page.keyboard.press("k");
      await page.locator(`#row-${hostile.length - Math.max(i, 1)}`).waitFor();
      await page.locator(".detail .pair").first().waitFor();
    }
    await row(page, "mmmm").click();
    await page.getByRole("button", { name: "Show all 1,048,576 characters" }).first().click();
    await page.waitForFunction(() =>
      (document.querySelector(".detail pre")?.textContent?.length ?? 0) === 2 ** 20
    );
    const { inner, scroll } = await page.evaluate(() => ({
      inner: innerWidth,
      scroll: document.documentElement.scrollWidth,
    }));
    assertEquals(scroll, inner);
    assertEquals(await page.title(), "logwire");
    // The filters take such names as they are.
    await page.keyboard.press("Escape");
    await page.locator("#side .choose", { hasText: "⟨RLO⟩1-bew" }).click();
    await shows(page, ["user ⟨RLO⟩gnp.exe⟨PDF⟩ ⟨LRI⟩x"]);
    await server.log([{ message: "still there", host: "\u202e1-bew" }]);
    await row(page, "still there").waitFor();
  }, { prepare: (server) => server.log(hostile) });
}, { skip });

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
      // What was left out can be loaded.
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
  }, { prepare: (server) => server.log(all) });
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
  }, { prepare: (server) => server.log(VARIED) });
}, { skip });

test("every control has a name, and keys reach it", async () => {
  await visit(startServer, async ({ page }) => {
    await row(page, "four").click();
    const nameless = await page.locator("button, input, select, [role=slider], [role=grid]")
      .evaluateAll((all) =>
        all.filter((one) =>
          (one.textContent ?? "").trim() === "" && !one.hasAttribute("aria-label") &&
          one.closest("label") === null
        ).map((one) => one.outerHTML)
      );
    assertEquals(nameless, []);
    // The dialogs keep the focus, and give it back.
    await page.locator("#records").focus();
    await page.keyboard.press("s");
    await page.getByRole("dialog", { name: "Account of the collector" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assertEquals(await page.evaluate(() => document.activeElement?.id), "records");
    await page.keyboard.press("f");
    await page.waitForFunction(() => document.activeElement?.closest("#side") !== null);
  }, { prepare: (server) => server.log(VARIED) });
}, { skip });

for (const colorScheme of ["light", "dark"] as const) {
  test(
    `text has enough contrast in the ${colorScheme} page, which fits a narrow screen`,
    async () => {
      await visit(startServer, async ({ page }) => {
        await row(page, "four").click();
        await page.locator(".detail .pair").first().waitFor();
        // Each level on the ground of a selected row, and on its own.
        for (const message of ["one", "two", "three", "four", "five"]) {
          await row(page, message).click();
          await row(page, message).and(page.locator(".selected")).waitFor();
          assertEquals(await page.evaluate(faintTexts), []);
        }
        await page.setViewportSize({ width: 360, height: 640 });
        assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 360);
        // The record lies over the list, then the filters do.
        await page.getByRole("button", { name: "Close the record" }).click();
        await page.locator(".row.level-error .message").waitFor();
        await page.getByRole("button", { name: "Filters" }).click();
        await page.locator("#side .choose", { hasText: "web-2" }).click();
        await page.getByRole("button", { name: "Filters" }).click();
        await shows(page, ["three", "four"]);
        assertEquals(await page.evaluate(faintTexts), []);
      }, { colorScheme, prepare: (server) => server.log(VARIED) });
    },
    { skip },
  );
}

/** The texts of the page whose contrast is below 4.5 : 1 (WCAG 2.2, 1.4.3); runs in the page. */
function faintTexts(): string[] {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
  const over = (colors: string[]) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const faint: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>("#page *")) {
    const own = [...element.childNodes].some((node) =>
      node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== ""
    );
    if (!own || !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) {
      continue;
    }
    const grounds: string[] = [];
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      grounds.unshift(getComputedStyle(at).backgroundColor);
    }
    const ground = over(["white", ...grounds]);
    const text = over(["white", ...grounds, getComputedStyle(element).color]);
    const [light, dark] = [Math.max(ground, text), Math.min(ground, text)];
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${element.outerHTML.slice(0, 100)}`);
  }
  return faint;
}
