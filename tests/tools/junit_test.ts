import { assertEquals } from "@std/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "../test.ts";

const { readReport } = await import(String(new URL("./junit.mjs", import.meta.url)));

// Each runtime wrote its report for the tests of a file `a_test.ts`; the times are left out here.
const reports = {
  deno: `<testsuite name="./a_test.ts" tests="3" failures="1">
    <testcase name="a &lt;b&gt;" classname="./a_test.ts" line="2" col="1">
      <failure message="Uncaught Error: x > y">Error: x &gt; y
    at file:///a_test.ts:2:69</failure>
    </testcase>
    <testcase name="c" classname="./a_test.ts"></testcase>
    <testcase name="d # skipped: it&apos;s not here" classname="./a_test.ts"><skipped/></testcase>
  </testsuite>`,
  bun: `<testsuite name="a_test.ts" file="a_test.ts" tests="3" failures="1">
    <testcase name="a &lt;b&gt;" classname="" file="a_test.ts" line="2">
      <failure type="Error" message="x > y">Error: x &gt; y&#10;    at file:///a_test.ts:2:69</failure>
    </testcase>
    <testcase name="c" classname="" file="a_test.ts" />
    <testcase name="d # skipped: it&apos;s not here" file="a_test.ts"><skipped /></testcase>
  </testsuite>`,
  node: `<testcase name="a &lt;b&gt;" classname="test" file="/a_test.ts" failure="x &gt; y">
		<failure type="testCodeFailure" message="x &gt; y">
Error: x &gt; y
    at file:///a_test.ts:2:69
		</failure>
	</testcase>
	<testcase name="c" classname="test" file="/a_test.ts"/>
	<testcase name="d # skipped: it's not here" classname="test"><skipped type="skipped"/></testcase>`,
};

for (const [runtime, xml] of Object.entries(reports)) {
  test(`readReport reads what passed, failed and was skipped on ${runtime}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "logwire-junit-"));
    const path = join(folder, "report.xml");
    writeFileSync(path, xml);
    const { passed, failed, skipped } = readReport(path);
    rmSync(folder, { recursive: true });
    assertEquals(passed, 1);
    assertEquals(failed, [{
      name: "a <b>",
      file: { deno: "./a_test.ts", bun: "a_test.ts", node: "/a_test.ts" }[runtime],
      text: "Error: x > y\n    at file:///a_test.ts:2:69",
    }]);
    assertEquals(skipped, ["it's not here"]);
  });
}

test("readReport of a report that was not written has no test", () => {
  assertEquals(readReport("/no/such/report.xml"), { passed: 0, failed: [], skipped: [] });
});
