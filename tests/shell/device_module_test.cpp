// SPDX-License-Identifier: BSD-3-Clause
//
// The shells of the virt machine's devices as TLM-2.0 says: DMI and its end, and DMA as accesses of a device
// that the side of the PEs sees. One elaboration for all tests.
#include <gtest/gtest.h>

#include <cstring>
#include <stdexcept>
#include <vector>

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "model/bus/memory_module.hpp"
#include "model/bus/router_module.hpp"
#include "model/device/cfi_flash_module.hpp"
#include "model/device/fw_cfg_module.hpp"
#include "model/device/pl031_module.hpp"
#include "model/device/virtio_mmio_module.hpp"

namespace {

const uint64_t FLASH = 0x04000000, FLASH_SIZE = 2 * CFI_FLASH_SECTOR_SIZE;
const uint64_t RTC = 0x09010000, FW_CFG = 0x09020000;
const uint64_t VIRTIO = 0x0A000000, DISK = VIRTIO + 31 * VIRTIO_MMIO_SIZE;
const uint64_t COHERENT = 0x0B000000, COHERENT_DISK = COHERENT + 3 * VIRTIO_MMIO_SIZE;
const uint64_t RAM = 0x40000000, RAM_SIZE = 0x10000;
const uint64_t HEADER = RAM + 0x2000, STATUS = RAM + 0x2100, DATA = RAM + 0x4020; // data across lines
const uint32_t LINE = 64;
const uint64_t PC = 0x1234, POSITION = 5000, NS_PER_INSTRUCTION = 1000000;

// Stands where caches or a checker stand: hears every access, changes none.
class memory_side : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<memory_side> target_socket;
    tlm_utils::simple_initiator_socket<memory_side> initiator_socket;
    std::vector<struct access> of_devices;

    explicit memory_side(sc_core::sc_module_name name)
        : sc_core::sc_module(name), target_socket("target_socket"), initiator_socket("initiator_socket")
    {
        target_socket.register_b_transport(this, &memory_side::b_transport);
    }

private:
    void b_transport(int, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
    {
        const access_extension *extension = payload.get_extension<access_extension>();
        if (extension != nullptr && extension->access.agent == AGENT_DEVICE) {
            of_devices.push_back(extension->access);
        }
        initiator_socket->b_transport(payload, delay);
    }
};

class initiator : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<initiator> socket;
    uint32_t invalidations = 0;
    uint64_t invalidated_start = 0, invalidated_end = 0;

    explicit initiator(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket")
    {
        socket.register_invalidate_direct_mem_ptr(this, &initiator::invalidate);
    }

    tlm::tlm_response_status transport(uint8_t op, uint64_t pa, void *data, uint32_t size)
    {
        struct access access {};
        access.op = op;
        access.pa = access.va = pa;
        access.size = size;
        access.pc = PC;
        access.position = POSITION;
        access.type = MEMORY_DEVICE_NGNRE;
        tlm::tlm_generic_payload &payload = transaction_.prepare(access, static_cast<uint8_t *>(data));
        sc_core::sc_time delay;
        socket->b_transport(payload, delay);
        dmi_allowed = payload.is_dmi_allowed();
        return payload.get_response_status();
    }
    uint32_t read(uint64_t pa, uint32_t size = 4)
    {
        uint32_t value = 0;
        EXPECT_EQ(tlm::TLM_OK_RESPONSE, transport(ACCESS_READ, pa, &value, size));
        return value;
    }
    void write(uint64_t pa, uint64_t value, uint32_t size = 4)
    {
        EXPECT_EQ(tlm::TLM_OK_RESPONSE, transport(ACCESS_WRITE, pa, &value, size));
    }
    bool dmi(tlm::tlm_command command, uint64_t pa, tlm::tlm_dmi &dmi)
    {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(pa);
        return socket->get_direct_mem_ptr(payload, dmi);
    }

    bool dmi_allowed = false;

private:
    void invalidate(sc_dt::uint64 start, sc_dt::uint64 end)
    {
        invalidations++;
        invalidated_start = start;
        invalidated_end = end;
    }

    access_transaction transaction_;
};

std::vector<uint8_t> pattern(size_t size)
{
    std::vector<uint8_t> bytes(size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = static_cast<uint8_t>(i * 11 + i / 256);
    }
    return bytes;
}

std::vector<virtio_disk> one_disk(uint32_t slot)
{
    virtio_disk disk;
    disk.slot = slot;
    disk.bytes = pattern(0x4000);
    disk.id = "shell";
    return {disk};
}

struct bench {
    initiator cpu{"cpu"};
    memory_side side{"side"};
    router_module router{"router"};
    memory_module memory{"memory", {{RAM, RAM_SIZE}}};
    cfi_flash_module flash{"flash", pattern(1000), FLASH_SIZE};
    pl031_module rtc{"rtc", 100, NS_PER_INSTRUCTION};
    fw_cfg_module fw_cfg{"fw_cfg", fw_cfg_config(), false, LINE};
    virtio_mmio_module virtio{"virtio", one_disk(31), true, false, LINE};
    virtio_mmio_module coherent{"coherent", one_disk(3), true, true, LINE};

