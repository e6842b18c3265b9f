/*
 * A library with the functions of Windows that NTEventLogHandler calls. It writes each call, with the
 * arguments as C sees them, as a line of JSON to the file CALLS.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

typedef uint16_t unit;
typedef uintptr_t handle;

static uint32_t last_error;

static FILE *begin(const char *name)
{
    FILE *calls = fopen(CALLS, "a");
    fprintf(calls, "[\"%s\"", name);
    return calls;
}

static void number(FILE *calls, uint64_t value)
{
    fprintf(calls, ", %" PRIu64, value);
}

static void string(FILE *calls, const unit *text)
{
    if (text == NULL) {
        fputs(", null", calls);
        return;
    }
    fputs(", \"", calls);
    for (; *text != 0; text++) fprintf(calls, "\\u%04x", (unsigned)*text);
    fputs("\"", calls);
}

static void pointer(FILE *calls, const void *value)
{
    fputs(value == NULL ? ", null" : ", \"a pointer\"", calls);
}

static void end(FILE *calls)
{
    fputs("]\n", calls);
    fclose(calls);
}

int32_t RegCreateKeyExW(handle parent, const unit *path, uint32_t reserved, const unit *class_name,
                        uint32_t options, uint32_t access, const void *security, handle *key,
                        const uint32_t *disposition)
{
    FILE *calls = begin("RegCreateKeyExW");
    number(calls, parent);
    string(calls, path);
    number(calls, reserved);
    string(calls, class_name);
    number(calls, options);
    number(calls, access);
    pointer(calls, security);
    pointer(calls, disposition);
    end(calls);
    *key = (handle)0xfedcba9876543210;
    return 0;
}

int32_t RegSetValueExW(handle key, const unit *name, uint32_t reserved, uint32_t type,
                       const uint8_t *data, uint32_t size)
{
    FILE *calls = begin("RegSetValueExW");
    fprintf(calls, ", \"%" PRIxPTR "\"", key);
    string(calls, name);
    number(calls, reserved);
    number(calls, type);
    fputs(", \"", calls);
    for (uint32_t i = 0; i < size; i++) fprintf(calls, "%02x", data[i]);
    fputs("\"", calls);
    end(calls);
    return 0;
}

int32_t RegCloseKey(handle key)
{
    FILE *calls = begin("RegCloseKey");
    fprintf(calls, ", \"%" PRIxPTR "\"", key);
    end(calls);
    return 0;
}

handle RegisterEventSourceW(const unit *server, const unit *name)
{
    FILE *calls = begin("RegisterEventSourceW");
    string(calls, server);
    string(calls, name);
    end(calls);
    return (handle)0xfedcba9800000042;
}

/* Fails with the error 1722 for the category 99. */
int32_t ReportEventW(handle source, uint16_t type, uint16_t category, uint32_t id, const void *user,
                     uint16_t count, uint32_t size, const unit **strings, const void *data)
{
    FILE *calls = begin("ReportEventW");
    fprintf(calls, ", \"%" PRIxPTR "\"", source);
    number(calls, type);
    number(calls, category);
    number(calls, id);
    pointer(calls, user);
    number(calls, size);
    pointer(calls, data);
    for (uint16_t i = 0; i < count; i++) string(calls, strings[i]);
    end(calls);
    if (category != 99) return 1;
    last_error = 1722;
    return 0;
}

int32_t DeregisterEventSource(handle source)
{
    FILE *calls = begin("DeregisterEventSource");
    fprintf(calls, ", \"%" PRIxPTR "\"", source);
    end(calls);
    return 1;
}

uint32_t GetLastError(void)
{
    return last_error;
}
