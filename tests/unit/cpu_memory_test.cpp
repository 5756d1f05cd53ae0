// SPDX-License-Identifier: BSD-3-Clause
//
// Memory as the A64 core uses it: windows and marks, grants, pieces, devices, exclusives, maintenance and
// barriers as requests, instructions that change under it.
#include <gtest/gtest.h>

#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

constexpr uint64_t TCR = 25 | 1 << 8 | 3 << 12 | 1 << 23 | 2ULL << 32;
constexpr uint64_t BLOCK = 1, AF = 1 << 10, ISH = 3 << 8;

// RAM to itself as Normal write-back, the lowest GiB to itself as Device; MMU and caches on.
program mapped(cpu_world &world)
{
    world.put64(cpu_world::TABLES, BLOCK | AF | 1 << 2);
    world.put64(cpu_world::TABLES + 8, cpu_world::RAM | BLOCK | AF | ISH);
    program p;
    p.set(VBAR_EL1, cpu_world::VECTORS)
        .set(MAIR_EL1, 0x00ff)
        .set(TCR_EL1, TCR)
        .set(TTBR0_EL1, cpu_world::TABLES);
    p.set(SCTLR_EL1, 1 | 1 << 2 | 1 << 12)(ISB);
    return p;
}

} // namespace

TEST(cpu_memory, a_store_marks_the_lines_it_touches)
{
    cpu_world world;
    program p = mapped(world);
    p.mov(0, cpu_world::DATA + 0x100).mov(1, 7)(str(1, 0))(str(1, 0)); // the step, then a cell
    p.mov(0, cpu_world::DATA + 0x1fd)(str(1, 0))(strb(1, 0));
    p.mov(0, cpu_world::DATA + 0x2ff)(strb(1, 0));
    p.mov(0, cpu_world::DATA + 0x103c)(str(1, 0))(smc(0)); // the step again, over two lines
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    const uint64_t first = (cpu_world::DATA - cpu_world::RAM) / 64;
    for (uint64_t line = 0; line < 64; line++) {
        const bool touched = line == 4 || line == 7 || line == 8 || line == 11;
        EXPECT_EQ(world.marks[first + line], touched ? 1 : 0) << line;
        EXPECT_EQ(world.marks[first + 64 + line], line < 2 ? 1 : 0) << line;
    }
}

