/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/platform/ffa_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/abi/smccc.h"
#include "model/bus/smc_frame.h"

#define FORM_32   1U
#define FORM_64   2U
#define FORM_BOTH 3U

/* DEN0077, the function identifiers by number; the last three are of DEN0022 and DEN0028. */
static const struct {
    const char *name;
    uint32_t function_id; /* of the 32-bit form */
    uint32_t forms;
} functions[] = {
    {"FFA_ERROR", 0x84000060U, FORM_32},
    {"FFA_SUCCESS", 0x84000061U, FORM_BOTH},
    {"FFA_INTERRUPT", 0x84000062U, FORM_32},
    {"FFA_VERSION", 0x84000063U, FORM_32},
    {"FFA_FEATURES", 0x84000064U, FORM_32},
    {"FFA_RX_RELEASE", 0x84000065U, FORM_32},
    {"FFA_RXTX_MAP", 0x84000066U, FORM_BOTH},
    {"FFA_RXTX_UNMAP", 0x84000067U, FORM_32},
    {"FFA_PARTITION_INFO_GET", 0x84000068U, FORM_32},
    {"FFA_ID_GET", 0x84000069U, FORM_32},
    {"FFA_MSG_POLL", 0x8400006AU, FORM_32},
    {"FFA_MSG_WAIT", 0x8400006BU, FORM_32},
    {"FFA_YIELD", 0x8400006CU, FORM_32},
    {"FFA_RUN", 0x8400006DU, FORM_32},
    {"FFA_MSG_SEND", 0x8400006EU, FORM_32},
    {"FFA_MSG_SEND_DIRECT_REQ", 0x8400006FU, FORM_BOTH},
    {"FFA_MSG_SEND_DIRECT_RESP", 0x84000070U, FORM_BOTH},
    {"FFA_MEM_DONATE", 0x84000071U, FORM_BOTH},
    {"FFA_MEM_LEND", 0x84000072U, FORM_BOTH},
    {"FFA_MEM_SHARE", 0x84000073U, FORM_BOTH},
    {"FFA_MEM_RETRIEVE_REQ", 0x84000074U, FORM_BOTH},
    {"FFA_MEM_RETRIEVE_RESP", 0x84000075U, FORM_32},
    {"FFA_MEM_RELINQUISH", 0x84000076U, FORM_32},
    {"FFA_MEM_RECLAIM", 0x84000077U, FORM_32},
    {"FFA_MEM_OP_PAUSE", 0x84000078U, FORM_32},
    {"FFA_MEM_OP_RESUME", 0x84000079U, FORM_32},
    {"FFA_MEM_FRAG_RX", 0x8400007AU, FORM_32},
    {"FFA_MEM_FRAG_TX", 0x8400007BU, FORM_32},
    {"FFA_NORMAL_WORLD_RESUME", 0x8400007CU, FORM_32},
    {"FFA_NOTIFICATION_BITMAP_CREATE", 0x8400007DU, FORM_32},
    {"FFA_NOTIFICATION_BITMAP_DESTROY", 0x8400007EU, FORM_32},
    {"FFA_NOTIFICATION_BIND", 0x8400007FU, FORM_32},
    {"FFA_NOTIFICATION_UNBIND", 0x84000080U, FORM_32},
    {"FFA_NOTIFICATION_SET", 0x84000081U, FORM_32},
    {"FFA_NOTIFICATION_GET", 0x84000082U, FORM_32},
    {"FFA_NOTIFICATION_INFO_GET", 0x84000083U, FORM_BOTH},
    {"FFA_RX_ACQUIRE", 0x84000084U, FORM_32},
    {"FFA_SPM_ID_GET", 0x84000085U, FORM_32},
    {"FFA_MSG_SEND2", 0x84000086U, FORM_32},
    {"FFA_SECONDARY_EP_REGISTER", 0x84000087U, FORM_64},
    {"FFA_MEM_PERM_GET", 0x84000088U, FORM_BOTH},
    {"FFA_MEM_PERM_SET", 0x84000089U, FORM_BOTH},
    {"FFA_CONSOLE_LOG", 0x8400008AU, FORM_BOTH},
    {"FFA_PARTITION_INFO_GET_REGS", 0x8400008BU, FORM_64},
    {"FFA_EL3_INTR_HANDLE", 0x8400008CU, FORM_32},
    {"FFA_MSG_SEND_DIRECT_REQ2", 0x8400008DU, FORM_64},
    {"FFA_MSG_SEND_DIRECT_RESP2", 0x8400008EU, FORM_64},
    {"SMCCC_VERSION", SMCCC_VERSION, FORM_32},
    {"PSCI_VERSION", PSCI_VERSION, FORM_32},
    {"PSCI_FEATURES", PSCI_FEATURES, FORM_32},
};