    bench()
    {
        cpu.socket.bind(router.target_socket);
        side.initiator_socket.bind(router.target_socket);
        router.map(RAM, RAM_SIZE, false);
        router.initiator_socket.bind(memory.target_socket);
        device(flash, FLASH, FLASH_SIZE);
        device(rtc, RTC, PL031_SIZE);
        device(fw_cfg, FW_CFG, FW_CFG_SIZE);
        device(virtio, VIRTIO, virtio_mmio_module::SIZE);
        device(coherent, COHERENT, virtio_mmio_module::SIZE);
        fw_cfg.bus_initiator_socket.bind(side.target_socket);
        virtio.bus_initiator_socket.bind(side.target_socket);
        coherent.bus_initiator_socket.bind(side.target_socket);
        refuse_what_cannot_be();
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }

    template <typename build> void refuse(build made)
    {
        try {
            made();
        } catch (const std::invalid_argument &) {
            refused++;
        }
    }
    // Modules are built before the start or never.
    void refuse_what_cannot_be()
    {
        std::vector<virtio_disk> twice = one_disk(5);
        twice.push_back(twice[0]);
        refuse([] { cfi_flash_module("large", std::vector<uint8_t>(FLASH_SIZE + 1), FLASH_SIZE); });
        refuse([&] { virtio_mmio_module("twice", twice, true, true, LINE); });
        refuse([] { virtio_mmio_module("outside", one_disk(32), true, true, LINE); });
    }

    uint32_t refused = 0;

