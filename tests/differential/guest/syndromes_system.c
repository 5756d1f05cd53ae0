/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions that no mapping causes: immediates, UNDEFINED encodings, alignment of SP and PC, illegal states
 * and returns, and what EL1 takes from EL0 by SCTLR_EL1 and CNTKCTL_EL1. Arm ARM, chapter D1 "The AArch64
 * System Level Programmers' Model", "Synchronous exception prioritization".
 */
#include "tests/differential/guest/syndrome.h"

#define NOP 0xd503201fU

/* The target as EL0 may use it. */
#define USER_TARGET_PAGE 102
#define USER_TARGET_VA   (MMU_TEST_BASE + USER_TARGET_PAGE * 4096UL)

/* Ends at EL0 and at the guest's level in the same exception, or is said below to differ. */
static const struct syndrome_code instructions[] = {
    {"svc-1", {0xd4000021, NOP}},
    {"svc-ffff", {0xd41fffe1, NOP}},
    {"brk-0", {0xd4200000, NOP}},
    {"brk-ffff", {0xd43fffe0, NOP}},
    {"hlt-0", {0xd4400000, NOP}},
    {"dcps1", {0xd4a00001, NOP}},
    {"dcps2", {0xd4a00002, NOP}},
    {"dcps3", {0xd4a00003, NOP}},
    {"drps", {0xd6bf03e0, NOP}},
    {"udf-0", {0x00000000, NOP}},
    {"udf-ffff", {0x0000ffff, NOP}},
    {"msr-pstate-7", {0xd503415f, NOP}},
    {"sys-unallocated", {0xd50b7900, NOP}},
    {"sysl", {0xd52b7900, NOP}},
    {"sys-impdef", {0xd50bf000, NOP}},
    {"mrs-impdef", {0xd53bf200, NOP}},
    {"msr-ttbr0_el3", {0xd51e2000, NOP}},
    {"mrs-scr_el3", {0xd53e1100, NOP}},
    {"msr-midr", {0xd5180000, NOP}},
    {"msr-ctr", {0xd51b0020, NOP}},
    {"mrs-oslar", {0xd5301080, NOP}},
    {"mrs-reserved-id", {0xd53807e0, NOP}},
    {"tlbi-alle3", {0xd50e871f, NOP}},
    {"at-s1e3r", {0xd50e7800, NOP}},
    {"at-unallocated", {0xd50c7840, NOP}},
    {"hint-127", {0xd5032fff, NOP}},
    {"barrier-0", {0xd503301f, NOP}},
    {"ldxr-pair-w", {0x08600000, NOP}},
};

/* At EL0 alone: there it is UNDEFINED or trapped. */
static const struct syndrome_code user_instructions[] = {
    {"hvc", {0xd4000022, NOP}},
    {"smc", {0xd4000023, NOP}},
    {"eret", {0xd69f03e0, NOP}},
    {"mrs-sctlr", {0xd5381000, NOP}},
    {"msr-vbar", {0xd518c000, NOP}},
    {"mrs-midr", {0xd5380000, NOP}},
    {"mrs-clidr", {0xd5390020, NOP}},
    {"mrs-csselr", {0xd53a0000, NOP}},
    {"mrs-currentel", {0xd5384240, NOP}},
    {"mrs-spsel", {0xd5384200, NOP}},
    {"mrs-sp_el0", {0xd5384100, NOP}},
    {"mrs-hcr_el2", {0xd53c1100, NOP}},
    {"mrs-id", {0xd5380400, NOP}},
    {"msr-spsel-1", {0xd50041bf, NOP}},
    {"mrs-nzcv", {0xd53b4201, NOP}},
    {"msr-tpidr_el0", {0xd51bd040, 0xd53bd041}},
    {"mrs-tpidrro_el0", {0xd53bd061, NOP}},
    {"msr-tpidrro_el0", {0xd51bd060, NOP}},
    {"mrs-tpidr_el1", {0xd538d080, NOP}},
    {"mrs-dczid", {0xd53b00e1, NOP}},
    {"msr-dczid", {0xd51b00e0, NOP}},
    {"dc-ivac", {0xd5087620, NOP}},
    {"dc-isw", {0xd5087640, NOP}},
    {"dc-csw", {0xd5087a40, NOP}},
    {"dc-cisw", {0xd5087e40, NOP}},
    {"ic-iallu", {0xd508751f, NOP}},
    {"ic-ialluis", {0xd508711f, NOP}},
    {"tlbi-vmalle1", {0xd508871f, NOP}},
    {"tlbi-vae1is", {0xd5088320, NOP}},
    {"at-s1e1r", {0xd5087800, NOP}},
    {"at-s1e0r", {0xd5087840, NOP}},
    {"msr-cntkctl", {0xd518e100, NOP}},
    {"msr-cntfrq", {0xd51be000, NOP}},
    {"mrs-mdscr", {0xd5300240, NOP}},
    {"mrs-mdccsr", {0xd5330100, NOP}},
};