TEST(cpu_memory, a_store_to_uncached_memory_marks_nothing)
{
    cpu_world world; // MMU off: Device
    program p;
    p.mov(0, cpu_world::DATA)(str(1, 0))(str(1, 0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    for (const uint8_t mark : world.marks) {
        ASSERT_EQ(mark, 0);
    }
    EXPECT_TRUE(world.accesses_of(ACCESS_WRITE).empty()) << "the window serves it";
}

TEST(cpu_memory, dc_zva_is_a_store_of_a_block_and_faults_on_device_memory)
{
    cpu_world world;
    memset(world.at(cpu_world::DATA), 0xff, 256);
    program p = mapped(world);
    p.mov(0, cpu_world::DATA + 0x47)(msr(DC_ZVA, 0)).mov(0, cpu_world::DEVICE)(msr(DC_ZVA, 0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.get64(cpu_world::DATA + 0x38), UINT64_MAX);
    EXPECT_EQ(world.get64(cpu_world::DATA + 0x40), 0U);
    EXPECT_EQ(world.get64(cpu_world::DATA + 0x78), 0U);
    EXPECT_EQ(world.get64(cpu_world::DATA + 0x80), UINT64_MAX);
    EXPECT_EQ(world.marks[(cpu_world::DATA - cpu_world::RAM) / 64 + 1], 1);
    EXPECT_EQ(world.sysreg(ESR_EL1), 0x96000061U) << "alignment fault, WnR, not CM";

    struct cpu_config larger = cpu_world::default_config(CPU_MEMORY_GOLDEN, 1);
    larger.dczid_el0 = 5; // 128 bytes
    cpu_world two_lines(larger);
    program r = mapped(two_lines);
    r.mov(0, cpu_world::DATA + 0xff)(msr(DC_ZVA, 0))(smc(0));
    ASSERT_EQ(two_lines.run_program(r), CPU_NEED_SMC);
    for (uint64_t line = 0; line < 6; line++) {
        EXPECT_EQ(two_lines.marks[(cpu_world::DATA - cpu_world::RAM) / 64 + line],
                  line == 2 || line == 3 ? 1 : 0);
    }

    cpu_world asked(CPU_MEMORY_CACHED);
    program q = mapped(asked);
    q.mov(0, cpu_world::DATA + 0x47)(msr(DC_ZVA, 0))(smc(0));
    ASSERT_EQ(asked.run_program(q), CPU_NEED_SMC);
    const auto zva = asked.accesses_of(ACCESS_DC_ZVA);
    ASSERT_EQ(zva.size(), 1U);
    EXPECT_EQ(zva[0].size, 64U);
    EXPECT_EQ(zva[0].pa, cpu_world::DATA + 0x40);
}

TEST(cpu_memory, a_removed_window_is_asked_about_and_its_neighbours_are_not)
{
    cpu_world world;
    world.put64(cpu_world::DATA - 8, 1);
    world.put64(cpu_world::DATA, 2);
    world.put64(cpu_world::DATA + 0x1000, 3);
    program p = mapped(world);
    p.mov(0, cpu_world::DATA)(ldr(1, 0)).mov(5, 1)(smc(0));
    p.mov(0, cpu_world::DATA - 8)(ldr(1, 0)).mov(0, cpu_world::DATA)(ldr(2, 0)).mov(0,
                                                                                    cpu_world::DATA + 0x1000);
    p(ldr(3, 0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_TRUE(world.accesses_of(ACCESS_READ).empty());
    cpu_window_remove(world.cpu, cpu_world::DATA, 1);
    ASSERT_EQ(world.run(), CPU_NEED_SMC);
    EXPECT_EQ(world.x(1), 1U);
    EXPECT_EQ(world.x(2), 2U);
    EXPECT_EQ(world.x(3), 3U);
    const auto reads = world.accesses_of(ACCESS_READ);
    ASSERT_EQ(reads.size(), 1U);
    EXPECT_EQ(reads[0].pa, cpu_world::DATA);
    EXPECT_EQ(reads[0].type, MEMORY_NORMAL_WB);
}

TEST(cpu_memory, code_of_a_removed_window_is_fetched_by_asking)
{
    cpu_world world;
    world.code_kept = false;
    program p;
    p.mov(1, 3)(subs(1, 1, 1))(smc(0))(b_ne(-2))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_TRUE(world.accesses_of(ACCESS_READ, AGENT_FETCH).empty());
    cpu_window_remove(world.cpu, cpu_world::CODE, 0x1000);
    ASSERT_EQ(world.run(), CPU_NEED_SMC);
    EXPECT_EQ(world.x(1), 1U);
    EXPECT_EQ(world.accesses_of(ACCESS_READ, AGENT_FETCH).size(), 3U);
}

TEST(cpu_memory, many_holes_in_a_window_are_still_right)
{
    cpu_world world;
    for (uint64_t page = 0; page < 200; page += 2) {
        cpu_window_remove(world.cpu, cpu_world::DATA + page * 0x1000, 0x1000);
    }
    for (uint64_t page = 0; page < 200; page++) {
        world.put64(cpu_world::DATA + page * 0x1000, page);
    }
    program p = mapped(world);
    p.mov(0, cpu_world::DATA).mov(1, 200).mov(2, 0);
    p(ldr(3, 0))(0x8b030042)(add(0, 0, 0x800))(add(0, 0, 0x800))(subs(1, 1, 1))(b_ne(-5))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(2), 199U * 200 / 2);
    EXPECT_GE(world.accesses_of(ACCESS_READ).size(), 100U);
    EXPECT_LE(world.accesses_of(ACCESS_READ).size(), 200U);
}

TEST(cpu_memory, no_access_crosses_a_line_and_the_bytes_are_right)
{
    for (uint64_t offset = 56; offset < 72; offset++) {
        cpu_world world(CPU_MEMORY_CACHED);
        for (uint64_t i = 0; i < 256; i++) {
            *world.at(cpu_world::DATA + i) = static_cast<uint8_t>(i);
        }
        program p = mapped(world);
        p.mov(0, cpu_world::DATA + offset)(ldp(1, 2, 0))(add(3, 0, 0)).mov(0, cpu_world::DATA + 128 + offset);
        p(stp(1, 2, 0))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        for (uint32_t i = 0; i < 8; i++) {
            EXPECT_EQ(world.x(1) >> 8 * i & 0xff, offset + i);
            EXPECT_EQ(world.x(2) >> 8 * i & 0xff, offset + 8 + i);
        }
        EXPECT_EQ(memcmp(world.at(cpu_world::DATA + offset), world.at(cpu_world::DATA + 128 + offset), 16),
                  0);
        for (const struct access &access : world.accesses) {
            if (access.op == ACCESS_READ || access.op == ACCESS_WRITE) {
                EXPECT_LE(access.pa % 64 + access.size, 64U);
            }
        }
    }
}

TEST(cpu_memory, a_store_whose_second_page_faults_writes_nothing)
{
    cpu_world world(CPU_MEMORY_GOLDEN);
    program p = mapped(world);
    world.put64(cpu_world::RAM + cpu_world::RAM_SIZE - 8, 0x1122334455667788);
    p.mov(0, 0x80000000 - 8); // the last bytes of the mapped GiB: there is no RAM, and no page behind
    p.mov(1, UINT64_MAX)(add(0, 0, 4))(str_post(1, 0, 8));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.sysreg(ESR_EL1), 0x96000045U) << "translation fault, level 1, write";
    EXPECT_EQ(world.sysreg(FAR_EL1), 0x80000000U) << "the part that faulted";
    EXPECT_EQ(world.x(0), 0x80000000U - 4) << "no writeback";
    EXPECT_TRUE(world.accesses_of(ACCESS_WRITE).empty());
}

TEST(cpu_memory, a_load_pair_that_faults_leaves_its_base_and_registers)
{
    cpu_world world(CPU_MEMORY_CACHED);
    program p = mapped(world);
    const uint64_t end = cpu_world::RAM + cpu_world::RAM_SIZE;
    p.mov(0, end - 8).mov(1, 1).mov(2, 2)(0xa8c10801); // ldp x1, x2, [x0], #16
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.sysreg(ESR_EL1), 0x96000010U);
    EXPECT_EQ(world.sysreg(FAR_EL1), end);
    EXPECT_EQ(world.x(0), end - 8);
    EXPECT_EQ(world.x(1), 1U);
    EXPECT_EQ(world.x(2), 2U);
}

TEST(cpu_memory, a_device_sees_each_access_once_and_each_register_of_a_pair)
{
    for (const cpu_memory_mode mode : {CPU_MEMORY_GOLDEN, CPU_MEMORY_CACHED}) {
        cpu_world world(mode);
        world.grants = true;
        program p = mapped(world);
        p.mov(0, cpu_world::DEVICE).mov(1, 0x41).mov(2, 0x42)(str_w(1, 0))(stp(1, 2, 0))(ldr(3, 0))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.device_writes, (std::vector<uint64_t>{0x41, 0x41, 0x42}));
        EXPECT_EQ(world.x(3), 0xd5d5d5d5d5d5d5d5U);
        uint64_t reads = 0;
        for (const struct access &access : world.accesses_of(ACCESS_READ)) {
            reads += access.pa == cpu_world::DEVICE;
        }
        EXPECT_EQ(reads, 1U);
    }
}

TEST(cpu_memory, a_grant_is_asked_once_a_line_and_then_used)
{
    cpu_world world(CPU_MEMORY_CACHED);
    world.grants = true;
    program p = mapped(world);
    p.mov(0, cpu_world::DATA)
        .mov(1, 0x55)(str(1, 0))(str(1, 0, 8))(ldr(2, 0, 8))(ldr(3, 0))(str(1, 0, 64))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(2), 0x55U);
    EXPECT_EQ(world.accesses_of(ACCESS_GRANT_WRITE).size(), 2U);
    ASSERT_EQ(world.accesses_of(ACCESS_GRANT_READ).size(), 1U);
    EXPECT_TRUE(world.accesses_of(ACCESS_READ).empty());
    EXPECT_TRUE(world.accesses_of(ACCESS_WRITE).empty());
    const struct access grant = world.accesses_of(ACCESS_GRANT_READ)[0];
    EXPECT_EQ(grant.pa, cpu_world::DATA);
    EXPECT_EQ(grant.size, 64U);
    EXPECT_EQ(grant.grant_slot, grant_slot(cpu_grants(world.cpu), cpu_world::DATA));
}

