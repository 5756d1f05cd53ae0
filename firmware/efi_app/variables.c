/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two variables written at boot, both volatile, so that nothing of them outlives the run: one for both
 * phases, one that the runtime phase must not see. A third one is written at runtime, non-volatile, because
 * after ExitBootServices no other may be ("SetVariable()"), and deleted again.
 */
#include "firmware/efi_app/variables.h"

#include "firmware/common/memory.h"
#include "firmware/efi_app/config.h"
#include "firmware/efi_app/report.h"

#define SHARED_ATTRIBUTES  (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)
#define RUNTIME_ATTRIBUTES (SHARED_ATTRIBUTES | EFI_VARIABLE_NON_VOLATILE)

_Alignas(8) static const struct efi_guid vendor = {
    {0x6E, 0x1F, 0x9D, 0x7C, 0x54, 0x3A, 0x0E, 0x4B, 0x9D, 0x1B, 0x52, 0xA8, 0xF0, 0xC6, 0xE3, 0x17}};

static const uint16_t shared_name[] = u"EfiAppShared";
static const uint16_t boot_name[] = u"EfiAppBoot";
static const uint16_t runtime_name[] = u"EfiAppRuntime";

static const char shared_value[] = "for both phases";
static const char boot_value[] = "for the boot phase alone";
static const char runtime_value[] = "written at runtime";
static const char runtime_value_longer[] = "written at runtime, and once more";

static uint64_t value_set(const struct app *app, const uint16_t *name, uint32_t attributes, const char *value,
                          uint64_t size)
{
    return app->runtime->set_variable(name, &vendor, attributes, size, value);
}

/* Asks with no room at all first, as an OS does; then for the bytes. */
static uint64_t value_expect(const struct app *app, const uint16_t *name, uint32_t attributes,
                             const char *value, uint64_t size)
{
    uint8_t data[64];
    uint64_t found_size = 0;
    uint32_t found_attributes = 0;
    uint64_t status = app->runtime->get_variable(name, &vendor, &found_attributes, &found_size, 0);

    if (status != EFI_BUFFER_TOO_SMALL) {
        return status == EFI_SUCCESS ? EFI_COMPROMISED_DATA : status;
    }
    if (found_size != size || found_size > sizeof(data)) {
        return EFI_COMPROMISED_DATA;
    }
    found_attributes = 0;
    status = app->runtime->get_variable(name, &vendor, &found_attributes, &found_size, data);
    if (status != EFI_SUCCESS) {
        return status;
    }
    const bool equal = found_size == size && found_attributes == attributes && memcmp(data, value, size) == 0;
    return equal ? EFI_SUCCESS : EFI_COMPROMISED_DATA;
}

/* EFI_SUCCESS when there is no such variable. */
static uint64_t value_expect_none(const struct app *app, const uint16_t *name)
{
    uint8_t data[64];
    uint64_t size = sizeof(data);
    const uint64_t status = app->runtime->get_variable(name, &vendor, 0, &size, data);

    if (status == EFI_NOT_FOUND) {
        return EFI_SUCCESS;
    }
    return status == EFI_SUCCESS ? EFI_COMPROMISED_DATA : status;
}

static bool names_equal(const uint16_t *left, const uint16_t *right)
{
    while (*left == *right && *left != 0) {
        left++;
        right++;
    }
    return *left == *right;
}

/* Goes through all names: EFI_SUCCESS when the shared one is among them, and the boot one if and only if it
 * should be. */
static uint64_t names_expect(const struct app *app, bool boot_visible)
{
    static uint16_t name[CONFIG_NAME_LENGTH_MAX];
    _Alignas(8) static struct efi_guid guid;
    uint64_t status = EFI_SUCCESS;
    uint64_t shared_count = 0;
    uint64_t boot_count = 0;

    name[0] = 0; /* where the enumeration starts */
    for (uint64_t count = 0; count < CONFIG_NAMES_MAX && status == EFI_SUCCESS; count++) {
        uint64_t size = sizeof(name);
        status = app->runtime->get_next_variable_name(&size, name, &guid);
        if (status == EFI_SUCCESS && memcmp(&guid, &vendor, sizeof(guid)) == 0) {
            shared_count += names_equal(name, shared_name);
            boot_count += names_equal(name, boot_name);
        }
    }
    if (status != EFI_NOT_FOUND) { /* where it ends */
        return status == EFI_SUCCESS ? EFI_COMPROMISED_DATA : status;
    }
    return shared_count == 1 && boot_count == (boot_visible ? 1U : 0U) ? EFI_SUCCESS : EFI_COMPROMISED_DATA;
}

