// SPDX-License-Identifier: BSD-3-Clause
//
// A record is ` PC=hex X00=hex ... X30=hex  SP=hex PSTATE=hex flags`; line breaks mean nothing.
#include "tests/differential/qemu_trace.hpp"

#include <cctype>
#include <fstream>
#include <iterator>

namespace differential {

namespace {

// Reads `name=hex` behind *at and moves behind it. Fields of a record follow each other; only spaces and
// other output of QEMU before a record are passed over.
bool field_read(const std::string &text, size_t *at, const std::string &name, uint64_t *value)
{
    const size_t found = text.find(name, *at);
    if (found == std::string::npos) {
        return false;
    }
    *value = 0;
    size_t digit = found + name.size();
    for (; digit < text.size() && isxdigit(static_cast<unsigned char>(text[digit])); digit++) {
        const char c = text[digit];
        *value = *value << 4 | static_cast<uint64_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    *at = digit;
    return true;
}

std::string register_name(uint32_t number)
{
    return {'X', static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10), '='};
}

bool record_read(const std::string &text, size_t *at, cpu_snapshot *out)
{
    if (!field_read(text, at, "PC=", &out->pc)) {
        return false;
    }
    for (uint32_t i = 0; i < out->x.size(); i++) {
        if (!field_read(text, at, register_name(i), &out->x[i])) {
            return false;
        }
    }
    return field_read(text, at, "SP=", &out->sp) && field_read(text, at, "PSTATE=", &out->pstate);
}

} // namespace

std::vector<cpu_snapshot> qemu_trace_read(const std::string &path)
{
    std::ifstream stream(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    std::vector<cpu_snapshot> records;
    size_t at = 0;
    cpu_snapshot record;
    while (record_read(text, &at, &record)) {
        records.push_back(record);
    }
    return records;
}

} // namespace differential
