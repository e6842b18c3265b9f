import { assertEquals } from "@std/assert";
import { prometheusText } from "../../src/delivery/prometheus_text.ts";
import { test } from "../test.ts";

test("prometheusText() writes a metric with its help, type and values", () => {
  const samples = [{ labels: { a: 'x"\\\n\ud800', b: "" }, value: 1.5 }, { value: Infinity }];
  const text = prometheusText([
    { name: "m_total", help: "A\nb.", type: "counter", samples },
    { name: "none", help: "", type: "gauge", samples: [] },
  ]);
  assertEquals(
    text,
    '# HELP m_total A\\nb.\n# TYPE m_total counter\nm_total{a="x\\"\\\\\\n\ufffd",b=""} 1.5\nm_total +Inf\n',
  );
});
