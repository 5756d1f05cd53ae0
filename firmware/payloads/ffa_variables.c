/* SPDX-License-Identifier: BSD-3-Clause */
#include "firmware/payloads/ffa_variables.h"

#include <stddef.h>

#include "firmware/common/memory.h"
#include "firmware/payloads/ffa_calls.h"
#include "firmware/payloads/ffa_maintenance.h"
#include "firmware/payloads/told.h"
#include "firmware/runtime/mm_message.h"
#include "model/abi/efi.h"
#include "model/abi/ffa.h"
#include "model/abi/mm.h"

#define BUFFER_PA     0x43F00000UL /* as U-Boot is configured: FFA_SHARED_MM_BUF_ADDR, _SIZE, _OFFSET */
#define BUFFER_SIZE   4096UL
#define OFFSET        0UL
#define STRUCT_SIZE   sizeof(struct mm_variable_access)
#define NEXT_SIZE     0x80U /* of the name that U-Boot's shell asks for */
#define PAYLOAD_LEAST 72U

#define BS_RT (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

static const struct efi_guid global_variable = {.bytes = {0x61, 0xDF, 0xE4, 0x8B, 0xCA, 0x93, 0xD2, 0x11,
                                                          0xAA, 0x0D, 0x00, 0xE0, 0x98, 0x03, 0x2B, 0x8C}};
static const uint16_t secure_boot[] = {'S', 'e', 'c', 'u', 'r', 'e', 'B', 'o', 'o', 't', 0};
static const uint16_t foo[] = {'F', 'o', 'o', 0};

struct conversation {
    uint16_t own;
    uint16_t partition;
    uint8_t message[BUFFER_SIZE] __attribute__((aligned(64)));
};

static struct conversation talk;

/* Answers the EFI status in the message; the step fails here if the call itself does. */
static uint64_t communicate(const char *step, uint64_t payload_size)
{
    const uint64_t data[5] = {OFFSET};
    const uint64_t size = mm_message_size(payload_size);
    struct ffa_registers out;
    struct mm_variable_header header;

    memcpy((void *)BUFFER_PA, talk.message, size);
    ffa_maintain_before(BUFFER_PA, BUFFER_SIZE);
    ffa_direct_request(talk.own, talk.partition, data, &out);
    ffa_maintain_after(BUFFER_PA, BUFFER_SIZE);
    const bool answered = out.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && out.x[2] == 0 &&
                          out.x[1] == ((uint64_t)talk.partition << 16 | talk.own);
    if (!answered || (int32_t)out.x[3] != MM_STATUS_SUCCESS) {
        told_step(step, false, answered ? out.x[3] : out.x[0]);
    }
    memcpy(talk.message, (const void *)BUFFER_PA, size);
    memcpy(&header, talk.message + MM_COMMUNICATE_HEADER_SIZE, sizeof(header));
    return header.return_status;
}

static void expect(const char *step, uint64_t payload_size, uint64_t status)
{
    const uint64_t got = communicate(step, payload_size);

    told_step(step, got == status, got);
}

static void payload_size_ask(void)
{
    struct mm_variable_payload_size *answer;

    answer = (struct mm_variable_payload_size *)mm_message_begin(talk.message, MM_FUNCTION_GET_PAYLOAD_SIZE,
                                                                 sizeof(*answer));
    expect("payload size", sizeof(*answer), EFI_SUCCESS);
    told_step("payload size is enough", answer->size >= PAYLOAD_LEAST, answer->size);
}

static uint16_t property_exchange(const char *step, uint64_t function, const uint16_t *name,
                                  uint64_t name_size, uint16_t property, uint64_t status)
{
    const uint64_t size = sizeof(struct mm_variable_property) + name_size;
    struct mm_variable_property *payload;

    payload = (struct mm_variable_property *)mm_message_begin(talk.message, function, size);
    payload->guid = global_variable;
    payload->name_size = name_size;
    payload->revision = MM_VARIABLE_PROPERTY_REVISION;
    payload->property = property;
    payload->attributes = BS_RT;
    payload->size_max = BUFFER_SIZE;
    memcpy((uint8_t *)payload + MM_VARIABLE_PROPERTY_NAME, name, name_size);
    expect(step, size, status);
    return payload->property;
}

static uint64_t access_begin(uint64_t function, const uint16_t *name, uint64_t name_size, uint64_t data_size,
                             uint32_t attributes)
{
    const uint64_t size = STRUCT_SIZE + name_size + data_size;
    struct mm_variable_access *payload;

    payload = (struct mm_variable_access *)mm_message_begin(talk.message, function, size);
    payload->guid = global_variable;
    payload->data_size = data_size;
    payload->name_size = name_size;
    payload->attributes = attributes;
    memcpy((uint8_t *)payload + MM_VARIABLE_ACCESS_NAME, name, name_size);
    return size;
}