    template <typename module_type> void device(module_type &module, uint64_t pa, uint64_t size)
    {
        router.map(pa, size, true);
        router.initiator_socket.bind(module.target_socket);
    }
};

bench &the_bench()
{
    static bench instance;
    return instance;
}

/* ---- flash ---- */

void flash_command(uint32_t code)
{
    the_bench().cpu.write(FLASH, code * 0x10001);
}

TEST(device_module, a_flash_bank_holds_its_image_and_zeros_behind_it)
{
    initiator &cpu = the_bench().cpu;
    const std::vector<uint8_t> image = pattern(1000);
    uint8_t line[LINE];
    EXPECT_EQ(tlm::TLM_OK_RESPONSE, cpu.transport(ACCESS_READ, FLASH + 64, line, LINE));
    EXPECT_EQ(0, memcmp(line, &image[64], LINE));
    EXPECT_EQ(0U, cpu.read(FLASH + 1000));
    EXPECT_EQ(0U, cpu.read(FLASH + FLASH_SIZE - 4));
    EXPECT_FALSE(the_bench().flash.dirty());
}

TEST(device_module, a_flash_bank_grants_reads_until_a_command_takes_them_back)
{
    initiator &cpu = the_bench().cpu;
    flash_command(0xFF);
    cpu.read(FLASH + 16);
    EXPECT_TRUE(cpu.dmi_allowed);
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(cpu.dmi(tlm::TLM_READ_COMMAND, FLASH + 16, dmi));
    EXPECT_EQ(FLASH, dmi.get_start_address());
    EXPECT_EQ(FLASH + FLASH_SIZE - 1, dmi.get_end_address());
    EXPECT_TRUE(dmi.is_read_allowed());
    EXPECT_FALSE(dmi.is_write_allowed());
    EXPECT_EQ(pattern(1000)[16], dmi.get_dmi_ptr()[16]);
    const uint32_t before = cpu.invalidations;
    flash_command(0x70);
    EXPECT_FALSE(cpu.dmi_allowed);
    EXPECT_EQ(before + 1, cpu.invalidations);
    EXPECT_EQ(FLASH, cpu.invalidated_start);
    EXPECT_EQ(FLASH + FLASH_SIZE - 1, cpu.invalidated_end);
    EXPECT_EQ(0x00800080U, cpu.read(FLASH));
    EXPECT_FALSE(cpu.dmi_allowed);
    EXPECT_FALSE(cpu.dmi(tlm::TLM_READ_COMMAND, FLASH, dmi));
    flash_command(0xFF);
    EXPECT_EQ(before + 1, cpu.invalidations);
    EXPECT_TRUE(cpu.dmi(tlm::TLM_READ_COMMAND, FLASH, dmi));
    EXPECT_FALSE(cpu.dmi(tlm::TLM_WRITE_COMMAND, FLASH, dmi));
}

TEST(device_module, a_programmed_flash_bank_is_dirty_and_shows_its_bytes)
{
    initiator &cpu = the_bench().cpu;
    flash_command(0x40);
    cpu.write(FLASH + 0x2000, 0xCAFEF00D);
    flash_command(0xFF);
    EXPECT_EQ(0xCAFEF00DU, cpu.read(FLASH + 0x2000));
    EXPECT_TRUE(the_bench().flash.dirty());
    EXPECT_EQ(0x0D, the_bench().flash.bytes()[0x2000]);
}

TEST(device_module, what_cannot_be_built_is_refused)
{
    EXPECT_EQ(3U, the_bench().refused);
}

/* ---- the clock ---- */

TEST(device_module, the_clock_goes_by_retired_instructions)
{
    EXPECT_EQ(100 + POSITION * NS_PER_INSTRUCTION / 1000000000, the_bench().cpu.read(RTC));
    uint8_t data[8];
    EXPECT_NE(tlm::TLM_OK_RESPONSE, the_bench().cpu.transport(ACCESS_READ, RTC, data, 8));
}

/* ---- DMA ---- */

TEST(device_module, fw_cfg_moves_an_item_to_memory)
{
    initiator &cpu = the_bench().cpu;
    the_bench().side.of_devices.clear();
    cpu.write(RAM, 0x0A000000); // select 0, read
    cpu.write(RAM + 4, 0x04000000);
    cpu.write(RAM + 8, 0x0001004000000000, 8); // RAM + 0x100
    cpu.write(FW_CFG + FW_CFG_DMA, 0x0000004000000000, 8);
    EXPECT_EQ(0U, cpu.read(RAM));
    EXPECT_EQ(0x554D4551U, cpu.read(RAM + 0x100));
    ASSERT_EQ(3U, the_bench().side.of_devices.size()); // request, data, answer
    EXPECT_EQ(RAM + 0x100, the_bench().side.of_devices[1].pa);
}

void descriptor(uint32_t index, uint64_t pa, uint32_t size, uint32_t flags, uint32_t next)
{
    initiator &cpu = the_bench().cpu;
    cpu.write(RAM + 16 * index, pa, 8);
    cpu.write(RAM + 16 * index + 8, size);
    cpu.write(RAM + 16 * index + 12, flags | next << 16);
}

// A read of one sector, to `data`, by a queue of 8 in the first pages of RAM.
void sector_read(uint64_t disk, uint64_t data)
{
    initiator &cpu = the_bench().cpu;
    for (uint64_t pa = RAM; pa < RAM + 0x2000; pa += 8) {
        cpu.write(pa, 0, 8);
    }
    descriptor(0, HEADER, 16, 1, 1);
    descriptor(1, data, 512, 3, 2);
    descriptor(2, STATUS, 1, 2, 0);
    cpu.write(HEADER, 0, 8);
    cpu.write(HEADER + 8, 2, 8);
    cpu.write(STATUS, 0xEE, 1);
    cpu.write(disk + VIRTIO_MMIO_STATUS, 0);
    cpu.write(disk + VIRTIO_MMIO_STATUS, 3);
    cpu.write(disk + VIRTIO_MMIO_GUEST_PAGE_SIZE, 4096);
    cpu.write(disk + VIRTIO_MMIO_QUEUE_NUM, 8);
    cpu.write(disk + VIRTIO_MMIO_QUEUE_PFN, RAM / 4096);
    cpu.write(disk + VIRTIO_MMIO_STATUS, 7);
    cpu.write(RAM + 0x80 + 2, 1, 2);
    the_bench().side.of_devices.clear();
    cpu.write(disk + VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

void sector_expect()
{
    const std::vector<uint8_t> disk = pattern(0x4000);
    uint8_t data[512];
    EXPECT_EQ(0U, the_bench().cpu.read(STATUS, 1));
    EXPECT_EQ(1U, the_bench().cpu.read(RAM + 0x1000 + 2, 2));
    for (uint32_t i = 0; i < 512; i += 4) {
        const uint32_t word = the_bench().cpu.read(DATA + i);
        memcpy(data + i, &word, 4);
    }
    EXPECT_EQ(0, memcmp(data, &disk[1024], 512));
}

TEST(device_module, a_disk_reaches_memory_by_accesses_of_a_device_within_lines)
{
    sector_read(DISK, DATA);
    sector_expect();
    uint64_t data = 0;
    for (const struct access &access : the_bench().side.of_devices) {
        EXPECT_LE(access.pa % LINE + access.size, LINE);
        EXPECT_EQ(MEMORY_NORMAL_NC, access.type);
        EXPECT_EQ(SHAREABILITY_OUTER, access.shareability);
        EXPECT_EQ(PC, access.pc);
        EXPECT_EQ(POSITION, access.position);
        data += access.op == ACCESS_WRITE && access.pa >= DATA ? access.size : 0;
    }
    EXPECT_EQ(512U, data);
    EXPECT_FALSE(the_bench().virtio.dirty(0));
}

TEST(device_module, a_coherent_disk_is_an_agent_of_the_pes_domain)
{
    sector_read(COHERENT_DISK, DATA);
    sector_expect();
    ASSERT_FALSE(the_bench().side.of_devices.empty());
    for (const struct access &access : the_bench().side.of_devices) {
        EXPECT_EQ(MEMORY_NORMAL_WB, access.type);
        EXPECT_EQ(SHAREABILITY_INNER, access.shareability);
    }
}

TEST(device_module, dma_that_meets_no_memory_or_the_device_itself_breaks_it)
{
    for (const uint64_t target : {UINT64_C(0x1000), DISK, RAM + RAM_SIZE - 64}) {
        sector_read(DISK, target);
        EXPECT_NE(0U, the_bench().cpu.read(DISK + VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET);
    }
    sector_read(DISK, DATA);
    sector_expect();
}

TEST(device_module, slots_without_a_disk_are_empty)
{
    EXPECT_EQ(0U, the_bench().cpu.read(VIRTIO + VIRTIO_MMIO_DEVICE_ID));
    EXPECT_EQ(1U, the_bench().cpu.read(VIRTIO + VIRTIO_MMIO_VERSION));
    EXPECT_EQ(uint32_t(VIRTIO_DEVICE_ID_BLOCK), the_bench().cpu.read(DISK + VIRTIO_MMIO_DEVICE_ID));
}

} // namespace

int sc_main(int, char *[])
{
    return 0;
}
