/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds a line in a buffer of its own and hands it to the console of the moment. See report.h for what it
 * models.
 */
#include "firmware/efi_app/report.h"

#include "firmware/efi_app/config.h"

#define LINE_MAX 128U /* a longer one is cut */
#define LINE_END 3U   /* CR, LF, NUL */

#define PL011_DR      0x00U
#define PL011_FR      0x18U
#define PL011_FR_TXFF (1U << 5)

struct line {
    uint16_t text[LINE_MAX + LINE_END]; /* UTF-16, as EFI consoles want it */
    uint32_t length;
};

static struct efi_simple_text_output *firmware_console;
static uint64_t failures;
static struct line line;

void report_console(struct efi_simple_text_output *console)
{
    firmware_console = console;
}

uint64_t report_failures(void)
{
    return failures;
}

static void line_add(const char *text)
{
    for (; *text != 0 && line.length < LINE_MAX; text++) {
        line.text[line.length++] = (uint8_t)*text;
    }
}

static void line_add_hex(uint64_t value)
{
    static const char digits[] = "0123456789abcdef";
    char text[] = "0x0000000000000000";

    for (uint32_t digit = 0; digit < 16; digit++) {
        text[2 + digit] = digits[(value >> (60 - 4 * digit)) & 0xF];
    }
    line_add(text);
}

static void pl011_write(uint8_t byte)
{
    volatile uint32_t *const flags = (volatile uint32_t *)(uintptr_t)(CONFIG_UART_PL011 + PL011_FR);
    volatile uint32_t *const data = (volatile uint32_t *)(uintptr_t)(CONFIG_UART_PL011 + PL011_DR);

    while (*flags & PL011_FR_TXFF) {
    }
    *data = byte;
}

static uint64_t line_write(void)
{
    uint64_t status = EFI_SUCCESS;

    line.text[line.length++] = '\r';
    line.text[line.length++] = '\n';
    line.text[line.length] = 0;
    if (firmware_console) {
        status = firmware_console->output_string(firmware_console, line.text);
    } else {
        for (uint32_t index = 0; index < line.length; index++) {
            pl011_write((uint8_t)line.text[index]);
        }
    }
    return status;
}

static void line_start(const char *step)
{
    line.length = 0;
    line_add("efi-app: ");
    line_add(step);
    line_add(": ");
}

/* A console that does not take the line is a failure as well; there is nowhere to say so but in the count. */
static void line_end(const char *result)
{
    line_add(result);
    failures += line_write() != EFI_SUCCESS;
}

static bool step_failed(const char *step, uint64_t status)
{
    failures++;
    line_start(step);
    line_add("FAILED ");
    line_add_hex(status);
    line_end("");
    return false;
}

bool report_step(const char *step, uint64_t status)
{
    if (status != EFI_SUCCESS) {
        return step_failed(step, status);
    }
    line_start(step);
    line_end("ok");
    return true;
}

bool report_optional_step(const char *step, uint64_t status)
{
    if (status != EFI_UNSUPPORTED) {
        return report_step(step, status);
    }
    line_start(step);
    line_end("unsupported");
    return true;
}

bool report_promised_step(const char *step, uint64_t status, bool promised)
{
    if (promised) {
        return report_step(step, status);
    }
    return status == EFI_UNSUPPORTED ? report_optional_step(step, status) : step_failed(step, status);
}

void report_value(const char *step, uint64_t value)
{
    line_start(step);
    line_add_hex(value);
    line_end("");
}
