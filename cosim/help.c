/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>
#include <string.h>

#include "cosim/command.h"

static const struct {
    const char *command;
    const char *text;
} texts[] = {
    {NULL, "usage: ffa-cosim COMMAND [OPTION]... [ARGUMENT]...\n"
           "\n"
           "Runs real AArch64 firmware of the Arm FF-A stack on a SystemC/TLM platform and judges its cache "
           "maintenance.\n"
           "\n"
           "commands:\n"
           "  run SCENARIO|DIR...   run scenarios and compare with what they expect\n"
           "  list [DIR]            scenarios with their purpose and expected findings\n"
           "  replay TOKEN          the run that a token names, with its moves: the damage of a finding\n"
           "  check-trace FILE...   the reach-set checker alone, on text traces\n"
           "  boot                  run any AArch64 ELF or raw image\n"
           "  platforms             what can be named with --platform\n"
           "  promote SCENARIO...   rewrite the expected event text after showing the difference\n"
           "  --help, --version\n"
           "\n"
           "`ffa-cosim COMMAND --help` tells the options of a command.\n"
           "\n"
           "exit status: 0 as expected, 1 not as expected, 2 a mistake in what was given, 3 internal error,\n"
           "4 a limit ended a run, 130 Ctrl-C. Of several runs the worst, in the order 3, 2, 4, 1, 0.\n"},
    {"check-trace",
     "usage: ffa-cosim check-trace [--json] FILE...\n"
     "\n"
     "Decides for each trace which reads could be stale on some legal cache. `-` is standard input.\n"
     "\n"
     "  --json                the findings as JSON\n"
     "  --help\n"
     "\n"
     "One event a line, `#` begins a comment. Declarations come first:\n"
     "  line 64               line size in bytes (default 64)\n"
     "  elsewhere             lines may sit where set/way operations cannot reach\n"
     "  agent NAME KIND [pe=N]  wb (coherent) | wb-alias (a cacheable domain of its own) | nc | nc-buffered\n"
     "Then events, `NAME` being an agent:\n"
     "  NAME r|w ADDRESS SIZE            through the agent's own mapping; within one line\n"
     "  NAME r.nc|w.nc ADDRESS SIZE      a wb or wb-alias agent through a non-cacheable alias\n"
     "  NAME cvac|civac|ivac|zva ADDRESS the whole line of the address\n"
     "  NAME isw|csw|cisw                a sweep of all levels by set/way\n"
     "  NAME dsb|dmb|smc                 barriers for loads and stores, all scopes; smc is none\n"
     "  NAME map|unmap ADDRESS SIZE      may the agent's domain fill the lines of the range\n"
     "  end                              last: is any byte's newest version possibly nowhere?\n"
     "\n"
     "Prints `FILE:LINE: RULE agent=... pa=... bytes=... moves=...`, then `FILE: ok` or `FILE: N findings`. "
     "Moves\n"
     "are LINE.move.copy.pa: what the cache does just before the event of that line (hold, miss: to it).\n"
     "\n"
     "exit status: 0 no finding, 1 findings, 2 a malformed trace; of several files the worst.\n"},
    {"run",
     "usage: ffa-cosim run [OPTION]... SCENARIO|DIR...\n"
     "\n"
     "Runs scenarios; a directory means every scenario below it. A scenario passes when its findings, its "
     "end and what\n"
     "its steps return are as its file says.\n"
     "\n"
     "  --mode prove          what any legal cache may do (the default); each error is then replayed on\n"
     "                        data-carrying caches, and its token printed\n"
     "  --mode replay         what the platform's own caches do, as a deterministic simulator has them\n"
     "  --platform P          run on platform P instead of the scenario's\n"
     "  --firmware F          load firmware F (a variant's name or an ELF file) instead of the scenario's\n"
     "  --set KEY=VALUE       override one key of the platform file, as cache.invalidate=cleans; may be "
     "repeated\n"
     "  --json FILE           findings as JSON (`-`: standard output)\n"
     "  --junit FILE          results as JUnit XML\n"
     "  --events FILE         the event stream as text\n"
     "  --jobs N              run at most N scenarios at a time (default: one per processor)\n"
     "  --help\n"
     "\n"
     "With --platform, --firmware or --set nothing is compared: the exit status is 1 if there is an "
     "error-level finding.\n"
     "Names without '/' or extension are looked up in $FFA_COSIM_DATA, the source tree, and the "
     "installation.\n"},
    {"replay",
     "usage: ffa-cosim replay [OPTION]... TOKEN\n"
     "       ffa-cosim replay TOKEN -- OPTION-OF-BOOT...\n"
     "\n"
     "Runs what the token names on data-carrying caches that make its moves and no others, and tells the "
     "damage. "
     "A token\n"
     "is one line that `run` and `boot` print with a finding; quote it, for it holds `;`. It is refused when "
     "image, "
     "platform,\n"
     "scenario or input are not those that it was made of: --platform, --firmware, --set and the options of "
     "boot "
     "must\n"
     "be repeated.\n"
     "\n"
     "  --platform P          as for run\n"
     "  --firmware F\n"
     "  --set KEY=VALUE\n"
     "  --scenario FILE       the scenario, where its name alone does not find it\n"
     "  --help\n"
     "\n"
     "v1:SCENARIO:PLATFORM:HASH:POSITION.MOVE.COPY.PA;...;POSITION.read. A position is AGENT@N: N "
     "instructions "
     "retired by a\n"
     "PE, or N accesses made by another agent. Moves: fill drop writeback hold complete miss drain. Copies: "
     "ns or "
     "s.\n"
     "\n"
     "exit status: 1 the damage showed, 0 nothing showed and the token has no moves, 2 a mistake in what was "
     "given, 3 the\n"
     "moves cannot be made or nothing showed, 130 Ctrl-C.\n"},
    {"list",
     "usage: ffa-cosim list [DIR]\n"
     "\n"
     "Prints every scenario below DIR (default: the delivered ones): name, purpose, expected findings.\n"},
    {"platforms", "usage: ffa-cosim platforms\n"
                  "\n"
                  "Prints what can be named with --platform, one line each. platforms/README.md tells the "
                  "keys of these files.\n"},
    {"promote", "usage: ffa-cosim promote SCENARIO...\n"
                "\n"
                "Runs each scenario, shows how its event text differs from the file `.expected` beside it, "
                "and rewrites that file.\n"
                "A scenario that does not pass for another reason is not promoted.\n"},
    {"boot",
     "usage: ffa-cosim boot --platform P [OPTION]... --payload FILE|--flash0 FILE\n"
     "\n"
     "Runs an AArch64 ELF file or a raw image until it powers off. The guest's console is standard output; a "
     "terminal is\n"
     "its keyboard.\n"
     "\n"
     "  --platform P          the machine (see `ffa-cosim platforms`)\n"
     "  --payload FILE        ELF file or raw image; a bare name may also be one of the build's firmware\n"
     "  --load A              where a raw image goes (default: the start of memory)\n"
     "  --entry A             where it starts (default: the ELF entry, or the load address)\n"
     "  --el 1|2              exception level at the start (default: the platform's)\n"
     "  --flash0 FILE         what is in the first flash bank; without --payload it is what runs, from its "
     "start\n"
     "  --flash1 FILE         what is in the second one\n"
     "  --disk FILE           a disk in the virtio slot\n"
     "  --write-back flash0|flash1|disk\n"
     "                        when the run is over the file holds what the guest has made of it; may be "
     "repeated; without\n"
     "                        it files stay as they are; a flash file must be as large as its bank\n"
     "  --dtb FILE            the device tree for the guest (default: made from the platform, where that "
     "says "
     "where);\n"
     "                        a payload in memory finds its address in x0\n"
     "  --symbols ELF         names for reports, when the payload has none; also where the payload copies "
     "itself\n"
     "  --set KEY=VALUE       override one key of the platform file; may be repeated\n"
     "  --expect TEXT --send TEXT\n"
     "                        wait for TEXT on the console, then type TEXT; may be repeated; \\n, \\r, \\t, "
     "\\\\ and \\e\n"
     "                        are understood in the text to send\n"
     "  --until TEXT          end the run when TEXT is printed\n"
     "  --max-instructions N  end the run after N instructions (default: 10000000000; none at a terminal)\n"
     "  --mode golden|prove|replay\n"
     "                        golden: the plain simulator; prove: what any legal cache may do (the default); "
     "replay: what\n"
     "                        the platform's own caches do\n"
     "  --json FILE           findings as JSON (`-`: standard output)\n"
     "  --events FILE         the event stream as text\n"
     "  --help\n"
     "\n"
     "exit status: 0 the text was printed or the guest powered off, 1 the same with an error-level finding, "
     "2 a mistake\n"
     "in what was given, 4 a limit ended the run, 130 Ctrl-C.\n"},
};

const char *help_text(const char *command)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const bool same = command == NULL || texts[i].command == NULL
                              ? command == texts[i].command
                              : strcmp(command, texts[i].command) == 0;
        if (same) {
            return texts[i].text;
        }
    }
    return "";
}
