// SPDX-License-Identifier: BSD-3-Clause
//
// The oracle itself: one test per sentence of checker.md, "Events", "Sweeps" and "Traces without a CPU", each
// with its twin that differs in one event; and the theorem, that granules alone find what the joint
// enumeration finds first, over every word of small alphabets and over random traces.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/property/checker_generator.hpp"
#include "tests/property/enumerator.hpp"

namespace {

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
const uint64_t SLOWER = 20; // sanitizers and unoptimised builds do a part of the work
#else
const uint64_t SLOWER = 1;
#endif

const size_t STATES_MAX = 1U << 17; // a handful of random traces has more
const uint64_t RANDOM_TRACES = 10000 / SLOWER;

// The findings as text, joined by "; ", or "ok". Agents: ns and os share domain 0, os being on PE 1; al is
// the alias, nb the buffered and nc the unbuffered non-cacheable agent of PE 0, dev is non-cacheable on PE 1.
std::string judge(const std::string &events, const std::string &header = "")
{
    const trace_program program = trace_parse(
        header + "agent ns wb\nagent al wb-alias\nagent nc nc\nagent nb nc-buffered\nagent dev nc pe=1\n" +
        events);
    std::string text;
    for (enumerator_finding finding : enumerate_granules(program).findings) {
        std::string one = enumerator_finding_text(program, finding);
        text += (text.empty() ? "" : "; ") + one.substr(one.find(' ') + 1);
    }
    return text.empty() ? "ok" : text;
}

std::string judge_two_pes(const std::string &events)
{
    return judge(events, "agent os wb pe=1\n");
}

TEST(enumerator, a_write_may_stay_in_the_cache)
{
    EXPECT_EQ("stale-read agent=nc pa=0x8000 bytes=8", judge("ns w 0x8000 8\nnc r 0x8000 8\n"));
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns cvac 0x8000\nns dsb\nnc r 0x8000 8\n"));
}

TEST(enumerator, only_a_dsb_completes_maintenance_for_others)
{
    const std::string missing = "missing-barrier agent=nc pa=0x8000 bytes=8";
    EXPECT_EQ(missing, judge("ns w 0x8000 8\nns civac 0x8000\nnc r 0x8000 8\n"));
    EXPECT_EQ(missing, judge("ns w 0x8000 8\nns civac 0x8000\nns smc\nnc r 0x8000 8\n"));
    EXPECT_EQ("missing-barrier agent=dev pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nns civac 0x8000\nns dmb\ndev r 0x8000 8\n"));
    EXPECT_EQ(missing, judge("ns w 0x8000 8\nns civac 0x8000\ndev dsb\nnc r 0x8000 8\n"));
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns civac 0x8000\nnc dsb\ndev r 0x8000 8\n"));
}

TEST(enumerator, a_dmb_completes_maintenance_before_the_next_access_of_the_pe)
{
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns civac 0x8000\nns dmb\nnc r 0x8000 8\n"));
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns cvac 0x8000\nnc dmb\nns r 0x9000 8\ndev r 0x8000 8\n"));
    // A buffered store is no such access: it queues behind.
    EXPECT_EQ("missing-barrier agent=dev pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nns cvac 0x8000\nns dmb\nns w.nc 0x9000 8\ndev r 0x8000 8\n"));
}

TEST(enumerator, the_next_access_to_the_line_completes_va_operations_on_it)
{
    EXPECT_EQ("ok", judge("ns r 0x8000 8\nnc w 0x8000 8\nns ivac 0x8000\nns r 0x8000 8\n"));
    // Other bytes of the line do as well; another PE of the domain, or another line, does not.
    EXPECT_EQ("ok", judge("ns r 0x8000 8\nnc w 0x8000 8\nns ivac 0x8000\nns r 0x8020 8\nns r 0x8000 8\n"));
    EXPECT_EQ(
        "missing-barrier agent=os pa=0x8000 bytes=8",
        judge_two_pes("ns unmap 0x8000 64\nns r 0x8000 8\nnc w 0x8000 8\nns ivac 0x8000\nos r 0x8000 8\n"));
}