static const struct {
    const char *text;
    int64_t value;
} statuses[] = {
    {"FFA_NOT_SUPPORTED", FFA_NOT_SUPPORTED},
    {"FFA_INVALID_PARAMETERS", FFA_INVALID_PARAMETERS},
    {"FFA_NO_MEMORY", FFA_NO_MEMORY},
    {"FFA_BUSY", FFA_BUSY},
    {"FFA_INTERRUPTED", FFA_INTERRUPTED},
    {"FFA_DENIED", FFA_DENIED},
    {"FFA_RETRY", FFA_RETRY},
    {"FFA_ABORTED", FFA_ABORTED},
    {"FFA_NO_DATA", FFA_NO_DATA},
    {"FFA_NOT_READY", FFA_NOT_READY},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Cuts the width off a name: FORM_32 or FORM_64, 0 if it has none. */
static uint32_t width_of(const char *text, size_t *size)
{
    *size = strlen(text);
    if (*size > 3 && strcmp(text + *size - 3, "_32") == 0) {
        *size -= 3;
        return FORM_32;
    }
    if (*size > 3 && strcmp(text + *size - 3, "_64") == 0) {
        *size -= 3;
        return FORM_64;
    }
    return 0;
}

bool ffa_function_parse(const char *text, uint32_t *function_id)
{
    size_t size = 0;
    const uint32_t width = width_of(text, &size);
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        if (strlen(functions[i].name) != size || memcmp(functions[i].name, text, size) != 0) {
            continue;
        }
        if (width != 0 && (functions[i].forms & width) == 0) {
            return false;
        }
        const bool wide = width == FORM_64 || functions[i].forms == FORM_64;
        *function_id = functions[i].function_id | (wide ? FFA_FUNCTION_64BIT : 0);
        return true;
    }
    return false;
}

const char *ffa_function_text(uint32_t function_id, char *text, size_t size)
{
    const bool wide = (function_id & FFA_FUNCTION_64BIT) != 0;
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        if (functions[i].function_id == (function_id & ~FFA_FUNCTION_64BIT) &&
            (functions[i].forms & (wide ? FORM_64 : FORM_32)) != 0) {
            const char *width = functions[i].forms != FORM_BOTH ? "" : wide ? "_64" : "_32";
            (void)snprintf(text, size, "%s%s", functions[i].name, width);
            return text;
        }
    }
    return NULL;
}

bool ffa_status_parse(const char *text, int64_t *status)
{
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        /* Both FFA_DENIED and DENIED. */
        if (strcmp(text, statuses[i].text) == 0 || strcmp(text, statuses[i].text + strlen("FFA_")) == 0) {
            *status = statuses[i].value;
            return true;
        }
    }
    return false;
}

const char *ffa_status_text(int64_t status)
{
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        if (status == statuses[i].value) {
            return statuses[i].text;
        }
    }
    return NULL;
}

bool ffa_register_parse(const char *text, uint32_t *index, bool *wide)
{
    char *end = NULL;
    if ((text[0] != 'x' && text[0] != 'w') || text[1] < '0' || text[1] > '9' ||
        (text[1] == '0' && text[2] != '\0')) {
        return false;
    }
    const unsigned long value = strtoul(text + 1, &end, 10);
    if (*end != '\0' || value >= SMC_FRAME_REGISTERS) {
        return false;
    }
    *index = (uint32_t)value;
    *wide = text[0] == 'x';
    return true;
}

static bool number_read(struct yaml_document *document, const struct yaml_node *node, bool wide,
                        uint64_t *value)
{
    int64_t negative = 0;
    if (node->text[0] != '-') {
        return yaml_u64(document, node, 0, wide ? UINT64_MAX : UINT32_MAX, value);
    }
    if (!yaml_i64(document, node, wide ? INT64_MIN : INT32_MIN, -1, &negative)) {
        return false;
    }
    *value = wide ? (uint64_t)negative : (uint32_t)negative;
    return true;
}

bool ffa_value_read(struct yaml_document *document, const struct yaml_node *node, bool wide, uint64_t *value)
{
    uint32_t function_id = 0;
    int64_t status = 0;
    if (node->kind != YAML_SCALAR) {
        return yaml_fail(document, node, "expected a number, or the name of a function or a status");
    }
    if (ffa_function_parse(node->text, &function_id)) {
        *value = function_id;
        return true;
    }
    if (ffa_status_parse(node->text, &status)) {
        *value = wide ? (uint64_t)status : (uint32_t)status;
        return true;
    }
    if (node->text[0] >= 'A' && node->text[0] <= 'Z') {
        return yaml_fail(
            document, node,
            "'%.64s' is neither a function nor a status, expected one like FFA_FEATURES or FFA_DENIED",
            node->text);
    }
    return number_read(document, node, wide, value);
}
