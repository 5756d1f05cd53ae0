// SPDX-License-Identifier: BSD-3-Clause
//
// A record is ` PC=hex X00=hex ... X30=hex  SP=hex PSTATE=hex flags`; line breaks mean nothing.
#include "tests/differential/qemu_trace.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace differential {

namespace {

// Reads `name=hex` from *at on, and moves behind it. False at the end of the text.
bool field_read(const char **at, const char *name, uint64_t *value)
{
    const char *found = strstr(*at, name);
    if (found == nullptr) {
        return false;
    }
    char *end = nullptr;
    *value = strtoull(found + strlen(name), &end, 16);
    *at = end;
    return true;
}

bool record_read(const char **at, cpu_snapshot *out)
{
    if (!field_read(at, "PC=", &out->pc)) {
        return false;
    }
    for (uint32_t i = 0; i < out->x.size(); i++) {
        const char name[] = {'X', static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10), '=',
                             '\0'};
        if (!field_read(at, name, &out->x[i])) {
            return false;
        }
    }
    return field_read(at, "SP=", &out->sp) && field_read(at, "PSTATE=", &out->pstate);
}

} // namespace

std::vector<cpu_snapshot> qemu_trace_read(const std::string &path)
{
    std::ifstream stream(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    std::vector<cpu_snapshot> records;
    const char *at = text.c_str();
    cpu_snapshot record;
    while (record_read(&at, &record)) {
        records.push_back(record);
    }
    return records;
}

} // namespace differential
