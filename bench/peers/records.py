"""The records that the benches log, as net/record.mjs has them."""

MESSAGE = "Jackdaws love my big sphinx of quartz."
KINDS = ("args", "extra", "text", "error", "const")


def feed(left):
    if left == 0:
        raise ValueError("not a sphinx")
    water(left - 1)


def water(left):
    feed(left)


def make_error():
    try:
        feed(4)
    except ValueError as error:
        return error


ERROR = make_error()


def fields_of(i):
    return {
        "path": "/api/v1/sphinxes/%d" % i,
        "user": "user%d" % (i % 50),
        "status": 200 + i % 5,
        "cached": i % 2 == 0,
    }


def log_args(log, i):
    log.info("request %d took %d ms", i, i % 977)


def log_extra(log, i):
    log.info("request %d took %d ms", i, i % 977, extra=fields_of(i))


def log_text(log, i):
    log.info("%s %d" % (MESSAGE, i))


def log_error(log, i):
    log.error("request %d failed", i, exc_info=ERROR)


def log_const(log, i):
    log.info(MESSAGE)


CALLS = {
    "args": log_args,
    "extra": log_extra,
    "text": log_text,
    "error": log_error,
    "const": log_const,
}
