/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/platform/device_tree.h"

#include <assert.h>
#include <libfdt.h>
#include <stdio.h>

#define CELLS_MAX    64 /* of one property */
#define NODE_NAME    64
#define CLOCK_HZ     24000000U
#define CLOCK        1U /* phandle of the bus clock */
#define FW_CFG_BYTES 0x18U
#define PAGE_BYTES   0x1000U

/* The buffer is large enough for every platform that can be described: a refusal is a mistake of ours. */
static void done(int result)
{
    assert(result == 0);
}

static void node_begin(void *tree, const char *name, uint64_t pa)
{
    char text[NODE_NAME];
    (void)snprintf(text, sizeof(text), "%s@%llx", name, (unsigned long long)pa);
    done(fdt_begin_node(tree, text));
}

static void node_end(void *tree)
{
    done(fdt_end_node(tree));
}

static void property_u32(void *tree, const char *name, uint32_t value)
{
    done(fdt_property_u32(tree, name, value));
}

static void property_text(void *tree, const char *name, const char *text)
{
    done(fdt_property_string(tree, name, text));
}

static void property_flag(void *tree, const char *name)
{
    done(fdt_property(tree, name, NULL, 0));
}

/* A list of texts: each with its closing zero, one after the other. */
#define property_texts(tree, name, texts) done(fdt_property(tree, name, texts, sizeof(texts)))

static void regions_put(void *tree, const struct platform_region *regions, uint32_t count)
{
    fdt32_t cells[CELLS_MAX];
    uint32_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        assert(used + 4 <= CELLS_MAX);
        cells[used++] = cpu_to_fdt32((uint32_t)(regions[i].pa >> 32));
        cells[used++] = cpu_to_fdt32((uint32_t)regions[i].pa);
        cells[used++] = cpu_to_fdt32((uint32_t)(regions[i].size >> 32));
        cells[used++] = cpu_to_fdt32((uint32_t)regions[i].size);
    }
    done(fdt_property(tree, "reg", cells, (int)(used * sizeof(cells[0]))));
}

static void region_put(void *tree, uint64_t pa, uint64_t size)
{
    const struct platform_region region = {.pa = pa, .size = size};
    regions_put(tree, &region, 1);
}

static void clocks_put(void *tree, uint32_t count)
{
    const fdt32_t clocks[] = {cpu_to_fdt32(CLOCK), cpu_to_fdt32(CLOCK)};
    assert(count <= 2);
    done(fdt_property(tree, "clocks", clocks, (int)(count * sizeof(clocks[0]))));
}

/* Main ID Register, "PartNum" of Arm's cores. */
static const char *core_compatible(uint64_t midr)
{
    static const struct {
        uint32_t part;
        const char *compatible;
    } cores[] = {
        {0xD03, "arm,cortex-a53"}, {0xD04, "arm,cortex-a35"}, {0xD05, "arm,cortex-a55"},
        {0xD07, "arm,cortex-a57"}, {0xD08, "arm,cortex-a72"},
    };
    for (size_t i = 0; midr >> 24 == 'A' && i < sizeof(cores) / sizeof(cores[0]); i++) {
        if ((midr >> 4 & 0xFFF) == cores[i].part) {
            return cores[i].compatible;
        }
    }
    return "arm,armv8";
}

static void cpus_put(void *tree, const struct platform_config *platform)
{
    done(fdt_begin_node(tree, "cpus"));
    property_u32(tree, "#address-cells", 1);
    property_u32(tree, "#size-cells", 0);
    for (uint32_t cpu = 0; cpu < platform->cores; cpu++) {
        node_begin(tree, "cpu", cpu);
        property_text(tree, "device_type", "cpu");
        property_text(tree, "compatible", core_compatible(platform->midr_el1));
        property_text(tree, "enable-method", "psci");
        property_u32(tree, "reg", cpu);
        node_end(tree);
    }
    node_end(tree);
}

static void memory_put(void *tree, const struct platform_config *platform)
{
    node_begin(tree, "memory", platform->ram[0].pa);
    property_text(tree, "device_type", "memory");
    regions_put(tree, platform->ram, platform->ram_count);
    node_end(tree);
}

