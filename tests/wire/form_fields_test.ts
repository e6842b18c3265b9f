import { assertEquals, assertThrows } from "@std/assert";
import { formFields } from "../../src/wire/form_fields.ts";
import { test } from "../test.ts";

const base = "msg=a+%25s&levelno=20";

function fieldsOf(form: string): Record<string, unknown> {
  return formFields(new URLSearchParams(form));
}

test("formFields() gives the attributes of a record their types, and leaves others as text", () => {
  const { levelno, thread, process, exc_text, user, n } = fieldsOf(
    `${base}&thread=140123456789012&process=None&exc_text=None&user=None&n=5`,
  );
  assertEquals([levelno, thread, process, exc_text], [20, 140123456789012, null, null]);
  assertEquals([user, n], ["None", "5"]);
});

test("formFields() reads the arguments of the message", () => {
  assertEquals(fieldsOf(`${base}&args=%28%27b%27%2C%29`).args, ["b"]);
  assertEquals(fieldsOf(`${base}&args=%7B%27k%27%3A+1%7D`).args, { k: 1 });
  assertEquals(fieldsOf(`${base}&args=%28%29`).args, null);
  const { msg, args } = fieldsOf(`${base}&args=%28%3CFoo+object%3E%2C%29`);
  assertEquals([msg, args], ["a %s (arguments: <Foo object>)", null]);
  assertEquals(fieldsOf(`${base}&args=%28%27b%27%2C%29&message=a+b`).msg, "a b");
});

test("formFields() shows an error whose traceback was not sent", () => {
  const info = "(<class 'ValueError'>, ValueError('no luck'), <traceback object at 0x7f>)";
  const { exc_info, exc_text } = fieldsOf(`${base}&exc_text=None&exc_info=${encodeURI(info)}`);
  assertEquals([exc_info, exc_text], [null, "ValueError('no luck')"]);
});

test("formFields() refuses a form without the attributes of a record", () => {
  assertThrows(() => fieldsOf("a=b"), TypeError, "msg, levelno");
});
