/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Firmware for the EFI application on the host: a console that remembers its lines, pages, variables by the
 * rules of the UEFI specification ("Variable Services"), each rule with a switch that breaks it.
 */
#ifndef TESTS_UNIT_EFI_APP_FIRMWARE_HPP
#define TESTS_UNIT_EFI_APP_FIRMWARE_HPP

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "firmware/efi_app/app.h"

struct efi_app_variable {
    std::u16string name;
    uint32_t attributes;
    std::string data;
};

struct efi_app_firmware {
    std::vector<std::string> lines; /* what the console was told, without "efi-app: " and line ends */
    std::vector<efi_app_variable> variables;
    bool at_runtime = false;
    uint32_t supported = UINT32_MAX; /* at runtime */
    uint64_t console_status = EFI_SUCCESS;
    bool shows_boot_variables = false;
    bool loses_attributes = false;
    bool ignores_writes = false;
    bool repeats_names = false;
    uint8_t month = 11;

    efi_app_firmware();
    ~efi_app_firmware();
    efi_app_firmware(const efi_app_firmware &) = delete;
    efi_app_firmware &operator=(const efi_app_firmware &) = delete;

    struct free_pages {
        void operator()(void *pages) const { std::free(pages); }
    };
    std::vector<std::unique_ptr<void, free_pages>> pages;

    const efi_app_variable *find(const std::u16string &name) const;

    struct efi_simple_text_output console;
    struct efi_boot_services boot;
    struct efi_runtime_services runtime;
    struct app app;
};

#endif