TEST(enumerator, operations_on_a_line_keep_their_order_and_complete_each_other_not)
{
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns cvac 0x8000\nns ivac 0x8000\nns dsb\nnc r 0x8000 8\n"));
    EXPECT_EQ("lost-write agent=nc pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nns ivac 0x8000\nns cvac 0x8000\nns dsb\nnc r 0x8000 8\n"));
    EXPECT_EQ("missing-barrier agent=nc pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nns cvac 0x8000\nns ivac 0x8000\nnc r 0x8000 8\n"));
}

TEST(enumerator, a_dirty_line_left_may_be_written_back_over_newer_bytes)
{
    EXPECT_EQ("clobber agent=nc pa=0x8000 bytes=8", judge("ns w 0x8000 8\nnc w 0x8000 8\nnc r 0x8000 8\n"));
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns cvac 0x8000\nns dsb\nnc w 0x8000 8\nnc r 0x8000 8\n"));
}

TEST(enumerator, neighbours_in_a_line_share_its_fate)
{
    const std::string both = "ns w 0x8008 8\nnc w 0x8000 8\nns ivac 0x8000\nns dsb\n";
    EXPECT_EQ("lost-write agent=ns pa=0x8008 bytes=8", judge(both + "ns r 0x8008 8\n"));
    EXPECT_EQ("clobber agent=ns pa=0x8000 bytes=8", judge(both + "ns r 0x8000 8\n"));
    // One finding per read: the first stale byte, all stale bytes, the first rule that applies to any.
    EXPECT_EQ("clobber agent=ns pa=0x8000 bytes=16", judge(both + "ns r 0x8000 16\n"));
    EXPECT_EQ("clobber agent=ns pa=0x8000 bytes=8",
              judge("ns w 0x8008 8\nnc w 0x8000 8\nns civac 0x8000\nns dsb\nns r 0x8000 16\n"));
    EXPECT_EQ("ok", judge("ns w 0x8048 8\nnc w 0x8000 8\nns civac 0x8000\nns dsb\nns r 0x8000 16\n"));
}

TEST(enumerator, buffered_stores_are_seen_by_their_pe_alone_until_drained)
{
    EXPECT_EQ("ok", judge("nb w 0x8000 8\nnc r 0x8000 8\nns r.nc 0x8000 8\n"));
    EXPECT_EQ("missing-barrier agent=dev pa=0x8000 bytes=8", judge("nb w 0x8000 8\ndev r 0x8000 8\n"));
    // A cacheable read does not look into the queue.
    const std::string never_filled = "ns unmap 0x8000 64\nns ivac 0x8000\nns dsb\n";
    EXPECT_EQ("missing-barrier agent=ns pa=0x8000 bytes=8",
              judge(never_filled + "ns w.nc 0x8000 8\nns r 0x8000 8\n"));
    EXPECT_EQ("ok", judge(never_filled + "ns w.nc 0x8000 8\nns dmb\nns r 0x8000 8\n"));
    EXPECT_EQ("ok", judge("nb w 0x8000 8\nns dsb\ndev r 0x8000 8\n"));
    EXPECT_EQ("ok", judge("nb w 0x8000 8\nnb w 0x8000 8\nnc w 0x8000 8\ndev r 0x8000 8\n"));
}

TEST(enumerator, what_a_dmb_separates_takes_effect_in_order)
{
    const std::string both = "ns w 0x8000 8\nns dsb\nns civac 0x8000\n";
    // The flag is written after the maintenance; who sees the new flag must see the data. The verdict is per
    // byte and does not condition on the flag, so the flag itself is the finding.
    EXPECT_EQ("missing-barrier agent=dev pa=0x9000 bytes=8; missing-barrier agent=dev pa=0x8000 bytes=8",
              judge(both + "ns dmb\nns w.nc 0x9000 8\ndev r 0x9000 8\ndev r 0x8000 8\n"));
    // An unbuffered store after the DMB waits for it.
    EXPECT_EQ("ok", judge(both + "ns dmb\nnc w 0x9000 8\ndev r 0x9000 8\ndev r 0x8000 8\n"));
    EXPECT_EQ("missing-barrier agent=dev pa=0x8000 bytes=8",
              judge(both + "nc w 0x9000 8\ndev r 0x9000 8\ndev r 0x8000 8\n"));
}