static uint8_t *access_data(uint64_t name_size)
{
    return talk.message + MM_PAYLOAD_OFFSET + MM_VARIABLE_ACCESS_NAME + name_size;
}

static void variable_set(const char *step, const uint16_t *name, uint64_t name_size, const char *data,
                         uint64_t data_size, uint32_t attributes)
{
    const uint64_t size = access_begin(MM_FUNCTION_SET_VARIABLE, name, name_size, data_size, attributes);

    memcpy(access_data(name_size), data, data_size);
    expect(step, size, EFI_SUCCESS);
}

/* First with no room, as `printenv -e` does it. */
static void variable_get(const char *step, const uint16_t *name, uint64_t name_size, const char *data,
                         uint64_t data_size)
{
    const struct mm_variable_access *answer;
    uint64_t size = access_begin(MM_FUNCTION_GET_VARIABLE, name, name_size, 0, 0);

    answer = (const struct mm_variable_access *)(talk.message + MM_PAYLOAD_OFFSET);
    expect(step, size, EFI_BUFFER_TOO_SMALL);
    told_step("its size", answer->data_size == data_size, answer->data_size);
    size = access_begin(MM_FUNCTION_GET_VARIABLE, name, name_size, data_size, 0);
    expect(step, size, EFI_SUCCESS);
    told_step("its data", memcmp(access_data(name_size), data, data_size) == 0, access_data(name_size)[0]);
}

static void next_name(const char *step, const uint16_t *after, uint64_t after_size, const uint16_t *name,
                      uint64_t name_size)
{
    const uint64_t size = sizeof(struct mm_variable_get_next) + NEXT_SIZE;
    struct mm_variable_get_next *payload;

    payload = (struct mm_variable_get_next *)mm_message_begin(talk.message,
                                                              MM_FUNCTION_GET_NEXT_VARIABLE_NAME, size);
    payload->guid = global_variable;
    payload->name_size = NEXT_SIZE;
    memcpy((uint8_t *)payload + MM_VARIABLE_GET_NEXT_NAME, after, after_size);
    if (name == NULL) {
        expect(step, size, EFI_NOT_FOUND);
        return;
    }
    expect(step, size, EFI_SUCCESS);
    told_step("the name", memcmp((uint8_t *)payload + MM_VARIABLE_GET_NEXT_NAME, name, name_size) == 0,
              payload->name_size);
}

void ffa_variables_exercise(uint16_t own, uint16_t partition)
{
    static const uint16_t nobody[] = {0};
    uint16_t property;

    talk.own = own;
    talk.partition = partition;
    payload_size_ask();
    (void)property_exchange("property of SecureBoot", MM_FUNCTION_VAR_CHECK_PROPERTY_GET, secure_boot,
                            sizeof(secure_boot), 0, EFI_NOT_FOUND);
    variable_set("set SecureBoot", secure_boot, sizeof(secure_boot), "\0", 1, BS_RT);
    (void)property_exchange("make it read-only", MM_FUNCTION_VAR_CHECK_PROPERTY_SET, secure_boot,
                            sizeof(secure_boot), MM_VARIABLE_PROPERTY_READ_ONLY, EFI_SUCCESS);
    next_name("first name", nobody, sizeof(nobody), secure_boot, sizeof(secure_boot));
    variable_get("get SecureBoot", secure_boot, sizeof(secure_boot), "\0", 1);
    property = property_exchange("property of SecureBoot", MM_FUNCTION_VAR_CHECK_PROPERTY_GET, secure_boot,
                                 sizeof(secure_boot), 0, EFI_SUCCESS);
    told_step("read-only", property == MM_VARIABLE_PROPERTY_READ_ONLY, property);
    next_name("no further name", secure_boot, sizeof(secure_boot), NULL, 0);
    (void)property_exchange("property of Foo", MM_FUNCTION_VAR_CHECK_PROPERTY_GET, foo, sizeof(foo), 0,
                            EFI_NOT_FOUND);
    variable_set("set Foo", foo, sizeof(foo), "bar", 3, EFI_VARIABLE_NON_VOLATILE | BS_RT);
    variable_get("get Foo", foo, sizeof(foo), "bar", 3);
    (void)mm_message_begin(talk.message, MM_FUNCTION_EXIT_BOOT_SERVICES, 0);
    expect("exit boot services", 0, EFI_SUCCESS);
}
