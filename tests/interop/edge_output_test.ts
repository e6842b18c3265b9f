/** Formatters and the redacting filter in real workerd. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { test } from "../test.ts";

test(
  "JSONFormatter, ConsoleFormatter and RedactingFilter work in workerd, without colours",
  async () => {
    const entry = "tests/edge/output_worker.ts";
    await using workerd = await Workerd.start({
      old: { entry, compatibilityDate: "2023-05-18" },
      new: { entry, compatibilityDate: "2026-10-01", compatibilityFlags: ["nodejs_compat"] },
    });
    for (const name of ["old", "new"]) {
      const [json, shown] = await (await fetch(workerd.url(name, "/"))).json();
      const line = JSON.parse(json);
      assertEquals([line.level, line.message, line.request.user.token], [
        ...["error", "anna", "[redacted]"],
      ]);
      assertEquals([line.error.type, line.error.message], ["TypeError", "no ink"]);
      assertMatch(shown, / ERROR\s+worker: anna request=\{'user': \{'name': 'anna', 'token': /);
      assert(!shown.includes("\x1b") && !shown.includes("tulip") && !json.includes("tulip"));
    }
  },
  { skip: withoutWorkerd },
);