/* What is not on the bus: the monitor, the counter, the clock of the bus. */
static void core_nodes_put(void *tree)
{
    static const char psci[] = "arm,psci-1.0\0arm,psci-0.2\0arm,psci";
    done(fdt_begin_node(tree, "psci"));
    property_texts(tree, "compatible", psci);
    property_text(tree, "method", "smc");
    node_end(tree);
    done(fdt_begin_node(tree, "timer"));
    property_text(tree, "compatible", "arm,armv8-timer");
    property_flag(tree, "always-on");
    node_end(tree);
    done(fdt_begin_node(tree, "apb-pclk"));
    property_text(tree, "compatible", "fixed-clock");
    property_u32(tree, "#clock-cells", 0);
    property_u32(tree, "clock-frequency", CLOCK_HZ);
    property_text(tree, "clock-output-names", "clk24mhz");
    property_u32(tree, "phandle", CLOCK);
    node_end(tree);
}

static void uart_put(void *tree, const struct platform_config *platform)
{
    static const char compatible[] = "arm,pl011\0arm,primecell";
    static const char clock_names[] = "uartclk\0apb_pclk";
    node_begin(tree, "pl011", platform->uart_pa);
    property_texts(tree, "compatible", compatible);
    region_put(tree, platform->uart_pa, PAGE_BYTES);
    clocks_put(tree, 2);
    property_texts(tree, "clock-names", clock_names);
    node_end(tree);
}

static void rtc_put(void *tree, const struct platform_config *platform)
{
    static const char compatible[] = "arm,pl031\0arm,primecell";
    node_begin(tree, "pl031", platform->rtc_pa);
    property_texts(tree, "compatible", compatible);
    region_put(tree, platform->rtc_pa, PAGE_BYTES);
    clocks_put(tree, 1);
    property_text(tree, "clock-names", "apb_pclk");
    node_end(tree);
}

/* All banks are one chip array to their driver, as QEMU describes them. */
static void flash_put(void *tree, const struct platform_config *platform)
{
    node_begin(tree, "flash", platform->flash[0].pa);
    property_text(tree, "compatible", "cfi-flash");
    regions_put(tree, platform->flash, platform->flash_count);
    property_u32(tree, "bank-width", 4);
    node_end(tree);
}

static void fw_cfg_put(void *tree, const struct platform_config *platform)
{
    node_begin(tree, "fw-cfg", platform->fw_cfg_pa);
    property_text(tree, "compatible", "qemu,fw-cfg-mmio");
    region_put(tree, platform->fw_cfg_pa, FW_CFG_BYTES);
    if (platform->dma_coherent) {
        property_flag(tree, "dma-coherent");
    }
    node_end(tree);
}

static void virtio_put(void *tree, const struct platform_config *platform)
{
    for (uint32_t slot = 0; slot < platform->virtio_count; slot++) {
        const uint64_t pa = platform->virtio_pa + (uint64_t)slot * PLATFORM_VIRTIO_SIZE;
        node_begin(tree, "virtio_mmio", pa);
        property_text(tree, "compatible", "virtio,mmio");
        region_put(tree, pa, PLATFORM_VIRTIO_SIZE);
        if (platform->dma_coherent) {
            property_flag(tree, "dma-coherent");
        }
        node_end(tree);
    }
}

static void devices_put(void *tree, const struct platform_config *platform)
{
    if (platform->flash_count != 0) {
        flash_put(tree, platform);
    }
    if (platform->has_uart) {
        uart_put(tree, platform);
    }
    if (platform->has_rtc) {
        rtc_put(tree, platform);
    }
    if (platform->has_fw_cfg) {
        fw_cfg_put(tree, platform);
    }
    virtio_put(tree, platform);
}

static void chosen_put(void *tree, const struct platform_config *platform)
{
    done(fdt_begin_node(tree, "chosen"));
    if (platform->has_uart) {
        char path[NODE_NAME];
        (void)snprintf(path, sizeof(path), "/pl011@%llx", (unsigned long long)platform->uart_pa);
        property_text(tree, "stdout-path", path);
    }
    node_end(tree);
}

uint32_t device_tree_make(const struct platform_config *platform, uint8_t tree[DEVICE_TREE_SIZE_MAX])
{
    done(fdt_create(tree, DEVICE_TREE_SIZE_MAX));
    done(fdt_finish_reservemap(tree));
    done(fdt_begin_node(tree, ""));
    property_text(tree, "compatible", "linux,dummy-virt");
    property_text(tree, "model", "linux,dummy-virt");
    property_u32(tree, "#address-cells", 2);
    property_u32(tree, "#size-cells", 2);
    chosen_put(tree, platform);
    memory_put(tree, platform);
    cpus_put(tree, platform);
    core_nodes_put(tree);
    devices_put(tree, platform);
    node_end(tree);
    done(fdt_finish(tree));
    return fdt_totalsize(tree);
}