TEST(cpu_memory, a_declined_grant_becomes_an_access)
{
    cpu_world world(CPU_MEMORY_CACHED);
    program p = mapped(world);
    p.mov(0, cpu_world::DATA).mov(1, 0x55)(str(1, 0))(ldr(2, 0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(2), 0x55U);
    EXPECT_EQ(world.accesses_of(ACCESS_GRANT_WRITE).size(), 1U);
    EXPECT_EQ(world.accesses_of(ACCESS_WRITE).size(), 1U);
    EXPECT_EQ(world.accesses_of(ACCESS_GRANT_READ).size(), 1U);
    EXPECT_EQ(world.accesses_of(ACCESS_READ).size(), 1U);
}

TEST(cpu_memory, the_halves_of_a_crossing_access_use_the_grants_of_their_lines)
{
    cpu_world world(CPU_MEMORY_CACHED);
    world.grants = true;
    world.put64(cpu_world::DATA + 56, 0x1111111100000000);
    world.put64(cpu_world::DATA + 64, 0x22222222);
    program p = mapped(world);
    p.mov(0, cpu_world::DATA)
        .mov(3, cpu_world::DATA + 60)(ldr(1, 3))(ldr(1, 0))(ldr(1, 0, 64))(ldr(2, 3))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(2), 0x2222222211111111U);
    EXPECT_EQ(world.accesses_of(ACCESS_READ).size(), 2U) << "the first crossing load, before any grant";
    EXPECT_EQ(world.accesses_of(ACCESS_GRANT_READ).size(), 2U);
}

