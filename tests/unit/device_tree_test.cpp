// SPDX-License-Identifier: BSD-3-Clause
// The generated device tree, read back with libfdt: it names what the platform has, and nothing else.
#include "model/platform/device_tree.h"

#include <gtest/gtest.h>

#include <libfdt.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "model/platform/platform_file.h"

namespace {

struct platform_config platform_of(const std::string &name, const std::vector<const char *> &settings = {})
{
    struct platform_config platform {};
    char error[YAML_ERROR_MAX];
    const std::string path = std::string(SOURCE_DIR) + "/platforms/" + name + ".yaml";
    EXPECT_TRUE(platform_file_read(path.c_str(), settings.data(), static_cast<uint32_t>(settings.size()),
                                   &platform, error))
        << error;
    return platform;
}

class tree {
public:
    explicit tree(const struct platform_config &platform) : bytes_(DEVICE_TREE_SIZE_MAX, 0xA5)
    {
        size = device_tree_make(&platform, bytes_.data());
    }

    int node(const std::string &path) const { return fdt_path_offset(bytes_.data(), path.c_str()); }

    std::string texts(const std::string &path, const char *name) const
    {
        int length = 0;
        const void *value = fdt_getprop(bytes_.data(), node(path), name, &length);
        return value == nullptr ? "absent" : std::string(static_cast<const char *>(value), length);
    }

    std::vector<uint32_t> cells(const std::string &path, const char *name) const
    {
        int length = 0;
        const auto *value =
            static_cast<const fdt32_t *>(fdt_getprop(bytes_.data(), node(path), name, &length));
        std::vector<uint32_t> values;
        for (int i = 0; value != nullptr && i < length / 4; i++) {
            values.push_back(fdt32_to_cpu(value[i]));
        }
        return values;
    }

    std::set<std::string> children(const std::string &path) const
    {
        std::set<std::string> names;
        int child = 0;
        fdt_for_each_subnode(child, bytes_.data(), node(path))
        {
            names.insert(fdt_get_name(bytes_.data(), child, nullptr));
        }
        return names;
    }

    // Every node of the tree has no such property.
    bool nowhere(const char *name) const
    {
        for (int node = 0; node >= 0; node = fdt_next_node(bytes_.data(), node, nullptr)) {
            if (fdt_getprop(bytes_.data(), node, name, nullptr) != nullptr) {
                return false;
            }
        }
        return true;
    }