TEST(enumerator, domains_meet_in_dram_alone)
{
    EXPECT_EQ("stale-read agent=al pa=0x8000 bytes=8", judge("ns w 0x8000 8\nal r 0x8000 8\n"));
    EXPECT_EQ("stale-read agent=al pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nns cvac 0x8000\nns dsb\nal r 0x8000 8\n"));
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns cvac 0x8000\nns dsb\nal ivac 0x8000\nal dsb\nal r 0x8000 8\n"));
    // An operation reaches the copies of its own domain only.
    EXPECT_EQ("stale-read agent=al pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nns cvac 0x8000\nns dsb\nns ivac 0x8000\nns dsb\nal r 0x8000 8\n"));
}

TEST(enumerator, a_complete_sweep_is_certain_after_a_dsb_only)
{
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns dsb\nns csw\nns dsb\nnc r 0x8000 8\n"));
    EXPECT_EQ("stale-read agent=nc pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nns csw\nns dsb\nnc r 0x8000 8\n"));
    EXPECT_EQ("missing-barrier agent=nc pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nns dsb\nns csw\nns dmb\nnc r 0x8000 8\n"));
    EXPECT_EQ("stale-read agent=nc pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nns dsb\nns csw\nns dsb\nnc r 0x8000 8\n", "elsewhere\n"));
    EXPECT_EQ("stale-read agent=nc pa=0x8000 bytes=8",
              judge_two_pes("ns w 0x8000 8\nns dsb\nns csw\nns dsb\nnc r 0x8000 8\n"));
    // Accesses to other lines, sweeps, map and unmap touch nothing.
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns dsb\nns r 0x9000 8\nns unmap 0x8000 8\nns csw\nns csw\nns dsb\n"
                          "nc r 0x8000 8\n"));
}

TEST(enumerator, an_unmapped_line_is_filled_by_explicit_accesses_only)
{
    const std::string stale = "stale-read agent=ns pa=0x8000 bytes=8";
    const std::string empty = "ns unmap 0x8000 64\nns ivac 0x8000\nns dsb\n";
    EXPECT_EQ("ok", judge(empty + "nc w 0x8000 8\nns r 0x8000 8\n"));
    EXPECT_EQ(stale, judge(empty + "ns map 0x8010 1\nnc w 0x8000 8\nns r 0x8000 8\n"));
    EXPECT_EQ(stale, judge(empty + "ns r 0x8000 8\nnc w 0x8000 8\nns r 0x8000 8\n"));
    // What was filled before stays; another domain is not concerned.
    EXPECT_EQ(stale, judge("ns unmap 0x8000 64\nnc w 0x8000 8\nns r 0x8000 8\n"));
    EXPECT_EQ("stale-read agent=al pa=0x8000 bytes=8", judge(empty + "nc w 0x8000 8\nal r 0x8000 8\n"));
}

TEST(enumerator, zva_writes_the_whole_line)
{
    EXPECT_EQ("stale-read agent=nc pa=0x8038 bytes=8", judge("ns zva 0x8010\nnc r 0x8038 8\n"));
    EXPECT_EQ("ok", judge("ns zva 0x8010\nnc r 0x8040 8\n"));
}

TEST(enumerator, the_end_asks_for_the_newest_version_anywhere)
{
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nend\n"));
    EXPECT_EQ("ok", judge("nb w 0x8000 8\nend\n"));
    EXPECT_EQ("lost-write pa=0x8000 bytes=8", judge("ns w 0x8000 8\nns ivac 0x8000\nend\n"));
    EXPECT_EQ("lost-write pa=0x8000 bytes=8; lost-write pa=0x8048 bytes=8",
              judge("ns w 0x8048 8\nns w 0x8000 8\nns dsb\nns isw\nend\n"));
    // Overwritten before anyone reads: legal.
    EXPECT_EQ("ok", judge("ns w 0x8000 8\nns ivac 0x8000\nns dsb\nnc w 0x8000 8\nend\n"));
}

TEST(enumerator, after_a_finding_the_run_goes_on_without_its_stale_states)
{
    EXPECT_EQ("stale-read agent=nc pa=0x8000 bytes=8",
              judge("ns w 0x8000 8\nnc r 0x8000 8\nnc r 0x8000 8\n"));
    // Each granule by itself: the neighbour's states stay, though they are those of the same line.
    EXPECT_EQ("stale-read agent=nc pa=0x8000 bytes=8; stale-read agent=nc pa=0x8008 bytes=8",
              judge("ns w 0x8000 16\nnc r 0x8000 8\nnc r 0x8008 8\n"));
}