TEST(cpu_memory, a_grant_does_not_outlive_its_translation)
{
    cpu_world world(CPU_MEMORY_CACHED);
    world.grants = true;
    program p = mapped(world);
    p.mov(0, cpu_world::DATA)(ldr(1, 0))(ldr(1, 0)).set(SCTLR_EL1, 1 | 1 << 12)(ldr(1, 0))(smc(0)); // C = 0
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.accesses_of(ACCESS_GRANT_READ).size(), 1U);
    ASSERT_EQ(world.accesses_of(ACCESS_READ).size(), 1U);
    EXPECT_EQ(world.accesses_of(ACCESS_READ)[0].type, MEMORY_NORMAL_NC);
}

// ---- exclusives ----

TEST(cpu_memory, a_store_exclusive_needs_the_monitor_of_its_granule)
{
    const struct {
        const char *what;
        program between;
        uint64_t store_offset;
        uint64_t status;
    } rows[] = {
        {"nothing", {}, 0, 0},
        {"the same granule", {}, 56, 0},
        {"another granule", {}, 64, 1},
        {"CLREX", {CLREX}, 0, 1},
        {"a store-exclusive before", {stxr(5, 1, 0)}, 0, 1},
        {"an exception and its return", {svc(0)}, 0, 1},
    };
    for (const cpu_memory_mode mode : {CPU_MEMORY_GOLDEN, CPU_MEMORY_CACHED}) {
        for (const auto &row : rows) {
            cpu_world world(mode);
            world.words(cpu_world::VECTORS + 0x200, {ERET});
            program p = mapped(world);
            p.mov(0, cpu_world::DATA).mov(1, 0x77).mov(2, cpu_world::DATA + row.store_offset)(ldxr(3, 0));
            p.append(row.between)(stxr(4, 1, 2))(smc(0));
            ASSERT_EQ(world.run_program(p), CPU_NEED_SMC) << row.what;
            EXPECT_EQ(world.x(4), row.status) << row.what;
            if (row.store_offset != 0) {
                EXPECT_EQ(world.get64(cpu_world::DATA + row.store_offset), row.status == 0 ? 0x77U : 0U)
                    << row.what;
            }
        }
    }
    cpu_world world;
    program p = mapped(world);
    p.mov(0, cpu_world::DATA)(stxr(4, 1, 0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(4), 1U) << "never armed";
}

TEST(cpu_memory, exclusive_and_ordered_accesses_must_be_aligned)
{
    for (const uint32_t word : {ldxr(1, 0), stxr(2, 1, 0), ldar(1, 0), stlr(1, 0)}) {
        cpu_world world;
        program p = mapped(world);
        p.mov(0, cpu_world::DATA + 4)(word);
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.sysreg(ESR_EL1) & ~0x40ULL, 0x96000021U) << std::hex << word;
    }
}

// ---- maintenance and barriers ----