/* What a bit of SCTLR_EL1 or CNTKCTL_EL1 opens for EL0. */
struct control {
    const char *name;
    uint64_t sctlr;
    uint64_t cntkctl;
    uint32_t words[2];
};

static const struct control controls[] = {
    {"mrs-ctr", 1UL << 15, 0, {0xd53b0021, NOP}},        {"dc-zva", 1UL << 14, 0, {0xd50b7420, NOP}},
    {"dc-civac", 1UL << 26, 0, {0xd50b7e20, NOP}},       {"dc-cvac", 1UL << 26, 0, {0xd50b7a20, NOP}},
    {"dc-cvau", 1UL << 26, 0, {0xd50b7b20, NOP}},        {"ic-ivau", 1UL << 26, 0, {0xd50b7520, NOP}},
    {"mrs-daif", 1UL << 9, 0, {0xd53b4221, NOP}},        {"msr-daif", 1UL << 9, 0, {0xd51b4222, NOP}},
    {"msr-daifset", 1UL << 9, 0, {0xd5034fdf, NOP}},     {"msr-daifclr", 1UL << 9, 0, {0xd50340ff, NOP}},
    {"sev-wfe", 1UL << 18, 0, {0xd50320bf, 0xd503205f}}, {"mrs-cntfrq-p", 0, 1UL << 0, {0xd53be001, NOP}},
    {"mrs-cntfrq-v", 0, 1UL << 1, {0xd53be001, NOP}},      {"mrs-cntpct", 0, 1UL << 0, {0xd53be03f, NOP}},
    {"mrs-cntvct", 0, 1UL << 1, {0xd53be05f, NOP}},      {"mrs-cntp_ctl", 0, 1UL << 9, {0xd53be221, NOP}},
    {"mrs-cntp_cval", 0, 1UL << 9, {0xd53be241, NOP}},   {"msr-cntp_cval", 0, 1UL << 9, {0xd51be241, NOP}},
    {"mrs-cntp_tval", 0, 1UL << 9, {0xd53be21f, NOP}},   {"mrs-cntv_ctl", 0, 1UL << 8, {0xd53be321, NOP}},
    {"msr-cntv_ctl", 0, 1UL << 8, {0xd51be33f, NOP}},    {"mrs-cntv_cval", 0, 1UL << 8, {0xd53be341, NOP}},
};

static const struct syndrome_code wfi = {"wfi", {0xd503207f, NOP}};

/* Through SP_EL0, at the guest's level and at EL0, which returns by itself. */
static const struct syndrome_code stack_accesses[] = {
    {"ldr", {0xf94003e1, NOP}},         {"ldr-offset", {0xf94007e1, NOP}}, {"ldrb", {0x394003e1, NOP}},
    {"ldp-post", {0xa8c10be1, NOP}},    {"str", {0xf90003e1, NOP}},        {"stp-pre", {0xa9bf0be1, NOP}},
    {"stxr", {0xc85f7fe1, 0xc8037fe1}}, {"ldar", {0xc8dfffe1, NOP}},       {"prfm", {0xf98003e0, NOP}},
    {"mov", {0x910003e1, NOP}},
};

static void instructions_run(void)
{
    syndrome_section("instruction");
    for (uint32_t i = 0; i < SYNDROME_COUNT(instructions); i++) {
        syndrome_run(&instructions[i], "", SYNDROME_TARGET_PA);
#if GUEST_EL == 1
        syndrome_run_user(&instructions[i], "/user", USER_TARGET_VA);
#endif
    }
}

