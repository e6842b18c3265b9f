"""Answers questions about CPython's codecs: JSON on stdin, JSON on stdout.

{"names", "step"}: the bytes of every step-th character from U+0080 on in these encodings, in
hexadecimal. {"aliases"}: the names of these modules, each with its module.
"""
import json
import sys
from encodings.aliases import aliases

asked = json.load(sys.stdin)


def characters():
    for code in range(0x80, 0x20000, asked["step"]):
        if not 0xD800 <= code < 0xE000:
            yield chr(code)


if "names" in asked:
    answer = {
        name: ",".join(character.encode(name, "ignore").hex() for character in characters())
        for name in asked["names"]
    }
else:
    answer = [[name, module] for name, module in aliases.items() if module in asked["aliases"]]
    answer += [[module, module] for module in asked["aliases"]]
json.dump(answer, sys.stdout)