    const std::vector<uint8_t> &bytes() const { return bytes_; }
    uint32_t size = 0;

private:
    std::vector<uint8_t> bytes_;
};

using namespace std::string_literals;

TEST(device_tree, of_virt_is_well_formed_and_the_same_twice)
{
    const struct platform_config platform = platform_of("virt");
    const tree one(platform), two(platform);
    EXPECT_EQ(fdt_check_full(one.bytes().data(), one.size), 0);
    EXPECT_EQ(one.bytes(), two.bytes());
    EXPECT_LT(one.size, DEVICE_TREE_SIZE_MAX);
}

TEST(device_tree, of_virt_names_what_is_there)
{
    const tree virt(platform_of("virt"));
    std::set<std::string> names = {"chosen",        "memory@40000000", "cpus",    "psci",
                                   "timer",         "apb-pclk",        "flash@0", "pl011@9000000",
                                   "pl031@9010000", "fw-cfg@9020000"};
    for (int slot = 0; slot < 32; slot++) {
        char name[32];
        snprintf(name, sizeof(name), "virtio_mmio@%x", 0xA000000 + slot * 0x200);
        names.insert(name);
    }
    EXPECT_EQ(virt.children("/"), names);
    EXPECT_EQ(virt.cells("/memory@40000000", "reg"), (std::vector<uint32_t>{0, 0x40000000, 0, 0x40000000}));
    EXPECT_EQ(virt.texts("/memory@40000000", "device_type"), "memory\0"s);
    EXPECT_EQ(virt.texts("/cpus/cpu@0", "compatible"), "arm,cortex-a57\0"s);
    EXPECT_EQ(virt.texts("/psci", "method"), "smc\0"s);
    EXPECT_EQ(virt.texts("/psci", "compatible"), "arm,psci-1.0\0arm,psci-0.2\0arm,psci\0"s);
    EXPECT_EQ(virt.texts("/chosen", "stdout-path"), "/pl011@9000000\0"s);
    EXPECT_EQ(virt.cells("/flash@0", "reg"),
              (std::vector<uint32_t>{0, 0, 0, 0x4000000, 0, 0x4000000, 0, 0x4000000}));
    EXPECT_EQ(virt.cells("/fw-cfg@9020000", "reg"), (std::vector<uint32_t>{0, 0x9020000, 0, 0x18}));
    EXPECT_EQ(virt.texts("/virtio_mmio@a003e00", "compatible"), "virtio,mmio\0"s);
}

TEST(device_tree, clocks_lead_to_the_clock)
{
    const tree virt(platform_of("virt"));
    const std::vector<uint32_t> clock = virt.cells("/apb-pclk", "phandle");
    ASSERT_EQ(clock.size(), 1u);
    EXPECT_EQ(virt.cells("/pl011@9000000", "clocks"), (std::vector<uint32_t>{clock[0], clock[0]}));
    EXPECT_EQ(virt.texts("/pl011@9000000", "clock-names"), "uartclk\0apb_pclk\0"s);
    EXPECT_EQ(virt.cells("/pl031@9010000", "clocks"), clock);
}

TEST(device_tree, promises_no_interrupts)
{
    const tree virt(platform_of("virt"));
    EXPECT_TRUE(virt.nowhere("interrupts"));
    EXPECT_TRUE(virt.nowhere("interrupt-parent"));
    EXPECT_TRUE(virt.nowhere("interrupt-controller"));
}

// U-Boot would put a reserved range over the runtime entry of its EFI memory map.
TEST(device_tree, reserves_nothing)
{
    const tree virt(platform_of("virt"));
    EXPECT_EQ(virt.children("/").count("reserved-memory"), 0u);
    EXPECT_EQ(fdt_num_mem_rsv(virt.bytes().data()), 0);
}

TEST(device_tree, coherence_of_masters_is_told)
{
    EXPECT_EQ(tree(platform_of("virt")).texts("/virtio_mmio@a003e00", "dma-coherent"), ""s);
    const tree apart(platform_of("virt", {"dma-coherent=false"}));
    EXPECT_TRUE(apart.nowhere("dma-coherent"));
}

TEST(device_tree, memory_is_what_the_user_made_it)
{
    const tree small(platform_of("virt", {"memory=[{pa: 0x40000000, size: 256 MiB}]"}));
    EXPECT_EQ(small.cells("/memory@40000000", "reg"), (std::vector<uint32_t>{0, 0x40000000, 0, 0x10000000}));
    const tree two(
        platform_of("virt", {"memory=[{pa: 0x40000000, size: 5 GiB}, {pa: 0x200000000, size: 1 GiB}]"}));
    EXPECT_EQ(two.cells("/memory@40000000", "reg"),
              (std::vector<uint32_t>{0, 0x40000000, 1, 0x40000000, 2, 0, 0, 0x40000000}));
}

TEST(device_tree, of_a_platform_without_devices_has_none)
{
    const tree bench(platform_of("bench"));
    EXPECT_EQ(bench.children("/"), (std::set<std::string>{"chosen", "memory@40000000", "cpus", "psci",
                                                          "timer", "apb-pclk", "pl011@9000000"}));
    EXPECT_EQ(bench.texts("/cpus/cpu@0", "compatible"), "arm,cortex-a35\0"s);
    EXPECT_EQ(tree(platform_of("bench", {"cpu.midr=0x410FD490"})).texts("/cpus/cpu@0", "compatible"),
              "arm,armv8\0"s);
}

} // namespace
