// SPDX-License-Identifier: BSD-3-Clause
//
// The rules by which QEMU 7.2's answers are corrected to the architecture's. None looks at what our core
// says: each computes the syndrome from QEMU's own answers to other accesses. Arm ARM, "ESR_ELx, Exception
// Syndrome Register", "Synchronous exception prioritization", pseudocode functions AArch64.S1Translate and
// AArch64.CheckPCAlignment.
#include "tests/differential/syndromes.hpp"

#include <set>
#include <sstream>
#include <stdexcept>

namespace differential {

namespace {

constexpr uint64_t ISS_ISV_AND_FIELDS = 0x1ffc000; // ISV, SAS, SSE, SRT, SF, AR
constexpr uint64_t ISS_WNR = 1 << 6;
constexpr uint64_t ISS_CM = 1 << 8;
constexpr uint64_t FSC_ALIGNMENT = 0x21;
constexpr uint64_t FSC_EXTERNAL = 0x10;
constexpr uint64_t EC_PC_ALIGNMENT = 0x22, EC_DATA_ABORT = 0x24, EC_SP_ALIGNMENT = 0x26, EC_SYSTEM = 0x18;
constexpr uint64_t IL = 1 << 25;
constexpr uint64_t PAR_F = 1;
constexpr uint64_t PAR_SH = 3 << 7;
constexpr uint64_t PAR_SH_OUTER = 2 << 7;

const char *const why_isv = "ISV and what it covers are 0 for aborts of stage 1, in ESR_EL2 too";
const char *const why_maintenance = "QEMU translates nothing for cache maintenance by VA";
const char *const why_pc = "a misaligned PC comes before the fault of its page";
const char *const why_device = "QEMU 7.2 allows unaligned accesses, and DC ZVA, to Device memory";
const char *const why_sp = "QEMU does not check the alignment of SP";
const char *const why_par = "PAR_EL1.SH of Device and Non-cacheable memory is Outer Shareable";
const char *const why_far = "QEMU tells an aligned part of the access; FAR is where it begins";
const char *const why_reserved = "level 0 has no blocks with a granule of 4 KiB";
const char *const why_daif = "QEMU 7.2 swaps op1 and op2 of a trapped MSR (immediate)";

bool begins(const std::string &text, const char *with)
{
    return text.compare(0, std::string(with).size(), with) == 0;
}

bool one_of(const std::string &text, const std::set<std::string> &names)
{
    return names.count(text) != 0;
}

bool stores(const std::string &what)
{
    return begins(what, "st") || what == "zva";
}

uint32_t access_size(const std::string &what)
{
    if (one_of(what,
               {"ldrb", "ldrsbx", "ldrsbw", "ldtrsb", "ldarb", "strb", "sttrb", "ldaddalb", "stumaxlb"})) {
        return 1;
    }
    if (one_of(what, {"ldrh", "ldrsh", "strh", "stlrh"})) {
        return 2;
    }
    return one_of(what, {"ldrsw", "ldrw", "strw", "ldpw", "ldpsw", "stppre"}) ? 4 : 8;
}

bool accesses_memory(const std::string &what)
{
    return (begins(what, "ld") || begins(what, "st")) && what != "prfm";
}

uint64_t accessed(const std::string &what, const syndrome &one)
{
    return one.x[0] + (one_of(what, {"ldrpre", "strpre", "ldur", "stppre"}) ? 16 : 0);
}

// The registers as they were: an exception changes none of x0..x3.
std::array<uint64_t, 4> untouched(uint64_t va)
{
    return {va, 0x1111111111111111, 0x2222222222222222, 0x3333333333333333};
}

uint64_t address_of(const syndrome_name &name, const syndromes &all)
{
    return all.at({name.section, "ldrb", name.variant}).x[0];
}

// Another access of the same kind, for what is the same in every abort there: level, ELR, SPSR, vector.
void abort_like(const syndrome_name &name, const syndromes &all, uint64_t class_and_iss, uint64_t far,
                syndrome *answer)
{
    const bool user = begins(name.variant, "/user");
    const syndrome &model = all.at({"l3-invalid", "ldrb", user ? "/user" : ""});
    *answer = model;
    answer->esr = class_and_iss + ((model.exception_class() & 1) << 26);
    answer->far = far;
    answer->x = untouched(address_of(name, all));
}

// A maintenance operation faults as a load does, DC IVAC as a store; CM and WnR say what it was.
const char *maintenance(const syndrome_name &name, const syndromes &all, syndrome *answer)
{
    if (!one_of(name.what, {"civac", "cvac", "cvau", "ivau", "ivac"})) {
        return nullptr;
    }
    const char *like = name.what == "ivac" ? "strb" : "ldrb";
    const syndrome &model = all.at({name.section, like, name.variant});
    if (!model.trapped || model.fault_status() == FSC_EXTERNAL) {
        return nullptr; // what is not there cannot be cleaned: IMPLEMENTATION DEFINED, and not an abort here
    }
    *answer = model;
    answer->esr = (model.esr & ~ISS_ISV_AND_FIELDS) | ISS_CM | ISS_WNR;
    return why_maintenance;
}

const char *device_alignment(const syndrome_name &name, const syndromes &all, syndrome *answer)
{
    if (name.section != "l3-device" && name.section != "l3-device-ro" &&
        name.section != "l3-external-device") {
        return nullptr;
    }
    if (answer->data_abort() && answer->fault_status() == FSC_ALIGNMENT) {
        return nullptr; // exclusives, atomics and ordered accesses are checked by QEMU too
    }
    const uint64_t va = address_of(name, all);
    syndrome before;
    before.x[0] = va;
    const bool misaligned =
        accesses_memory(name.what) && accessed(name.what, before) % access_size(name.what) != 0;
    if (!misaligned && name.what != "zva") {
        return nullptr;
    }
    const uint64_t far = accessed(name.what, before);
    abort_like(name, all, EC_DATA_ABORT << 26 | IL | FSC_ALIGNMENT | (stores(name.what) ? ISS_WNR : 0), far,
               answer);
    return why_device;
}

const char *pc_alignment(const syndrome_name &, const syndromes &, syndrome *answer)
{
    if (!answer->instruction_abort() || answer->elr % 4 == 0) {
        return nullptr;
    }
    answer->esr = EC_PC_ALIGNMENT << 26 | IL;
    answer->far = answer->elr;
    return why_pc;
}

const char *sp_alignment(const syndrome_name &name, const syndromes &all, syndrome *answer)
{
    if (name.section != "sp-unaligned" || name.variant != "/user" || !accesses_memory(name.what)) {
        return nullptr;
    }
    *answer = all.at({"instruction", "udf-0", "/user"});
    answer->esr = EC_SP_ALIGNMENT << 26 | IL;
    answer->x = untouched(0);
    return why_sp;
}

const char *par_shareability(const syndrome_name &name, const syndromes &, syndrome *answer)
{
    if (!begins(name.what, "s1") || answer->trapped || (answer->x[1] & PAR_F) != 0) {
        return nullptr;
    }
    const uint64_t attribute = answer->x[1] >> 56;
    if ((attribute & 0xf0) != 0 && attribute != 0x44) {
        return nullptr;
    }
    answer->x[1] = (answer->x[1] & ~PAR_SH) | PAR_SH_OUTER;
    return why_par;
}

const char *external_address(const syndrome_name &name, const syndromes &, syndrome *answer)
{
    const uint64_t va = accessed(name.what, *answer);
    if (name.section != "cross-external" || !answer->trapped || answer->far / 8 != va / 8 ||
        answer->far == va) {
        return nullptr;
    }
    answer->far = va;
    return why_far;
}

const char *level_0_block(const syndrome_name &name, const syndromes &, syndrome *answer)
{
    constexpr uint64_t ACCESS_FLAG_0 = 0x08, TRANSLATION_0 = 0x04;
    if (name.section != "l0-reserved") {
        return nullptr;
    }
    if (answer->trapped && answer->fault_status() == ACCESS_FLAG_0) {
        answer->esr ^= ACCESS_FLAG_0 ^ TRANSLATION_0;
        return why_reserved;
    }
    const bool translates = begins(name.what, "s1");
    if (translates && !answer->trapped && (answer->x[1] & 0x7f) == (ACCESS_FLAG_0 << 1 | PAR_F)) {
        answer->x[1] ^= (ACCESS_FLAG_0 ^ TRANSLATION_0) << 1;
        return why_reserved;
    }
    return nullptr;
}

const char *isv(const syndrome_name &, const syndromes &, syndrome *answer)
{
    if (!answer->data_abort() || (answer->esr & ISS_ISV_AND_FIELDS) == 0) {
        return nullptr;
    }
    answer->esr &= ~ISS_ISV_AND_FIELDS;
    return why_isv;
}

const char *trapped_daif(const syndrome_name &name, const syndromes &, syndrome *answer)
{
    if (name.section != "control" || !begins(name.what, "msr-daif") || name.what == "msr-daif" ||
        answer->exception_class() != EC_SYSTEM) {
        return nullptr;
    }
    const uint64_t op2 = answer->esr >> 17 & 7;
    const uint64_t op1 = answer->esr >> 14 & 7;
    answer->esr = (answer->esr & ~(7ULL << 17 | 7ULL << 14)) | op1 << 17 | op2 << 14;
    return why_daif;
}

// The last one that applies gives the reason; ISV goes with any of them.
using rule = const char *(*)(const syndrome_name &, const syndromes &, syndrome *);
const rule rules[] = {isv,          maintenance,      level_0_block,    device_alignment, pc_alignment,
                      sp_alignment, par_shareability, external_address, trapped_daif};

} // namespace

const char *const syndrome_reasons[] = {why_isv, why_maintenance, why_pc,       why_device, why_sp,
                                        why_par, why_far,         why_reserved, why_daif};
const uint32_t syndrome_reasons_count = sizeof(syndrome_reasons) / sizeof(syndrome_reasons[0]);

const char *syndrome_correct(const syndrome_name &name, const syndromes &all, syndrome *answer)
{
    const char *reason = nullptr;
    for (const rule one : rules) {
        syndrome corrected = *answer;
        const char *why = one(name, all, &corrected);
        if (why != nullptr && !(corrected == *answer)) {
            *answer = corrected;
            reason = why;
        }
    }
    return reason;
}

syndromes syndromes_read(const std::string &text)
{
    syndromes out;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
        std::istringstream words(line);
        syndrome_name name;
        syndrome one;
        std::string what;
        std::string field;
        words >> name.section >> what;
        const size_t slash = what.find('/');
        name.what = what.substr(0, slash);
        name.variant = slash == std::string::npos ? "" : what.substr(slash);
        const std::map<std::string, uint64_t *> fields = {{"esr", &one.esr},
                                                          {"far", &one.far},
                                                          {"elr", &one.elr},
                                                          {"spsr", &one.spsr},
                                                          {"vector", &one.vector}};
        words >> std::hex;
        while (words >> field && fields.count(field) != 0) {
            one.trapped = true;
            words >> *fields.at(field);
        }
        words >> one.x[0] >> one.x[1] >> one.x[2] >> one.x[3];
        if (field != "x" || words.fail() || !out.emplace(name, one).second) {
            throw std::runtime_error("not a syndrome, or there twice: " + line);
        }
    }
    return out;
}

std::string syndrome_text(const syndrome &one)
{
    std::ostringstream out;
    out << std::hex;
    if (one.trapped) {
        out << "esr " << one.esr << " far " << one.far << " elr " << one.elr << " spsr " << one.spsr
            << " vector " << one.vector;
    }
    out << " x " << one.x[0] << " " << one.x[1] << " " << one.x[2] << " " << one.x[3];
    return out.str();
}

} // namespace differential