#if GUEST_EL == 1
static void user_instructions_run(void)
{
    syndrome_section("instruction");
    for (uint32_t i = 0; i < SYNDROME_COUNT(user_instructions); i++) {
        syndrome_run_user(&user_instructions[i], "/user", USER_TARGET_VA);
    }
}

static void control_run(const struct control *control, const char *variant, bool on)
{
    const uint64_t sctlr = sysreg_read("SCTLR_EL1");
    const struct syndrome_code code = {control->name, {control->words[0], control->words[1]}};
    sysreg_write("SCTLR_EL1", on ? sctlr | control->sctlr : sctlr & ~control->sctlr);
    sysreg_write("CNTKCTL_EL1", on ? control->cntkctl : 0x303 & ~control->cntkctl);
    __asm__ volatile("isb" ::: "memory");
    syndrome_run_user(&code, variant, USER_TARGET_VA);
    sysreg_write("SCTLR_EL1", sctlr);
    sysreg_write("CNTKCTL_EL1", 0);
}

static void controls_run(void)
{
    syndrome_section("control");
    for (uint32_t i = 0; i < SYNDROME_COUNT(controls); i++) {
        control_run(&controls[i], "/on", true);
        control_run(&controls[i], "/off", false);
    }
    syndrome_run_user(&wfi, "/off", USER_TARGET_VA);
}

/* An immediate of 0 is the runner's own: these are told apart by their number. */
static void calls_run(void)
{
    static const struct syndrome_code calls[] = {{"svc-8000", {0xd4100001, NOP}}};
    syndrome_section("call");
    for (uint32_t i = 0; i < SYNDROME_COUNT(calls); i++) {
        syndrome_run_user(&calls[i], "/user", USER_TARGET_VA);
    }
}
#else
static void user_instructions_run(void)
{
    (void)user_instructions;
}

static void controls_run(void)
{
    (void)controls;
    (void)wfi;
}

static void calls_run(void)
{
    static const struct syndrome_code calls[] = {
        {"hvc-0", {0xd4000002, NOP}}, {"hvc-ffff", {0xd41fffe2, NOP}}, {"hvc-1", {0xd4000022, NOP}}};
    syndrome_section("call");
    for (uint32_t i = 0; i < SYNDROME_COUNT(calls); i++) {
        syndrome_run(&calls[i], "", SYNDROME_TARGET_PA);
    }
}
#endif

/* SP_EL0 is the stack pointer of EL0, and of the guest's level with SPSel 0, of which SA is. */
static void stack_alignment_run(void)
{
    for (uint64_t offset = 0; offset < 16; offset += 8) {
        syndrome_section(offset == 0 ? "sp-aligned" : "sp-unaligned");
        sysreg_write("SP_EL0", USER_TARGET_VA + 0x100 + offset);
        for (uint32_t i = 0; i < SYNDROME_COUNT(stack_accesses); i++) {
            const uint64_t sctlr = sysreg_read(GUEST_SYSREG("SCTLR"));
#if GUEST_EL == 1
            sysreg_write("SCTLR_EL1", sctlr | 1UL << 4);
            __asm__ volatile("isb" ::: "memory");
            syndrome_run_user(&stack_accesses[i], "/user", 0);
            sysreg_write("SP_EL0", USER_TARGET_VA + 0x100 + offset);
            sysreg_write("SCTLR_EL1", sctlr & ~(1UL << 4));
            __asm__ volatile("isb" ::: "memory");
            syndrome_run_user(&stack_accesses[i], "/user-off", 0);
            sysreg_write("SP_EL0", USER_TARGET_VA + 0x100 + offset);
#endif
            sysreg_write(GUEST_SYSREG("SCTLR"), sctlr);
            __asm__ volatile("isb" ::: "memory");
        }
    }
}

