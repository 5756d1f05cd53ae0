// SPDX-License-Identifier: BSD-3-Clause
// Platform files: those that are delivered, and each refusal.
#include "model/platform/platform_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "model/abi/ffa.h"
#include "model/cache/cache.h"

namespace {

std::string file_text(const std::string &name)
{
    std::ifstream file(std::string(SOURCE_DIR) + "/platforms/" + name + ".yaml");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

struct reading {
    bool accepted;
    platform_config platform;
    std::string error;
};

reading read_text(const std::string &text, const std::vector<const char *> &settings = {})
{
    reading result = {};
    char error[YAML_ERROR_MAX];
    result.accepted = platform_text_read("dir/board.yaml", text.c_str(), settings.data(),
                                         static_cast<uint32_t>(settings.size()), &result.platform, error);
    result.error = error;
    return result;
}

reading read_set(const std::string &name, const std::vector<const char *> &settings)
{
    return read_text(file_text(name), settings);
}

TEST(platform_file, corstone1000_nc_is_read_as_it_stands)
{
    platform_config platform;
    char error[YAML_ERROR_MAX];
    const std::string path = std::string(SOURCE_DIR) + "/platforms/corstone1000-nc.yaml";
    ASSERT_TRUE(platform_file_read(path.c_str(), nullptr, 0, &platform, error)) << error;
    EXPECT_STREQ(platform.name, "corstone1000-nc");
    EXPECT_EQ(platform.cores, 1u);
    EXPECT_EQ(platform.entry_el, 2u);
    ASSERT_EQ(platform.ram_count, 1u);
    EXPECT_EQ(platform.ram[0].pa, 0x80000000u);
    EXPECT_EQ(platform.ram[0].size, 0x80000000u);
    EXPECT_TRUE(platform.has_uart && platform.has_script && platform.has_secure);
    EXPECT_EQ(platform.uart_pa, 0x1A510000u);
    EXPECT_EQ(platform.script_pa, 0x1A300000u);
    EXPECT_EQ(platform.counter_hz, 50000000u);
    EXPECT_EQ(platform.cache.pe_count, 1u);
    EXPECT_EQ(platform.cache.line, 64u);
    EXPECT_EQ(platform.cache.l1d.size, 32768u);
    EXPECT_EQ(platform.cache.l1d.ways, 4u);
    EXPECT_TRUE(platform.cache.l1d.set_way);
    EXPECT_EQ(platform.cache.l1i.ways, 2u);
    EXPECT_EQ(platform.cache.l2.size, 1u << 20);
    EXPECT_EQ(platform.cache.l2.ways, 16u);
    EXPECT_EQ(platform.cache.system_cache.size, 0u);
    EXPECT_FALSE(platform.cache.invalidate_cleans);
    EXPECT_EQ(platform.secure_mapping, SECURE_MAPPING_NORMAL_NC);
    EXPECT_TRUE(platform.secure_barrier);
    EXPECT_FALSE(platform.secure_maintenance);
    EXPECT_EQ(platform.ffa_version, FFA_VERSION_1_2);
    EXPECT_EQ(platform.buffer.pa, 0x81FFF000u);
    EXPECT_EQ(platform.buffer.size, 4096u);
    EXPECT_EQ(platform.buffer_offset, 0u);
}

TEST(platform_file, the_other_three_differ_where_their_names_say)
{
    const reading nc = read_text(file_text("corstone1000-nc"));
    reading wb = read_text(file_text("corstone1000-wb"));
    reading cleans = read_text(file_text("corstone1000-nc-cleans"));
    ASSERT_TRUE(nc.accepted && wb.accepted && cleans.accepted) << nc.error << wb.error << cleans.error;
    EXPECT_EQ(wb.platform.secure_mapping, SECURE_MAPPING_NORMAL_WB);
    EXPECT_TRUE(cleans.platform.cache.invalidate_cleans);
    wb.platform.secure_mapping = SECURE_MAPPING_NORMAL_NC;
    cleans.platform.cache.invalidate_cleans = false;
    memcpy(wb.platform.about, nc.platform.about, sizeof(nc.platform.about));
    memcpy(cleans.platform.about, nc.platform.about, sizeof(nc.platform.about));
    EXPECT_EQ(memcmp(&wb.platform, &nc.platform, sizeof(nc.platform)), 0);
    EXPECT_EQ(memcmp(&cleans.platform, &nc.platform, sizeof(nc.platform)), 0);
    const reading bench = read_text(file_text("bench"));
    ASSERT_TRUE(bench.accepted) << bench.error;
    EXPECT_FALSE(bench.platform.has_secure);
    EXPECT_FALSE(bench.platform.has_script);
    EXPECT_EQ(bench.platform.ram[0].pa, 0x40000000u);
    EXPECT_EQ(bench.platform.uart_pa, 0x09000000u);
}

TEST(platform_file, virt_is_the_memory_map_of_qemu)
{
    const reading virt = read_text(file_text("virt"));
    ASSERT_TRUE(virt.accepted) << virt.error;
    const platform_config &platform = virt.platform;
    EXPECT_EQ(platform.ram[0].pa, 0x40000000u);
    EXPECT_EQ(platform.ram[0].size, 0x40000000u);
    ASSERT_EQ(platform.flash_count, 2u);
    EXPECT_EQ(platform.flash[1].pa, 0x04000000u);
    EXPECT_EQ(platform.flash[1].size, 0x04000000u);
    EXPECT_TRUE(platform.has_uart && platform.has_rtc && platform.has_fw_cfg && platform.has_device_tree);
    EXPECT_FALSE(platform.has_script);
    EXPECT_EQ(platform.rtc_pa, 0x09010000u);
    EXPECT_EQ(platform.fw_cfg_pa, 0x09020000u);
    EXPECT_EQ(platform.virtio_pa, 0x0A000000u);
    EXPECT_EQ(platform.virtio_count, 32u);
    EXPECT_EQ(platform.virtio_disk, 31u);
    EXPECT_TRUE(platform.virtio_legacy && platform.dma_coherent);
    EXPECT_EQ(platform.empty_count, 4u);
    EXPECT_EQ(platform.device_tree_pa, 0x40000000u);
    EXPECT_EQ(platform.buffer.pa, 0x43F00000u);
    EXPECT_EQ(platform.counter_hz, 62500000u);
}

/* Read from QEMU 7.2's -cpu cortex-a57; the short CCSIDR_EL1 is UNKNOWN above bit 27. */
TEST(platform_file, virt_has_the_caches_of_a_cortex_a57)
{
    const reading virt = read_text(file_text("virt"));
    ASSERT_TRUE(virt.accepted) << virt.error;
    const cache_config *cache = &virt.platform.cache;
    EXPECT_EQ(virt.platform.midr_el1, 0x411FD070u);
    EXPECT_EQ(cache_ctr_el0(cache), 0x8444C004u);
    EXPECT_EQ(cache_clidr_el1(cache), 0x0A200023u);
    EXPECT_EQ(cache_ccsidr_el1(cache, 1, false, false), 0x001FE00Au);
    EXPECT_EQ(cache_ccsidr_el1(cache, 1, true, false), 0x001FE012u);
    EXPECT_EQ(cache_ccsidr_el1(cache, 2, false, false), 0x00FFE07Au);
}

TEST(platform_file, virt_el1_differs_in_the_exception_level_alone)
{
    const reading virt = read_text(file_text("virt"));
    reading el1 = read_text(file_text("virt-el1"));
    ASSERT_TRUE(virt.accepted && el1.accepted) << virt.error << el1.error;
    EXPECT_EQ(el1.platform.entry_el, 1u);
    el1.platform.entry_el = 2;
    memcpy(el1.platform.about, virt.platform.about, sizeof(virt.platform.about));
    EXPECT_EQ(memcmp(&virt.platform, &el1.platform, sizeof(virt.platform)), 0);
}

TEST(platform_file, settings_override_one_key)
{
    const reading one =
        read_set("corstone1000-nc", {"cache.invalidate=cleans", "secure.mapping=wb-secure-alias",
                                     "cpu.hcr-el2.swio=true", "entry-el=1", "cpu.lse=true"});
    ASSERT_TRUE(one.accepted) << one.error;
    EXPECT_TRUE(one.platform.cache.invalidate_cleans);
    EXPECT_EQ(one.platform.secure_mapping, SECURE_MAPPING_WB_SECURE_ALIAS);
    EXPECT_EQ(one.platform.hcr_el2, 2u);
    EXPECT_EQ(one.platform.entry_el, 1u);
    EXPECT_TRUE(one.platform.lse);
}

struct refusal {
    const char *setting;
    const char *part; // of the message
};

class platform_refusal : public ::testing::TestWithParam<refusal> {};

TEST_P(platform_refusal, is_one_line_that_says_what_was_expected)
{
    const reading result = read_set("corstone1000-nc", {GetParam().setting});
    EXPECT_FALSE(result.accepted);
    EXPECT_NE(result.error.find(GetParam().part), std::string::npos) << result.error;
    EXPECT_NE(result.error.find("expected"), std::string::npos) << result.error;
    EXPECT_EQ(result.error.find('\n'), std::string::npos);
}

const refusal refusals[] = {
    {"cores=2", "2 cores are not in this version, expected 1"},
    {"cores=0", "'0' is wrong"},
    {"entry-el=3", "'3' is wrong"},
    {"color=red", "unknown key 'color'"},
    {"cache.colour=red", "unknown key 'colour', expected line, l1d, l1i"},
    {"cache=64", "expected a mapping"},
    {"cache.line=63", "power of two"},
    {"cache.line=8", "'8' is wrong"},
    {"cache.line=128", "lines of 128 bytes are not in this version, expected 64"},
    {"cache.l1d.ways=3", "power of two"},
    {"cache.l1d.size=1000", "power of two"},
    {"cache.l2.shared-by=none", "not in this version"},
    {"cache.replacement=lru", "expected round-robin"},
    {"cache.invalidate=maybe", "expected drops or cleans"},
    {"cache.idc=1", "expected true or false"},
    {"entry-caches=unknown", "'unknown' is not in this version, expected empty"},
    {"entry-caches=clean", "not in this version"},
    {"dma-coherent=maybe", "expected true or false"},
    {"secure.profile=trusty", "'trusty' is wrong, expected hafnium, el3-spmc or op-tee"},
    {"profile=trusty", "'trusty' is wrong, expected hafnium, el3-spmc or op-tee"},
    {"secure.mm-dialect=tianocore", "'tianocore' is wrong, expected smm-gateway or standalone-mm"},
    {"secure.mm.preemptible=[always]", "'always' is wrong, expected before-reading"},
    {"secure.mm.colour=red", "unknown key 'colour'"},
    {"secure.mm.self-signed-pk=perhaps", "'perhaps' is wrong, expected true or false"},
    {"secure.mapping=cached", "expected normal-nc, device, normal-wb or wb-secure-alias"},
    {"secure.ffa-version=2.0", "expected 1.0, 1.1 or 1.2"},
    {"secure.buffer.pa=0x7FFFF000", "outside memory"},
    {"secure.buffer.pa=0xFFFFF001", "outside memory"},
    {"secure.buffer.size=0", "is wrong"},
    {"secure.buffer.offset=4090", "does not fit"},
    {"secure=none", "expected a mapping"},
    {"memory=[]", "the list is empty"},
    {"memory=2 GiB", "expected a list"},
    {"memory=[{pa: 0x80000000}]", "key 'size' is missing"},
    {"memory=[{pa: 0x80000001, size: 2 GiB}]", "expected multiples of 4096"},
    {"memory=[{pa: 0x80000000, size: 2 GiB}, {pa: 0x90000000, size: 1 GiB}]", "overlap"},
    {"memory=[{pa: 0xFFFFFFF000, size: 2 GiB}]", "ends above"},
    {"uart.pa=0x1A510004", "not aligned"},
    {"uart.pa=0x80000000", "lies in memory"},
    {"uart.model=16550", "expected pl011"},
    {"script=0x1A510000", "lies in uart"},
    {"rtc={model: pl031, pa: 0x1A510000, start: 0}", "lies in uart"},
    {"rtc={model: pl031, pa: 0x1A520000}", "key 'start' is missing"},
    {"rtc={model: ds1307, pa: 0x1A520000, start: 0}", "expected pl031"},
    {"fw-cfg=0x1A510000", "lies in uart"},
    {"flash=[{pa: 0x08000000, size: 64 KiB}]", "expected whole sectors"},
    {"flash=[{pa: 0x08000000, size: 512 MiB}]", "at most 0x10000000"},
    {"flash=[{pa: 0, size: 64 MiB}, {pa: 0x03000000, size: 64 MiB}]", "lies in flash at 0x0"},
    {"flash=[{pa: 0, size: 1 MiB}, {pa: 0x100000, size: 1 MiB}, {pa: 0x200000, size: 1 MiB}]", "3 entries"},
    {"virtio={pa: 0x0A000000, count: 32, disk: 32, legacy: true}", "'32' is wrong"},
    {"virtio={pa: 0x0A000000, count: 4, disk: 4, legacy: true}", "there are 4 slots"},
    {"virtio={pa: 0x1A50F000, count: 32, disk: 0, legacy: true}", "lies in uart"},
    {"empty-bus=[{pa: 0x1A510000, size: 4096}]", "lies in uart"},
    {"empty-bus=[{pa: 1, size: 4096}]", "expected multiples of 4096"},
    {"device-tree=0x40000000", "outside memory"},
    {"device-tree=0x80000004", "expected a multiple of 8"},
    {"owners=[{pa: 0, size: 1, owner: me}]", "expected unknown, buffer, firmware, os or secure"},
    {"cpu.counter-hz=0", "is wrong"},
    {"cpu.hcr-el2.tge=true", "unknown key 'tge'"},
    {"about=[a]", "expected text"},
};

INSTANTIATE_TEST_SUITE_P(each, platform_refusal, ::testing::ValuesIn(refusals));

TEST(platform_file, each_missing_line_is_told_with_a_position)
{
    const std::string text = file_text("corstone1000-nc");
    std::istringstream lines(text);
    std::string line;
    unsigned refused = 0;
    while (std::getline(lines, line)) {
        if (line.empty() || line[0] == '#' || line.find(':') == std::string::npos) {
            continue;
        }
        std::string without = text;
        without.erase(without.find(line), line.size() + 1);
        const reading result = read_text(without);
        if (!result.accepted) {
            EXPECT_EQ(result.error.rfind("dir/board.yaml:", 0), 0u) << result.error;
            refused++;
        }
    }
    EXPECT_GE(refused, 25u);
}

TEST(platform_file, mutated_files_never_break_the_reader)
{
    const std::string original = file_text("corstone1000-nc");
    const uint32_t seed = 4711;
    std::mt19937 random(seed);
    unsigned refused = 0;
    for (int round = 0; round < 3000; round++) {
        std::string text = original;
        for (unsigned change = 1 + random() % 4; change > 0; change--) {
            const size_t at = random() % text.size();
            switch (random() % 3) {
            case 0:
                text[at] = static_cast<char>(0x20 + random() % 0x5F);
                break;
            case 1:
                text.erase(at, 1 + random() % 20);
                break;
            default:
                text.insert(at, text.substr(random() % text.size(), random() % 20));
                break;
            }
        }
        const reading result = read_text(text);
        EXPECT_EQ(result.accepted, result.error.empty()) << "seed " << seed << " round " << round;
        refused += result.accepted ? 0 : 1;
    }
    EXPECT_GT(refused, 300u);
}

} // namespace
