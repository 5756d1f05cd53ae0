// SPDX-License-Identifier: BSD-3-Clause
//
// Law: the checker's verdict is the brute-force enumeration's. Up to and including the first finding it is
// compared with the joint enumeration of every legal execution; all findings and their rules, with the
// enumeration of each granule alone (checker.md, "After a finding"). Every word over small alphabets, and
// random traces over one and two domains, one and two PEs, sub-line granules, buffered stores, sweeps of
// every reach and range, DMB, mapping. A disagreement prints the seed and the shrunk trace.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/property/checker_generator.hpp"
#include "tests/property/checker_product.hpp"
#include "tests/property/enumerator.hpp"

namespace {

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
const uint64_t SLOWER = 20; // sanitizers and unoptimised builds do a part of the work
#else
const uint64_t SLOWER = 1;
#endif

const size_t STATES_MAX = 1U << 17; // a handful of random traces has more joint states: granules only
const uint64_t RANDOM_TRACES = 12000 / SLOWER;
const uint64_t RANDOM_PARTS = 4; // tests of their own, so that they run side by side

std::string findings_text(const trace_program &program, const std::vector<enumerator_finding> &findings)
{
    std::string text;
    for (const enumerator_finding &finding : findings) {
        text += enumerator_finding_text(program, finding) + "\n";
    }
    return text;
}

// The findings of the first event that has any, without rules: what the joint enumeration tells.
std::vector<enumerator_finding> first_findings(std::vector<enumerator_finding> findings)
{
    while (!findings.empty() && findings.back().event != findings.front().event) {
        findings.pop_back();
    }
    for (enumerator_finding &finding : findings) {
        finding.rule.clear();
    }
    return findings;
}

struct comparison {
    std::string difference; // empty if there is none
    bool joint = true;      // the joint enumeration was small enough to be compared
};

using checked = product_result (*)(const trace_program &);

product_result as_text(const trace_program &program)
{
    return product_check(program, trace_text(program));
}

comparison compare(const trace_program &program, checked product_of)
{
    const product_result product = product_of(program);
    if (!product.error.empty()) {
        return {"the checker says: " + product.error + "\n", true};
    }
    const enumerator_result joint = enumerate_joint(program, STATES_MAX);
    const std::vector<enumerator_finding> first = first_findings(product.findings);
    if (joint.complete && !(first == joint.findings)) {
        return {"joint enumeration, first finding:\n" + findings_text(program, joint.findings) +
                    "checker:\n" + findings_text(program, first),
                true};
    }
    const enumerator_result granules = enumerate_granules(program);
    if (!(product.findings == granules.findings)) {
        return {"granules enumerated alone:\n" + findings_text(program, granules.findings) + "checker:\n" +
                    findings_text(program, product.findings),
                joint.complete};
    }
    return {"", joint.complete};
}

// Says whether the checker agrees; if not, fails with the smallest trace that shows it.
bool agrees(const trace_program &program, const std::string &origin, uint64_t &joint_skipped,
            checked product_of = as_text)
{
    const comparison compared = compare(program, product_of);
    joint_skipped += compared.joint ? 0 : 1;
    if (compared.difference.empty()) {
        return true;
    }
    const trace_program small = trace_shrink(program, [&](const trace_program &candidate) {
        return !compare(candidate, product_of).difference.empty();
    });
    ADD_FAILURE() << origin << "\n"
                  << trace_text(program) << "shrunk:\n"
                  << trace_text(small) << compare(small, product_of).difference;
    return false;
}

class checker_brute_exhaustive : public testing::TestWithParam<std::string> {};

TEST_P(checker_brute_exhaustive, agrees_on_every_word)
{
    exhaustive_family family = exhaustive_family_of(GetParam());
    family.length_max -= SLOWER > 1 ? 1 : 0;
    uint64_t joint_skipped = 0;
    exhaustive_visit(family, [&](const trace_program &program) {
        return agrees(program, "a word of \"" + family.name + "\"", joint_skipped);
    });
    EXPECT_EQ(0U, joint_skipped);
}

std::vector<std::string> family_names()
{
    std::vector<std::string> names;
    for (const exhaustive_family &family : exhaustive_families()) {
        names.push_back(family.name);
    }
    return names;
}

std::string family_test_name(const testing::TestParamInfo<std::string> &info)
{
    std::string name = info.param;
    std::replace(name.begin(), name.end(), ' ', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(families, checker_brute_exhaustive, testing::ValuesIn(family_names()),
                         family_test_name);

class checker_brute_random : public testing::TestWithParam<uint64_t> {};

TEST_P(checker_brute_random, agrees)
{
    uint64_t joint_skipped = 0;
    for (uint64_t seed = 1 + GetParam(); seed <= RANDOM_TRACES; seed += RANDOM_PARTS) {
        if (!agrees(random_trace(seed), "seed " + std::to_string(seed), joint_skipped)) {
            return;
        }
    }
    EXPECT_LE(joint_skipped, RANDOM_TRACES / RANDOM_PARTS / 1000);
}

TEST_P(checker_brute_random, agrees_on_sweeps)
{
    uint64_t joint_skipped = 0;
    for (uint64_t seed = 1 + GetParam(); seed <= RANDOM_TRACES / 2; seed += RANDOM_PARTS) {
        if (!agrees(random_sweep_trace(seed), "sweep seed " + std::to_string(seed), joint_skipped,
                    product_check_events)) {
            return;
        }
    }
    EXPECT_LE(joint_skipped, RANDOM_TRACES / RANDOM_PARTS / 200);
}

INSTANTIATE_TEST_SUITE_P(seeds, checker_brute_random, testing::Range<uint64_t>(0, RANDOM_PARTS));

} // namespace