static uint64_t storage_query(const struct app *app)
{
    uint64_t maximum_storage = 0;
    uint64_t remaining_storage = 0;
    uint64_t maximum_size = 0;
    const uint64_t status = app->runtime->query_variable_info(RUNTIME_ATTRIBUTES, &maximum_storage,
                                                              &remaining_storage, &maximum_size);

    if (status != EFI_SUCCESS) {
        return status;
    }
    return maximum_storage != 0 && remaining_storage <= maximum_storage && maximum_size <= maximum_storage
               ? EFI_SUCCESS
               : EFI_COMPROMISED_DATA;
}

/* The time itself is not printed: it differs from run to run. */
static uint64_t time_get(const struct app *app)
{
    static struct efi_time time;
    efi_get_time_function *get_time = (efi_get_time_function *)(void (*)(void))app->runtime->get_time;
    const uint64_t status = get_time(&time, 0);

    if (status != EFI_SUCCESS) {
        return status;
    }
    const bool is_date =
        time.year >= 1900 && time.month >= 1 && time.month <= 12 && time.day >= 1 && time.day <= 31;
    const bool is_time = time.hour <= 23 && time.minute <= 59 && time.second <= 59;
    return is_date && is_time ? EFI_SUCCESS : EFI_COMPROMISED_DATA;
}

void variables_boot_steps(const struct app *app)
{
    report_optional_step("query variable info", storage_query(app));
    report_step("set variable",
                value_set(app, shared_name, SHARED_ATTRIBUTES, shared_value, sizeof(shared_value)));
    report_step("set boot variable",
                value_set(app, boot_name, EFI_VARIABLE_BOOTSERVICE_ACCESS, boot_value, sizeof(boot_value)));
    report_step("get variable",
                value_expect(app, shared_name, SHARED_ATTRIBUTES, shared_value, sizeof(shared_value)));
    report_step("get boot variable", value_expect(app, boot_name, EFI_VARIABLE_BOOTSERVICE_ACCESS, boot_value,
                                                  sizeof(boot_value)));
    report_step("next variable name", names_expect(app, true));
    report_optional_step("get time", time_get(app));
}

static uint64_t runtime_set(const struct app *app, const char *value, uint64_t size)
{
    const uint64_t status = value_set(app, runtime_name, RUNTIME_ATTRIBUTES, value, size);

    if (status != EFI_SUCCESS || !app_promises(app, EFI_RT_SUPPORTED_GET_VARIABLE)) {
        return status;
    }
    return size > 0 ? value_expect(app, runtime_name, RUNTIME_ATTRIBUTES, value, size)
                    : value_expect_none(app, runtime_name);
}

static void runtime_set_steps(const struct app *app)
{
    const bool promised = app_promises(app, EFI_RT_SUPPORTED_SET_VARIABLE);

    report_promised_step("runtime set variable", runtime_set(app, runtime_value, sizeof(runtime_value)),
                         promised);
    report_promised_step("runtime set variable again",
                         runtime_set(app, runtime_value_longer, sizeof(runtime_value_longer)), promised);
    report_promised_step("runtime delete variable", runtime_set(app, 0, 0), promised);
}

void variables_runtime_steps(const struct app *app)
{
    const bool get_promised = app_promises(app, EFI_RT_SUPPORTED_GET_VARIABLE);
    const bool next_promised = app_promises(app, EFI_RT_SUPPORTED_GET_NEXT_VARIABLE_NAME);
    const bool query_promised = app_promises(app, EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO);

    report_promised_step(
        "runtime get variable",
        value_expect(app, shared_name, SHARED_ATTRIBUTES, shared_value, sizeof(shared_value)), get_promised);
    report_promised_step("runtime get boot variable", value_expect_none(app, boot_name), get_promised);
    report_promised_step("runtime next variable name", names_expect(app, false), next_promised);
    runtime_set_steps(app);
    report_promised_step("runtime query variable info", storage_query(app), query_promised);
    report_promised_step("runtime get time", time_get(app), app_promises(app, EFI_RT_SUPPORTED_GET_TIME));
}