TEST(cpu_memory, maintenance_goes_out_with_address_line_and_attributes)
{
    for (const cpu_memory_mode mode : {CPU_MEMORY_GOLDEN, CPU_MEMORY_CACHED}) {
        cpu_world world(mode);
        program p = mapped(world);
        p.mov(0, cpu_world::DATA + 0x47)(msr(DC_CVAC, 0))(msr(DC_CVAU, 0))(msr(DC_CIVAC, 0))(msr(DC_IVAC, 0));
        p(msr(IC_IVAU, 0))(msr(IC_IALLU, 31)).mov(1, 0x40000002)(msr(DC_ISW, 1))(msr(DC_CISW, 1))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        for (const access_op op :
             {ACCESS_DC_CVAC, ACCESS_DC_CVAU, ACCESS_DC_CIVAC, ACCESS_DC_IVAC, ACCESS_IC_IVAU}) {
            const auto found = world.accesses_of(op);
            ASSERT_EQ(found.size(), 1U) << access_op_text(op);
            EXPECT_EQ(found[0].pa, cpu_world::DATA + 0x40);
            EXPECT_EQ(found[0].va, cpu_world::DATA + 0x47);
            EXPECT_EQ(found[0].size, 64U);
            EXPECT_EQ(found[0].type, MEMORY_NORMAL_WB);
            EXPECT_EQ(found[0].shareability, SHAREABILITY_INNER);
        }
        EXPECT_EQ(world.accesses_of(ACCESS_IC_IALLU).size(), 1U);
        ASSERT_EQ(world.accesses_of(ACCESS_DC_ISW).size(), 1U);
        EXPECT_EQ(world.accesses_of(ACCESS_DC_ISW)[0].operand, 0x40000002U);
        EXPECT_EQ(world.accesses_of(ACCESS_DC_CISW).size(), 1U);
        EXPECT_EQ(world.events_of(EVENT_CPU_DC_VA).size(), 4U);
        EXPECT_EQ(world.events_of(EVENT_CPU_DC_SET_WAY).size(), 2U);
        EXPECT_EQ(world.events_of(EVENT_CPU_IC).size(), 2U);
    }
}

TEST(cpu_memory, a_hypervisor_turns_invalidation_into_cleaning_at_el1_only)
{
    const struct {
        uint64_t hcr;
        uint8_t el;
        access_op by_va, by_set_way;
    } rows[] = {
        {0, 1, ACCESS_DC_IVAC, ACCESS_DC_ISW},         {1, 1, ACCESS_DC_CIVAC, ACCESS_DC_CISW}, // VM
        {1 << 12, 1, ACCESS_DC_CIVAC, ACCESS_DC_CISW},                                          // DC
        {2, 1, ACCESS_DC_IVAC, ACCESS_DC_CISW},                                                 // SWIO
        {2 | 1, 2, ACCESS_DC_IVAC, ACCESS_DC_ISW},
    };
    for (const auto &row : rows) {
        struct cpu_config config = cpu_world::default_config(CPU_MEMORY_GOLDEN, row.el);
        config.hcr_el2 = row.hcr;
        cpu_world world(config);
        program p;
        p.mov(0, cpu_world::DATA)(msr(DC_IVAC, 0))(msr(DC_ISW, 0))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.accesses_of(row.by_va).size(), 1U) << row.hcr;
        EXPECT_EQ(world.accesses_of(row.by_set_way).size(), 1U) << row.hcr;
    }
}

TEST(cpu_memory, dc_ivac_needs_write_permission_and_cleaning_does_not)
{
    cpu_world world;
    program p = mapped(world);
    world.put64(cpu_world::TABLES + 16,
                cpu_world::RAM | BLOCK | AF | ISH | 1 << 7); // read only at 0x80000000
    p.mov(0, 0x80020000)(msr(DC_CVAC, 0))(msr(DC_CIVAC, 0))(msr(DC_IVAC, 0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.accesses_of(ACCESS_DC_CIVAC).size(), 1U);
    EXPECT_EQ(world.accesses_of(ACCESS_DC_IVAC).size(), 0U);
    EXPECT_EQ(world.sysreg(ESR_EL1), 0x9600014dU) << "permission fault, level 1, CM, WnR";
    EXPECT_EQ(world.sysreg(FAR_EL1), 0x80020000U);
}

TEST(cpu_memory, barriers_go_out_with_their_option)
{
    cpu_world world;
    program p = {DSB_SY, DMB_ISH, ISB, smc(0)};
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    ASSERT_EQ(world.accesses.size(), 3U);
    EXPECT_EQ(world.accesses[0].op, ACCESS_DSB);
    EXPECT_EQ(world.accesses[0].operand, 15U);
    EXPECT_EQ(world.accesses[1].op, ACCESS_DMB);
    EXPECT_EQ(world.accesses[1].operand, 11U);
    EXPECT_EQ(world.accesses[2].op, ACCESS_ISB);
    EXPECT_EQ(world.accesses[1].position, 1U);
    EXPECT_EQ(world.accesses[1].pc, cpu_world::CODE + 4);
    EXPECT_EQ(world.events_of(EVENT_CPU_BARRIER).size(), 3U);
}

// ---- instructions that change ----

TEST(cpu_memory, golden_mode_executes_what_was_stored_last)
{
    for (const uint64_t distance : {0x10ULL, 0x1000ULL}) { // in the same line, and in another page
        cpu_world world;
        program p = mapped(world);
        const uint64_t target = cpu_world::CODE + 0x800 + distance;
        if (distance == 0x10) {
            world.words(cpu_world::CODE + 0x800, {blr(2), add(5, 1, 0), str_w(3, 2), b(5)});
            world.words(cpu_world::CODE + 0x820, {blr(2), smc(0)});
        } else {
            world.words(cpu_world::CODE + 0x800, {blr(2), add(5, 1, 0), str_w(3, 2), blr(2), smc(0)});
        }
        world.words(target, {movz(1, 1), RET});
        p.mov(2, target).mov(3, movz(1, 2)).mov(4, cpu_world::CODE + 0x800)(br(4));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.x(5), 1U);
        EXPECT_EQ(world.x(1), 2U) << distance;
    }
}