TEST(enumerator, the_text_of_a_trace_reads_back)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        const trace_program program = random_trace(seed);
        const std::string text = trace_text(program);
        const trace_program again = trace_parse(text);
        EXPECT_EQ(text, trace_text(again));
        for (size_t i = 0; i < program.events.size(); i++) {
            EXPECT_EQ(program.events[i].text_line, again.events.at(i).text_line);
        }
    }
}

TEST(enumerator, shrinking_keeps_what_breaks_the_law)
{
    const auto clobbers = [](const trace_program &program) {
        const auto findings = enumerate_granules(program).findings;
        return std::any_of(findings.begin(), findings.end(),
                           [](const enumerator_finding &finding) { return finding.rule == "clobber"; });
    };
    uint64_t seed = 1;
    while (!clobbers(random_trace(seed))) {
        seed++;
    }
    const trace_program small = trace_shrink(random_trace(seed), clobbers);
    EXPECT_TRUE(clobbers(small));
    EXPECT_LE(small.events.size(), 3U) << trace_text(small); // write, write of another observer, read
}

struct factoring {
    uint64_t violating = 0;
    uint64_t joint_skipped = 0;
};

// The law of the theorem: same event, same bytes.
void factoring_check(const trace_program &program, factoring &count)
{
    const enumerator_result joint = enumerate_joint(program, STATES_MAX);
    if (!joint.complete) {
        count.joint_skipped++;
        return;
    }
    std::vector<enumerator_finding> first = enumerate_granules(program).findings;
    while (!first.empty() && first.back().event != first.front().event) {
        first.pop_back();
    }
    for (enumerator_finding &finding : first) {
        finding.rule.clear();
    }
    EXPECT_EQ(joint.findings.size(), first.size()) << trace_text(program);
    EXPECT_TRUE(joint.findings == first) << trace_text(program);
    count.violating += joint.findings.empty() ? 0 : 1;
}

// How many of all words up to this length have a finding.
void family_check(const char *name, size_t length_max, size_t violating_expected)
{
    factoring count;
    exhaustive_family family = exhaustive_family_of(name);
    family.length_max = length_max;
    exhaustive_visit(family, [&](const trace_program &program) {
        factoring_check(program, count);
        return !testing::Test::HasFailure();
    });
    EXPECT_EQ(0U, count.joint_skipped);
    EXPECT_EQ(violating_expected, count.violating);
}

// The counts published with the first prototype (299,592 words of one line, 54,240 of two: 77,188 and 4,836
// with a finding) are of a machine in which a VA operation completed the one before it on the same line; with
// that one wait added the enumerator counts exactly these. checker.md says that none completes another.
TEST(enumerator_theorem, one_line)
{
    family_check("one line", SLOWER > 1 ? 4 : 6, SLOWER > 1 ? 630 : 79312);
}

TEST(enumerator_theorem, two_lines)
{
    family_check("two lines", SLOWER > 1 ? 3 : 4, SLOWER > 1 ? 172 : 4848);
}

TEST(enumerator_theorem, two_granules)
{
    family_check("two granules", 4, 2680);
}

TEST(enumerator_theorem, buffered_stores)
{
    family_check("buffered stores", 4, 2938);
}

TEST(enumerator_theorem, barriers)
{
    family_check("barriers", 4, 876);
}

TEST(enumerator_theorem, sweeps)
{
    family_check("sweeps", 4, 1956);
}

TEST(enumerator_theorem, two_domains)
{
    family_check("two domains", 4, 1984);
}

TEST(enumerator_theorem, two_pes)
{
    family_check("two PEs", 4, 1663);
}

TEST(enumerator_theorem, mapping)
{
    family_check("mapping", 4, 866);
}

TEST(enumerator_theorem, random_traces)
{
    factoring count;
    for (uint64_t seed = 1; seed <= RANDOM_TRACES && !testing::Test::HasFailure(); seed++) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        factoring_check(random_trace(seed), count);
    }
    EXPECT_GT(count.violating, RANDOM_TRACES / 4);
    EXPECT_LT(count.violating, RANDOM_TRACES * 3 / 4);
    EXPECT_LE(count.joint_skipped, RANDOM_TRACES / 1000);
}

} // namespace
