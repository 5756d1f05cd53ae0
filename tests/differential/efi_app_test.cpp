// SPDX-License-Identifier: BSD-3-Clause
// The EFI application on the platform `virt`, started by a U-Boot that nobody here built: it says what it
// says under QEMU, in every mode and at both exception levels, and prove finds in U-Boot what is there and
// nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/abi/smccc.h"
#include "model/platform/machine.h"
#include "model/platform/platform_file.h"

namespace {

using bytes = std::vector<uint8_t>;

const uint64_t INSTRUCTIONS_MAX = 500000000;
const machine_console_line SCRIPT[] = {
    {"Hit any key", " ", 0},
    {"\n=> ", "load virtio 0:1 ${kernel_addr_r} EFI/BOOT/BOOTAA64.EFI\r", 0},
    {"\n=> ", "bootefi ${kernel_addr_r}\r", 0},
    {"\x1b[6n", "\x1b[24;80R", 0},
};

bytes file_read(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class shared_bytes {
public:
    explicit shared_bytes(size_t size) : size_(size)
    {
        memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        EXPECT_NE(memory, MAP_FAILED);
    }
    ~shared_bytes() { munmap(memory, size_); }
    shared_bytes(const shared_bytes &) = delete;
    shared_bytes &operator=(const shared_bytes &) = delete;

    void *memory;

private:
    size_t size_;
};

/* What the application said, and how the run went. */
class session {
public:
    session(const char *platform, machine_mode mode, const bytes &firmware)
        : result_(sizeof(machine_result)), disk_before_(file_read(EFI_APP_DISK)), disk_(disk_before_.size())
    {
        memcpy(disk_.memory, disk_before_.data(), disk_before_.size());
        const std::unique_ptr<FILE, int (*)(FILE *)> console(tmpfile(), fclose);
        const pid_t child = fork();
        if (child == 0) { /* SystemC elaborates once per process */
            run(platform, mode, firmware, console.get());
            fflush(console.get());
            _exit(0);
        }
        int status = 0;
        EXPECT_EQ(waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
        lines_read(console.get());
    }

    const machine_result &result() const { return *static_cast<const machine_result *>(result_.memory); }
    bool disk_unchanged() const
    {
        return memcmp(disk_.memory, disk_before_.data(), disk_before_.size()) == 0;
    }
    uint32_t errors() const
    {
        const prove_finding *proofs = result().proofs;
        return static_cast<uint32_t>(
            std::count_if(proofs, proofs + result().proof_count,
                          [](const prove_finding &proof) { return proof.severity == PROVE_ERROR; }));
    }

    // Told as an error, or, where what a store has changed is not known, as a warning.
    uint32_t old_instructions() const
    {
        const prove_finding *proofs = result().proofs;
        return static_cast<uint32_t>(
            std::count_if(proofs, proofs + result().proof_count, [](const prove_finding &proof) {
                return proof.copy == PROVE_COPY_INSTRUCTION && proof.severity != PROVE_NOTE;
            }));
    }

    std::vector<std::string> lines;

private:
    void run(const char *platform_name, machine_mode mode, const bytes &firmware, FILE *console)
    {
        platform_config platform{};
        char error[YAML_ERROR_MAX];
        const std::string path = std::string(SOURCE_DIR) + "/platforms/" + platform_name + ".yaml";
        if (!platform_file_read(path.c_str(), nullptr, 0, &platform, error)) {
            _exit(1);
        }
        machine_request request{};
        request.platform = &platform;
        request.mode = mode;
        request.keyboard_fd = -1;
        request.flashes[0] = {firmware.data(), firmware.size(), nullptr};
        uint8_t *const disk = static_cast<uint8_t *>(disk_.memory);
        request.disk = {disk, disk_before_.size(), false, disk};
        request.console = SCRIPT;
        request.console_count = sizeof(SCRIPT) / sizeof(SCRIPT[0]);
        request.console_out = console;
        request.instructions_max = INSTRUCTIONS_MAX;
        if (!machine_run(&request, static_cast<machine_result *>(result_.memory))) {
            _exit(2);
        }
    }

    void lines_read(FILE *console)
    {
        char line[512];
        rewind(console);
        while (fgets(line, sizeof(line), console)) {
            line[strcspn(line, "\r\n")] = 0;
            if (strstr(line, "efi-app: ")) {
                lines.push_back(line);
            }
        }
    }

    shared_bytes result_;
    bytes disk_before_;
    shared_bytes disk_;
};

std::vector<std::string> lines_expected()
{
    std::ifstream file(std::string(SOURCE_DIR) + "/tests/scenario/efi_app_console.txt");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
    }
    return lines;
}

using started = std::tuple<const char *, machine_mode>;

class efi_app : public ::testing::TestWithParam<started> {};

TEST_P(efi_app, says_what_it_says_on_qemu)
{
    const session here(std::get<0>(GetParam()), std::get<1>(GetParam()), file_read(FFA_COSIM_UBOOT));
    EXPECT_EQ(here.lines, lines_expected());
    EXPECT_EQ(here.result().end, MACHINE_END_CLEAN);
    EXPECT_EQ(here.result().reset, PSCI_SYSTEM_OFF);
    EXPECT_EQ(here.result().finding_count, 0U);
    EXPECT_TRUE(here.disk_unchanged());
}

std::string started_name(const ::testing::TestParamInfo<started> &info)
{
    static const char *const modes[] = {"golden", "cached", "prove", "token"};
    std::string name = std::get<0>(info.param);
    std::replace(name.begin(), name.end(), '-', '_');
    return name + "_" + modes[std::get<1>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(each, efi_app,
                         ::testing::Combine(::testing::Values("virt", "virt-el1"),
                                            ::testing::Values(MACHINE_MODE_GOLDEN, MACHINE_MODE_PROVE,
                                                              MACHINE_MODE_CACHED)),
                         started_name);

/*
 * U-Boot 2023.01 loads an image, cleans it, and ends with IC IALLUIS, ISB, RET: without a DSB nothing says
 * that the invalidation is complete, and the image may run from older bytes. Behind the RET stands a function
 * that returns 0, so there is room to put the DSB where it belongs: IC IALLUIS, DSB SY, ISB, and through to
 * that function's RET.
 */
const uint32_t IC_IALLUIS = 0xD508711F, ISB = 0xD5033FDF, RET = 0xD65F03C0, MOV_X0_0 = 0xD2800000,
               DSB_SY = 0xD5033F9F;

bytes with_the_barrier(bytes image)
{
    const uint32_t was[] = {IC_IALLUIS, ISB, RET, MOV_X0_0, RET};
    const uint32_t is[] = {IC_IALLUIS, DSB_SY, ISB, MOV_X0_0, RET};
    const auto *first = reinterpret_cast<const uint8_t *>(was);
    const auto found = std::search(image.begin(), image.end(), first, first + sizeof(was));
    if (found == image.end()) {
        return {};
    }
    memcpy(&*found, is, sizeof(is));
    return image;
}

TEST(efi_app_proof, what_prove_finds_in_u_boot_is_one_missing_barrier)
{
    const bytes image = file_read(FFA_COSIM_UBOOT);
    const bytes repaired = with_the_barrier(image);
    if (repaired.empty()) {
        GTEST_SKIP() << "another U-Boot than that of Debian 12";
    }
    const session before("virt", MACHINE_MODE_PROVE, image), after("virt", MACHINE_MODE_PROVE, repaired);
    EXPECT_GT(before.old_instructions(), 0U);
    for (uint32_t i = 0; i < before.result().proof_count; i++) {
        const prove_finding &proof = before.result().proofs[i];
        EXPECT_TRUE(proof.severity != PROVE_ERROR ||
                    (proof.rule == PROVE_STALE_READ && proof.site.pc == proof.va))
            << "an instruction that may be an older one, at " << std::hex << proof.pa;
    }
    EXPECT_EQ(after.errors(), 0U);
    EXPECT_EQ(after.old_instructions(), 0U);
    EXPECT_EQ(after.lines, lines_expected());
}

} // namespace
