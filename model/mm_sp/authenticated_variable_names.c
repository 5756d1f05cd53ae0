/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variables that mean something to Secure Boot (UEFI specification, "Globally Defined Variables" and "Secure
 * Boot and Driver Signing"; names and first values of EDK2's own as AuthVariableLibInitialize() makes them).
 */
#include <assert.h>
#include <string.h>

#include "model/mm_sp/authenticated_variable.h"

#define NAMESPACE_GLOBAL          0
#define NAMESPACE_SECURITY        1
#define NAMESPACE_SECURE_BOOT     2
#define NAMESPACE_CUSTOM_MODE     3
#define NAMESPACE_VENDOR_KEYS_NV  4
#define NAMES_OF_TRUSTED_SERVICES 6

static const struct efi_guid namespaces[] = {
    /* EFI_GLOBAL_VARIABLE 8be4df61-93ca-11d2-aa0d-00e098032b8c */
    {{0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c}},
    /* EFI_IMAGE_SECURITY_DATABASE_GUID d719b2cb-3d3a-4596-a3bc-dad00e67656f */
    {{0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f}},
    /* gEfiSecureBootEnableDisableGuid f0a30bc7-af08-4556-99c4-001009c93a44 */
    {{0xc7, 0x0b, 0xa3, 0xf0, 0x08, 0xaf, 0x56, 0x45, 0x99, 0xc4, 0x00, 0x10, 0x09, 0xc9, 0x3a, 0x44}},
    /* gEfiCustomModeEnableGuid c076ec0c-7028-4399-a072-71ee5c448b9f */
    {{0x0c, 0xec, 0x76, 0xc0, 0x28, 0x70, 0x99, 0x43, 0xa0, 0x72, 0x71, 0xee, 0x5c, 0x44, 0x8b, 0x9f}},
    /* gEfiVendorKeysNvGuid 9073e4e0-60ec-4b6e-9903-4c223c260f3c */
    {{0xe0, 0xe4, 0x73, 0x90, 0xec, 0x60, 0x6e, 0x4b, 0x99, 0x03, 0x4c, 0x22, 0x3c, 0x26, 0x0f, 0x3c}},
};

/* The key databases of UEFI, in the order of their enumeration. */
static const struct {
    const char *text;
    int name_space;
} databases[KEY_DATABASE_COUNT] = {
    [KEY_DATABASE_PK] = {"PK", NAMESPACE_GLOBAL},     [KEY_DATABASE_KEK] = {"KEK", NAMESPACE_GLOBAL},
    [KEY_DATABASE_DB] = {"db", NAMESPACE_SECURITY},   [KEY_DATABASE_DBX] = {"dbx", NAMESPACE_SECURITY},
    [KEY_DATABASE_DBT] = {"dbt", NAMESPACE_SECURITY},
};

/* EFI_CERT_SHA1_GUID, EFI_CERT_SHA256_GUID, EFI_CERT_RSA2048_GUID, EFI_CERT_X509_GUID. */
static const uint8_t signature_support[64] = {
    0x12, 0xa5, 0x6c, 0x82, 0x10, 0xcf, 0xc9, 0x4a, 0xb1, 0x87, 0xbe, 0x01, 0x49, 0x66, 0x31, 0xbd,
    0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28,
    0xe8, 0x66, 0x57, 0x3c, 0x9c, 0x26, 0x34, 0x4e, 0xaa, 0x14, 0xed, 0x77, 0x6e, 0x85, 0xb3, 0xb6,
    0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72,
};

#define NV_BS    (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS)
#define BS_RT    (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)
#define NV_BS_AT (NV_BS | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)

enum system_variable {
    SYSTEM_SETUP_MODE,
    SYSTEM_SIGNATURE_SUPPORT,
    SYSTEM_SECURE_BOOT_ENABLE,
    SYSTEM_SECURE_BOOT,
    SYSTEM_CUSTOM_MODE,
    SYSTEM_VENDOR_KEYS_NV,
    SYSTEM_VENDOR_KEYS,
};
static_assert(SYSTEM_VENDOR_KEYS + 1 == AUTHENTICATED_VARIABLE_SYSTEM_COUNT, "one row for each");

static const struct {
    const char *text;
    int name_space;
    uint32_t attributes;
    bool read_only;
} systems[AUTHENTICATED_VARIABLE_SYSTEM_COUNT] = {
    [SYSTEM_SETUP_MODE] = {"SetupMode", NAMESPACE_GLOBAL, BS_RT, true},
    [SYSTEM_SIGNATURE_SUPPORT] = {"SignatureSupport", NAMESPACE_GLOBAL, BS_RT, true},
    [SYSTEM_SECURE_BOOT_ENABLE] = {"SecureBootEnable", NAMESPACE_SECURE_BOOT, NV_BS, false},
    [SYSTEM_SECURE_BOOT] = {"SecureBoot", NAMESPACE_GLOBAL, BS_RT, true},
    [SYSTEM_CUSTOM_MODE] = {"CustomMode", NAMESPACE_CUSTOM_MODE, NV_BS, false},
    [SYSTEM_VENDOR_KEYS_NV] = {"VendorKeysNv", NAMESPACE_VENDOR_KEYS_NV, NV_BS_AT, true},
    [SYSTEM_VENDOR_KEYS] = {"VendorKeys", NAMESPACE_GLOBAL, BS_RT, true},
};

bool authenticated_variable_name_equals(const uint8_t *name, uint32_t name_size, const char *text)
{
    const size_t length = strlen(text) + 1;
    if (name_size != 2 * length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (name[2 * i] != (uint8_t)text[i] || name[2 * i + 1] != 0) {
            return false;
        }
    }
    return true;
}

static uint32_t name_make(const char *text, uint8_t *name, uint32_t room)
{
    const uint32_t length = (uint32_t)strlen(text) + 1;
    assert(2 * length <= room);
    memset(name, 0, room);
    for (uint32_t i = 0; i < length; i++) {
        name[2 * i] = (uint8_t)text[i];
    }
    return 2 * length;
}

void authenticated_variable_name_of(enum authenticated_variable_key_database database,
                                    struct authenticated_variable_name *name)
{
    assert((uint32_t)database < KEY_DATABASE_COUNT);
    name->text = databases[database].text;
    name->guid = namespaces[databases[database].name_space];
    name->name_size = name_make(name->text, name->name, sizeof(name->name));
}

/* By name alone, for Trusted Services asks for no more; dbr is one for it too. */
bool authenticated_variable_is_key_database(const uint8_t *name, uint32_t name_size)
{
    static const char *const names[NAMES_OF_TRUSTED_SERVICES] = {"PK", "KEK", "db", "dbx", "dbt", "dbr"};
    for (int i = 0; i < NAMES_OF_TRUSTED_SERVICES; i++) {
        if (authenticated_variable_name_equals(name, name_size, names[i])) {
            return true;
        }
    }
    return false;
}

/* Values of one byte. */
static uint8_t system_value(enum system_variable which, const struct authenticated_variable_state *state)
{
    switch (which) {
    case SYSTEM_SETUP_MODE:
        return state->user_mode ? 0 : 1;
    case SYSTEM_SECURE_BOOT_ENABLE:
        return 1;
    case SYSTEM_SECURE_BOOT:
        return state->secure_boot ? 1 : 0;
    case SYSTEM_CUSTOM_MODE: /* standard mode: nobody is present to choose another */
        return 0;
    case SYSTEM_VENDOR_KEYS_NV:
    case SYSTEM_VENDOR_KEYS:
        return state->vendor_keys_kept ? 1 : 0;
    case SYSTEM_SIGNATURE_SUPPORT:
        break;
    }
    assert(false);
    return 0;
}

void authenticated_variable_system_at(uint32_t index, const struct authenticated_variable_state *state,
                                      struct authenticated_variable_system *variable)
{
    assert(index < AUTHENTICATED_VARIABLE_SYSTEM_COUNT);
    memset(variable, 0, sizeof(*variable));
    variable->guid = namespaces[systems[index].name_space];
    variable->name_size = name_make(systems[index].text, variable->name, sizeof(variable->name));
    variable->attributes = systems[index].attributes;
    variable->read_only = systems[index].read_only;
    variable->present = index != SYSTEM_SECURE_BOOT_ENABLE || state->user_mode;
    if (index == SYSTEM_SIGNATURE_SUPPORT) {
        variable->value_size = sizeof(signature_support);
        memcpy(variable->value, signature_support, sizeof(signature_support));
        return;
    }
    variable->value_size = 1;
    variable->value[0] = system_value((enum system_variable)index, state);
}
