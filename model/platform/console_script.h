/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A scripted conversation on the guest's console: wait for a text, type an answer, wait for the next; after
 * the last line, wait for the stop text. Texts match in the order of the lines, each in what was printed
 * since the match before.
 */
#ifndef MODEL_PLATFORM_CONSOLE_SCRIPT_H
#define MODEL_PLATFORM_CONSOLE_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/platform/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CONSOLE_WINDOW_MAX 4096 /* bytes; a longer text to expect is the user's mistake */

struct console_script {
    const struct machine_console_line *lines;
    uint32_t line_count;
    const char *stop_text;
    uint32_t matched;                   /* lines done */
    bool ready;                         /* the current line's text has come: its answer is to be typed */
    bool stopped;                       /* the stop text came */
    uint64_t armed_at;                  /* instructions retired when the current line began to wait */
    uint8_t window[CONSOLE_WINDOW_MAX]; /* the last bytes printed since the last match */
    uint32_t window_size;
};

void console_script_init(struct console_script *script, const struct machine_console_line *lines,
                         uint32_t line_count, const char *stop_text);

/* The text to type now, or NULL; lines that expect nothing are ready at once. Call until NULL. */
const char *console_script_send(struct console_script *script, uint64_t retired);

/* The guest printed a byte. True when the text that was waited for is complete (a line or the stop text). */
bool console_script_feed(struct console_script *script, uint8_t byte);

/* Instructions at which the line that is being waited for gives up; 0: never. */
uint64_t console_script_deadline(const struct console_script *script);

#ifdef __cplusplus
}
#endif

#endif