/* Where to: aligned or not, mapped or not; with which state. */
static void returns_run(void)
{
    static const struct {
        const char *name;
        uint64_t va;
    } targets[] = {
        {"/there", SYNDROME_TARGET_PA + 0x100},
        {"/unaligned", SYNDROME_TARGET_PA + 0x102},
        {"/unmapped", 0x80000100UL},
        {"/unmapped-unaligned", 0x80000101UL},
    };
    static const struct {
        const char *name;
        uint64_t spsr;
    } states[] = {
        {"here", SYNDROME_SPSR_HERE},
        {"here-il", SYNDROME_SPSR_HERE | 1UL << 20},
        {"flags", SYNDROME_SPSR_HERE | 0xfUL << 28},
        {"el0h", 0x3c1},
        {"m-2", 0x3c2},
        {"m-3", 0x3c3},
        {"m-6", 0x3c6},
        {"m-7", 0x3c7},
        {"m-a", 0x3ca},
        {"m-b", 0x3cb},
        {"el3t", 0x3cc},
        {"el3h", 0x3cd},
        {"m-e", 0x3ce},
        {"m-f", 0x3cf},
        {"el1-aarch32", 0x3d3},
        {"abt-aarch32", 0x3d7},
        {"res-aarch32", 0x3de},
        {"sys-aarch32", 0x3df},
        {"flags-el3h", 0xf00000cd},
#if GUEST_EL == 1
        {"el0", 0x3c0},
        {"el0-il", 0x3c0 | 1UL << 20},
        {"el2t", 0x3c8},
        {"el2h", 0x3c9},
#endif
    };
    syndrome_section("return");
    for (uint32_t i = 0; i < SYNDROME_COUNT(states); i++) {
        for (uint32_t j = 0; j < SYNDROME_COUNT(targets); j++) {
            const bool user = (states[i].spsr & 15) == 0 && targets[j].va - SYNDROME_TARGET_PA < 4096;
            const uint64_t va = targets[j].va + (user ? USER_TARGET_VA - SYNDROME_TARGET_PA : 0);
            syndrome_return(states[i].name, targets[j].name, va, states[i].spsr);
        }
    }
}

/* Branches to addresses that are no addresses, and tags that go with the branch. */
static void branches_run(void)
{
    static const struct {
        const char *name;
        uint64_t va;
    } targets[] = {
        {"/by1", SYNDROME_TARGET_PA + 0x101},
        {"/by2", SYNDROME_TARGET_PA + 0x102},
        {"/by3", SYNDROME_TARGET_PA + 0x103},
        {"/tag", 0xa5UL << 56 | (SYNDROME_TARGET_PA + 0x100)},
        {"/minus", ~0UL << 2},
        {"/bit-39", 1UL << 39 | (SYNDROME_TARGET_PA + 0x100)},
        {"/minus-unaligned", ~0UL},
    };
    static const struct syndrome_code branches[] = {
        {"br", {0xd61f0000, NOP}}, {"blr", {0xaa1e03e9, 0xd61f0000}}, {"ret", {0xd65f0000, NOP}}};
    for (uint32_t i = 0; i < SYNDROME_COUNT(branches); i++) {
        for (uint32_t j = 0; j < SYNDROME_COUNT(targets); j++) {
            syndrome_section("branch");
            syndrome_run(&branches[i], targets[j].name, targets[j].va);
#if GUEST_EL == 1
            syndrome_section("branch-at-el0");
            syndrome_run_user(&branches[i], targets[j].name,
                              targets[j].va + USER_TARGET_VA - SYNDROME_TARGET_PA);
#endif
        }
    }
}

static void pages_prepare(void)
{
    const uint64_t user = GUEST_EL == 1 ? PAGE_EL0 | PAGE_NOT_GLOBAL : 0;
    mmu_page_set(SYNDROME_USER_PAGE, SYNDROME_CODE_VA | PAGE_DEFAULT | PAGE_READ_ONLY | user);
    mmu_page_set(USER_TARGET_PAGE, SYNDROME_TARGET_PA | PAGE_DEFAULT | user);
#if GUEST_EL == 2
    sysreg_write("HCR_EL2", 1UL << 31);
#endif
    sysreg_write("TPIDRRO_EL0", 0x77);
    __asm__ volatile("isb" ::: "memory");
}

void guest_main(void)
{
    pages_prepare();
    instructions_run();
    user_instructions_run();
    controls_run();
    calls_run();
    stack_alignment_run();
    returns_run();
    branches_run();
}
