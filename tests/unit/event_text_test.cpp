// SPDX-License-Identifier: BSD-3-Clause
// Events as lines, and the folding of sweeps.
#include "model/event/event_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace {

event make(event_kind kind, uint64_t sequence, uint64_t pc, uint64_t arg0, uint64_t arg1)
{
    event e = {};
    e.sequence = sequence;
    e.position = 100 + sequence;
    e.pc = pc;
    e.kind = static_cast<uint16_t>(kind);
    e.agent = AGENT_PE;
    e.args[0] = arg0;
    e.args[1] = arg1;
    return e;
}

template <typename writer> std::string text_of(writer write)
{
    char *bytes = nullptr;
    size_t size = 0;
    FILE *file = open_memstream(&bytes, &size);
    write(file);
    fclose(file);
    std::string text(bytes, size);
    free(bytes);
    return text;
}

TEST(event_text, a_line_has_sequence_position_pc_kind_agent_and_named_arguments)
{
    const event e = make(EVENT_CPU_DC_SET_WAY, 7, 0x80001234, 8, 0x40);
    EXPECT_EQ(text_of([&](FILE *file) { event_text_write(file, &e); }),
              "7 107 0x80001234 cpu.dc_set_way agent=pe0 op=0x8 operand=0x40\n");
}

TEST(event_text, arguments_without_a_name_are_not_written)
{
    event e = make(EVENT_RUN_END, 0, 0, 2, 300);
    e.args[3] = 0xdead;
    e.agent = AGENT_SPMC;
    EXPECT_EQ(text_of([&](FILE *file) { event_text_write(file, &e); }),
              "0 100 0x0 run.end agent=spmc end=0x2 instructions=0x12c\n");
}

TEST(event_text, a_sweep_is_one_line_and_what_follows_keeps_its_place)
{
    const std::string text = text_of([](FILE *file) {
        event_writer writer;
        event_writer_init(&writer, file);
        for (uint64_t i = 0; i < 1000; i++) {
            const event e = make(EVENT_CPU_DC_SET_WAY, i, 0x10, 8, i * 64);
            event_writer_write(&writer, &e);
        }
        const event barrier = make(EVENT_CPU_BARRIER, 1000, 0x20, 17, 15);
        event_writer_write(&writer, &barrier);
        event_writer_finish(&writer);
    });
    EXPECT_EQ(text, "0 100 0x10 cpu.dc_set_way agent=pe0 op=0x8 operand=0x0 last_operand=0xf9c0 count=1000\n"
                    "1000 1100 0x20 cpu.barrier agent=pe0 op=0x11 option=0xf\n");
}

TEST(event_text, other_instructions_operations_and_agents_are_not_folded)
{
    const std::string text = text_of([](FILE *file) {
        event_writer writer;
        event_writer_init(&writer, file);
        event events[] = {
            make(EVENT_CPU_DC_SET_WAY, 0, 0x10, 8, 0), make(EVENT_CPU_DC_SET_WAY, 1, 0x14, 8, 1),
            make(EVENT_CPU_DC_SET_WAY, 2, 0x14, 9, 2), make(EVENT_CPU_DC_SET_WAY, 3, 0x14, 9, 3)};
        events[3].pe = 1;
        for (const event &e : events) {
            event_writer_write(&writer, &e);
        }
        event_writer_finish(&writer);
    });
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
    EXPECT_EQ(text.find("count="), std::string::npos);
}

TEST(event_text, a_finished_writer_writes_nothing_twice)
{
    const std::string text = text_of([](FILE *file) {
        event_writer writer;
        event_writer_init(&writer, file);
        const event e = make(EVENT_CPU_DC_SET_WAY, 0, 0x10, 8, 0);
        event_writer_write(&writer, &e);
        event_writer_finish(&writer);
        event_writer_finish(&writer);
    });
    EXPECT_EQ(text, "0 100 0x10 cpu.dc_set_way agent=pe0 op=0x8 operand=0x0\n");
}

} // namespace