// A page that held code and was overwritten is data again: its stores go fast, and what is stored there runs
// again.
TEST(cpu_memory, a_page_changes_between_code_and_data)
{
    cpu_world world;
    program p = mapped(world);
    const uint64_t target = cpu_world::CODE + 0x1000;
    p.mov(2, target).mov(5, RET).mov(6, 0);
    for (uint32_t round = 1; round <= 4; round++) {
        p.mov(3, static_cast<uint64_t>(RET) << 32 | movz(1, round))(str(3, 2))(str(3, 2))(blr(2));
        p(0x8b0100c6); // add x6, x6, x1
    }
    p(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(6), 1U + 2 + 3 + 4);
}

// The instruction cache of cached mode belongs to the caller: the core executes a line until it is told
// otherwise.
TEST(cpu_memory, cached_mode_executes_the_old_line_until_it_is_invalidated)
{
    for (const bool kept : {true, false}) {
        cpu_world world(CPU_MEMORY_CACHED);
        world.code_kept = kept;
        program p = mapped(world);
        const uint64_t target = cpu_world::CODE + 0x1000;
        world.words(target, {movz(1, 1), RET});
        p.mov(2, target).mov(3, movz(1, 2))(blr(2))(str_w(3, 2))(blr(2))(smc(0))(blr(2))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.x(1), kept ? 1U : 2U);
        cpu_code_line_invalidate(world.cpu, target + 32);
        ASSERT_EQ(world.run(), CPU_NEED_SMC);
        EXPECT_EQ(world.x(1), 2U);
    }
}

TEST(cpu_memory, lines_that_may_not_be_kept_are_fetched_for_each_instruction)
{
    cpu_world world(CPU_MEMORY_CACHED);
    world.code_kept = false;
    program p;
    p.mov(1, 10)(subs(1, 1, 1))(b_ne(-1))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.accesses_of(ACCESS_READ, AGENT_FETCH).size(), cpu_retired(world.cpu));
    EXPECT_EQ(cpu_retired(world.cpu), 22U);
}

// Decoded pages are recycled; nothing may lead to what was there before.
TEST(cpu_memory, more_code_than_decoded_pages_still_runs)
{
    constexpr uint32_t PAGES = 1600;
    cpu_world world;
    std::vector<uint8_t> code(PAGES * 0x1000);
    for (uint32_t page = 0; page < PAGES; page++) { // adds its number, goes x4 bytes further until x1 is 0
        const uint32_t words[] = {add(3, 3, page), subs(1, 1, 1), b_ne(2), smc(0), 0x8b040042, br(2)};
        memcpy(&code[page * 0x1000], words, sizeof(words));
    }
    ASSERT_TRUE(cpu_window_add(world.cpu, 0x50000000, code.size(), code.data(), true, nullptr));
    const struct {
        uint64_t first, count, stride;
    } rounds[] = {{0, 600, 1}, {600, 500, 2}, {0, 600, 1}, {600, 1000, 1}, {0, 1600, 1}, {0, 1600, 1}};
    for (const auto &round : rounds) {
        program p;
        p.mov(1, round.count)
            .mov(2, 0x50000000 + round.first * 0x1000)
            .mov(3, 0)
            .mov(4, round.stride * 0x1000)(br(2));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.x(3), round.count * round.first + round.stride * round.count * (round.count - 1) / 2);
    }
}
