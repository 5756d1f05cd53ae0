/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The two servers side by side, where a table can hold what tells them apart (UEFI, "Variable Services", as
 * Trusted Services 0d55b4c7 and EDK2 c5aa7e7d read it). EDK2's PcdHwErrStorageSize is 0 here: no hardware
 * error records.
 */
#include "model/mm_sp/variable_service_internal.h"

#define KNOWN_EDK2                                                                                           \
    (EFI_VARIABLE_NON_VOLATILE | VARIABLE_ACCESS_ATTRIBUTES | EFI_VARIABLE_HARDWARE_ERROR_RECORD |           \
     EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS | EFI_VARIABLE_APPEND_WRITE)
#define KNOWN_SMM_GATEWAY (KNOWN_EDK2 | EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS)

static const struct variable_rules rules_of_dialects[VARIABLE_DIALECT_COUNT] = {
    [VARIABLE_DIALECT_SMM_GATEWAY] =
        {
            .zeroes_failed_walks = true,
            .property_bounds = true,
            .beyond_message = EFI_INVALID_PARAMETER,
            .name_malformed = EFI_INVALID_PARAMETER,
            .name_empty = EFI_SUCCESS,
            .set =
                {
                    /* runtime access without boot service access */
                    {.mask = VARIABLE_ACCESS_ATTRIBUTES,
                     .value = EFI_VARIABLE_RUNTIME_ACCESS,
                     .status = EFI_INVALID_PARAMETER},
                    {.mask = EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS, .any = true, .status = EFI_UNSUPPORTED},
                    {.mask = EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS |
                             EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS,
                     .value = EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS |
                              EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS,
                     .status = EFI_INVALID_PARAMETER},
                    {.mask = EFI_VARIABLE_HARDWARE_ERROR_RECORD | ~KNOWN_SMM_GATEWAY,
                     .any = true,
                     .status = EFI_UNSUPPORTED},
                },
        },
    [VARIABLE_DIALECT_EDK2] =
        {
            .replies_whole = true,
            .names_end_at_nul = true,
            .areas_within_message = true,
            .boot_sees_all = true,
            .ordered_by_write = true,
            .properties_until_lock = true,
            .beyond_message = EFI_ACCESS_DENIED,
            .name_malformed = EFI_ACCESS_DENIED,
            .name_empty = EFI_INVALID_PARAMETER,
            .set =
                {
                    {.mask = ~(KNOWN_EDK2 | EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS),
                     .any = true,
                     .status = EFI_INVALID_PARAMETER},
                    {.mask = VARIABLE_ACCESS_ATTRIBUTES | EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS,
                     .value = EFI_VARIABLE_RUNTIME_ACCESS | EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS,
                     .status = EFI_UNSUPPORTED},
                    {.mask = VARIABLE_ACCESS_ATTRIBUTES,
                     .value = EFI_VARIABLE_RUNTIME_ACCESS,
                     .status = EFI_INVALID_PARAMETER},
                    /* non-volatile, and nothing else but perhaps the old authentication */
                    {.mask = KNOWN_EDK2, .value = EFI_VARIABLE_NON_VOLATILE, .status = EFI_INVALID_PARAMETER},
                    {.mask = VARIABLE_AUTHENTICATIONS,
                     .any = true,
                     .no_authentication = true,
                     .status = EFI_INVALID_PARAMETER},
                    {.mask = VARIABLE_AUTHENTICATIONS | EFI_VARIABLE_HARDWARE_ERROR_RECORD,
                     .value = EFI_VARIABLE_HARDWARE_ERROR_RECORD,
                     .status = EFI_INVALID_PARAMETER},
                    /* count-based authentication is left for one delete at physical presence, which is not
                     * here
                     */
                    {.mask = EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS, .any = true, .status = EFI_UNSUPPORTED},
                },
            .query =
                {
                    {.mask = UINT32_MAX, .value = 0, .status = EFI_INVALID_PARAMETER},
                    {.mask = EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS, .any = true, .status = EFI_UNSUPPORTED},
                    {.mask = KNOWN_EDK2, .value = 0, .status = EFI_UNSUPPORTED},
                    {.mask = KNOWN_EDK2, .value = EFI_VARIABLE_NON_VOLATILE, .status = EFI_INVALID_PARAMETER},
                    {.mask = VARIABLE_ACCESS_ATTRIBUTES,
                     .value = EFI_VARIABLE_RUNTIME_ACCESS,
                     .status = EFI_INVALID_PARAMETER},
                    {.mask = EFI_VARIABLE_RUNTIME_ACCESS,
                     .value = 0,
                     .runtime = true,
                     .status = EFI_INVALID_PARAMETER},
                    {.mask = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_HARDWARE_ERROR_RECORD,
                     .value = EFI_VARIABLE_HARDWARE_ERROR_RECORD,
                     .status = EFI_INVALID_PARAMETER},
                    {.mask = EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS,
                     .any = true,
                     .no_authentication = true,
                     .status = EFI_UNSUPPORTED},
                    {.mask = EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS |
                             EFI_VARIABLE_HARDWARE_ERROR_RECORD,
                     .value = EFI_VARIABLE_HARDWARE_ERROR_RECORD,
                     .status = EFI_UNSUPPORTED},
                },
        },
};

const struct variable_rules *variable_rules_of(const struct variable_service *service)
{
    return &rules_of_dialects[service->config.dialect];
}

static bool rule_holds(const struct variable_service *service, const struct variable_attribute_rule *rule,
                       uint32_t attributes)
{
    if ((rule->no_authentication && service->config.authentication) ||
        (rule->runtime && !service->at_runtime)) {
        return false;
    }
    const uint32_t masked = attributes & rule->mask;
    return rule->any ? masked != 0 : masked == rule->value;
}

uint64_t variable_rules_ask(const struct variable_service *service,
                            const struct variable_attribute_rule *rules, uint32_t attributes)
{
    for (uint32_t i = 0; i < VARIABLE_RULES_MAX && rules[i].status != EFI_SUCCESS; i++) {
        if (rule_holds(service, &rules[i], attributes)) {
            return rules[i].status;
        }
    }
    return EFI_SUCCESS;
}
