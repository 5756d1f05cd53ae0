// SPDX-License-Identifier: BSD-3-Clause
//
// Any text as a trace: it is checked to its end or refused with a position, and never crashes the reader or
// the checker.
#include <cassert>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cosim/trace_check.h"

extern const std::vector<std::string> fuzz_seeds = {
    "agent ns wb\nagent sp nc\nns w 0x8000 8\nns civac 0x8000\nns dsb\nns smc\nsp r 0x8000 8\nsp w 0x8000 8\n"
    "ns ivac 0x8000\nns dsb\nns r 0x8000 8\nend\n",
    "line 128\nelsewhere\nagent a wb pe=1\nagent b wb-alias pe=1\nagent c nc-buffered pe=2\na w 0 4\nb r 0 "
    "4\n"
    "c w 4 4\na isw\na dmb\nb civac 0x40\na r.nc 0 8\na w.nc 0 8\nb zva 0\nc dsb\na r 0 8\nend # done\n",
    "agent ns wb\nns unmap 0x8000 256\nns w 0x8010 1\nns cvac 0x8010\nns dmb\nns w.nc 0x8010 1\nns r 0x8010 "
    "1\n"
    "ns map 0x8000 256\nns csw\nns cisw\nns isw\nns dsb\nns r 0x8011 1\n",
    "",
};
extern const std::vector<std::string> fuzz_words = {
    "agent ", "line ",     "elsewhere\n", "end\n", "\n",    " ",
    "#",      "ns ",       "sp ",         "0x",    "8000",  "18446744073709551615",
    "0",      "r ",        "w ",          "w.nc ", "r.nc ", "civac ",
    "ivac ",  "cvac ",     "zva ",        "isw\n", "csw\n", "dsb\n",
    "dmb\n",  "map ",      "unmap ",      " pe=3", " wb\n", " wb-alias\n",
    " nc\n",  "-buffered",
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto trace = std::make_unique<trace_check>();
    trace_check_init(trace.get(), reinterpret_cast<const char *>(data), size);
    const struct checker_finding *finding = nullptr;
    enum trace_check_item item = TRACE_CHECK_FINDING;
    uint64_t line = 0;
    while ((item = trace_check_next(trace.get(), &finding)) == TRACE_CHECK_FINDING) {
        char moves[2048];
        trace_check_moves(trace.get(), finding, moves, sizeof(moves));
        assert(finding->position >= line);
        assert(finding->bytes >= 1);
        assert(finding->bytes <= trace->reader.config.line);
        line = finding->position;
    }
    if (item == TRACE_CHECK_MALFORMED) {
        assert(trace->reader.error[0] != '\0');
        assert(trace->reader.line >= 1);
        assert(trace->reader.column >= 1);
    }
    trace_check_release(trace.get());
    return 0;
}
