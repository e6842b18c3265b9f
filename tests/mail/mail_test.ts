import { assertEquals } from "@std/assert";
import { bodyOf, decodeMail, encodeMail } from "../../src/mail/_mail.ts";
import { test } from "../test.ts";

test("bodyOf() ends every line, all alike, as CPython's EmailMessage does", () => {
  const bodies = ["", "a", "a\n", "a\n\n", "a\r\nb\rc", "\r"];
  assertEquals(bodies.map(bodyOf), ["\n", "a\n", "a\n", "a\n\n", "a\nb\nc\n", "\n"]);
});

test("decodeMail() gives what encodeMail() was given", () => {
  const mail = { subject: 'ü "✓"', text: "a\n\ud83d\n", date: "today", messageId: "<1@x>" };
  assertEquals(decodeMail(encodeMail(mail)), mail);
});
