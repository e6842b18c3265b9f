/**
 * The collector's page in a real browser: lists, filters, links and single records. `startServer` is all
 * that it needs of a collector.
 */
import { assert, assertEquals } from "@std/assert";
import { after } from "node:test";
import { runtime, test } from "../test.ts";
import { closeBrowser, visit, withoutBrowser } from "./page/browser.ts";
import type { SentRecord } from "./page/page_server.ts";
import { hasQuery, messages, numbered, row, rows, shows, VARIED } from "./page/rows.ts";
import { startCollector as startServer } from "./page/running_collector.ts";

const skip = withoutBrowser();
if (runtime === "node" && !skip) after(closeBrowser);

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
