/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/platform/console_script.h"

#include <assert.h>
#include <string.h>

void console_script_init(struct console_script *script, const struct machine_console_line *lines,
                         uint32_t line_count, const char *stop_text)
{
    *script = (struct console_script){.lines = lines, .line_count = line_count, .stop_text = stop_text};
}

static const char *text_awaited(const struct console_script *script)
{
    if (script->matched < script->line_count) {
        return script->lines[script->matched].expect;
    }
    return script->stopped ? NULL : script->stop_text;
}

const char *console_script_send(struct console_script *script, uint64_t retired)
{
    while (script->matched < script->line_count) {
        const struct machine_console_line *line = &script->lines[script->matched];
        if (!script->ready && line->expect != NULL) {
            return NULL;
        }
        script->ready = false;
        script->armed_at = retired;
        script->matched++;
        if (line->send != NULL) {
            return line->send;
        }
    }
    return NULL;
}

static void window_append(struct console_script *script, uint8_t byte)
{
    if (script->window_size == CONSOLE_WINDOW_MAX) {
        memmove(script->window, script->window + CONSOLE_WINDOW_MAX / 2, CONSOLE_WINDOW_MAX / 2);
        script->window_size = CONSOLE_WINDOW_MAX / 2;
    }
    script->window[script->window_size++] = byte;
}

bool console_script_feed(struct console_script *script, uint8_t byte)
{
    const char *awaited = text_awaited(script);
    if (awaited == NULL) {
        return false;
    }
    window_append(script, byte);
    const size_t size = strlen(awaited);
    assert(size <= CONSOLE_WINDOW_MAX / 2);
    if (script->window_size < size || memcmp(script->window + script->window_size - size, awaited, size) != 0) {
        return false;
    }
    script->window_size = 0;
    if (script->matched < script->line_count) {
        script->ready = true;
    } else {
        script->stopped = true;
    }
    return true;
}

uint64_t console_script_deadline(const struct console_script *script)
{
    if (script->matched == script->line_count) {
        return 0;
    }
    const uint64_t within = script->lines[script->matched].within_instructions;
    return within == 0 ? 0 : script->armed_at + within;
}
