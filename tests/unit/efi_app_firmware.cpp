/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/efi_app_firmware.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "firmware/efi_app/report.h"

namespace {

efi_app_firmware *firmware; /* services have no other way to know whom they belong to */

std::u16string name_of(const uint16_t *name)
{
    std::u16string text;
    for (; *name != 0; name++) {
        text += static_cast<char16_t>(*name);
    }
    return text;
}

bool offered(uint32_t service)
{
    return !firmware->at_runtime || (firmware->supported & service) != 0;
}

bool visible(const efi_app_variable &variable)
{
    return !firmware->at_runtime || firmware->shows_boot_variables ||
           (variable.attributes & EFI_VARIABLE_RUNTIME_ACCESS) != 0;
}

uint64_t output_string(efi_simple_text_output *, const uint16_t *text)
{
    std::string line;
    for (; *text != 0; text++) {
        line += static_cast<char>(*text);
    }
    const std::string start = "efi-app: ";
    EXPECT_EQ(start, line.substr(0, start.size()));
    EXPECT_EQ("\r\n", line.substr(line.size() - 2));
    firmware->lines.push_back(line.substr(start.size(), line.size() - start.size() - 2));
    return firmware->console_status;
}

uint64_t allocate_pages(efi_allocate_type, efi_memory_type, uint64_t pages, uint64_t *memory)
{
    firmware->pages.emplace_back(std::aligned_alloc(EFI_PAGE_SIZE, pages * EFI_PAGE_SIZE));
    *memory = reinterpret_cast<uintptr_t>(firmware->pages.back().get());
    return EFI_SUCCESS;
}

uint64_t get_variable(const uint16_t *name, const efi_guid *, uint32_t *attributes, uint64_t *size,
                      void *data)
{
    if (!offered(EFI_RT_SUPPORTED_GET_VARIABLE)) {
        return EFI_UNSUPPORTED;
    }
    const efi_app_variable *found = firmware->find(name_of(name));
    if (!found || !visible(*found)) {
        return EFI_NOT_FOUND;
    }
    if (attributes) {
        *attributes = firmware->loses_attributes ? 0 : found->attributes;
    }
    const bool fits = *size >= found->data.size();
    *size = found->data.size();
    if (!fits) {
        return EFI_BUFFER_TOO_SMALL;
    }
    std::memcpy(data, found->data.data(), found->data.size());
    return EFI_SUCCESS;
}

uint64_t set_variable(const uint16_t *name, const efi_guid *vendor, uint32_t attributes, uint64_t size,
                      const void *data)
{
    if (!offered(EFI_RT_SUPPORTED_SET_VARIABLE)) {
        return EFI_UNSUPPORTED;
    }
    const uint32_t needed = EFI_VARIABLE_RUNTIME_ACCESS | EFI_VARIABLE_NON_VOLATILE;
    if (firmware->at_runtime && (attributes & needed) != needed) {
        return EFI_INVALID_PARAMETER;
    }
    if (firmware->ignores_writes) {
        return EFI_SUCCESS;
    }
    const std::u16string text = name_of(name);
    EXPECT_NE(0, vendor->bytes[0]);
    auto &all = firmware->variables;
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto &one) { return one.name == text; }),
              all.end());
    if (size > 0) {
        all.push_back({text, attributes, std::string(static_cast<const char *>(data), size)});
    }
    return EFI_SUCCESS;
}

uint64_t get_next_variable_name(uint64_t *size, uint16_t *name, efi_guid *vendor)
{
    /* The application's own, as it stands in variables.c. */
    static const efi_guid ours = {
        {0x6E, 0x1F, 0x9D, 0x7C, 0x54, 0x3A, 0x0E, 0x4B, 0x9D, 0x1B, 0x52, 0xA8, 0xF0, 0xC6, 0xE3, 0x17}};

    if (!offered(EFI_RT_SUPPORTED_GET_NEXT_VARIABLE_NAME)) {
        return EFI_UNSUPPORTED;
    }
    const std::u16string last = name_of(name);
    size_t index = 0;
    while (!last.empty() && firmware->variables[index++].name != last) {
    }
    if (firmware->repeats_names) {
        index = 0;
    }
    while (index < firmware->variables.size() && !visible(firmware->variables[index])) {
        index++;
    }
    if (index == firmware->variables.size()) {
        return EFI_NOT_FOUND;
    }
    const std::u16string &next = firmware->variables[index].name;
    EXPECT_GE(*size, 2 * (next.size() + 1));
    std::memcpy(name, next.c_str(), 2 * (next.size() + 1));
    *vendor = ours;
    return EFI_SUCCESS;
}

uint64_t query_variable_info(uint32_t, uint64_t *maximum, uint64_t *remaining, uint64_t *size)
{
    if (!offered(EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO)) {
        return EFI_UNSUPPORTED;
    }
    *maximum = 4096;
    *remaining = 1024;
    *size = 512;
    return EFI_SUCCESS;
}

uint64_t get_time(efi_time *time, void *)
{
    if (!offered(EFI_RT_SUPPORTED_GET_TIME)) {
        return EFI_UNSUPPORTED;
    }
    *time = {};
    time->year = 2026;
    time->month = firmware->month;
    time->day = 1;
    return EFI_SUCCESS;
}

} // namespace

efi_app_firmware::efi_app_firmware() : console(), boot(), runtime(), app()
{
    firmware = this;
    console.output_string = output_string;
    boot.allocate_pages = allocate_pages;
    runtime.get_variable = get_variable;
    runtime.set_variable = set_variable;
    runtime.get_next_variable_name = get_next_variable_name;
    runtime.query_variable_info = query_variable_info;
    runtime.get_time = reinterpret_cast<uint64_t (*)(void)>(reinterpret_cast<void (*)(void)>(get_time));
    app.boot = &boot;
    app.runtime = &runtime;
    report_console(&console);
}

efi_app_firmware::~efi_app_firmware()
{
    report_console(nullptr);
    firmware = nullptr;
}

const efi_app_variable *efi_app_firmware::find(const std::u16string &name) const
{
    for (const efi_app_variable &variable : variables) {
        if (variable.name == name) {
            return &variable;
        }
    }
    return nullptr;
}
