/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scenario device: how the steps of a scenario reach our own firmware, and its results the scenario.
 *
 * One page, mapped Device-nGnRnE by the firmware in every translation regime it builds. All registers are
 * 64 bits wide and take aligned 64-bit accesses only; any other access is answered with an external abort.
 * The device exists for our firmware alone: payloads of others never see it, and it never takes part in
 * anything that the checker judges.
 *
 * Protocol. The firmware reads NEXT: a step code and the length of its operands; it reads the operands from
 * DATA, 8 bytes at a time (the last word is zero-padded); it does the step; it writes RESULT_STATUS, then
 * RESULT_LENGTH, then that many bytes to RESULT_DATA (8 at a time, last word padded). The step is finished
 * when the last byte has arrived (at RESULT_LENGTH if it is 0). SCRIPT_STEP_END has no result: the firmware
 * then powers the machine off.
 */
#ifndef MODEL_ABI_SCRIPT_H
#define MODEL_ABI_SCRIPT_H

#define SCRIPT_PAGE_SIZE 0x1000

/* Registers: byte offsets from the page. */
#define SCRIPT_NEXT          0x000 /* RO: step code [31:0], operand bytes [63:32]; each read takes a step */
#define SCRIPT_DATA          0x008 /* RO: the next 8 operand bytes, little endian */
#define SCRIPT_RESULT_STATUS 0x010 /* WO: EFI_STATUS of the step */
#define SCRIPT_RESULT_LENGTH 0x018 /* WO: bytes that follow through RESULT_DATA */
#define SCRIPT_RESULT_DATA   0x020 /* WO: the next 8 result bytes, little endian */
#define SCRIPT_FAULT_ESR     0x028 /* WO: ESR_ELx of an exception that the guest cannot survive */
#define SCRIPT_FAULT_FAR     0x030 /* WO: its FAR_ELx */
#define SCRIPT_FAULT_ELR     0x038 /* WO: its ELR_ELx; this write ends the run with `end: fault` */

#define SCRIPT_OPERANDS_MAX 0x10000 /* bytes of operands of one step */
#define SCRIPT_RESULTS_MAX  0x10000 /* bytes of results of one step */

#ifndef __ASSEMBLER__ /* exception vectors need the registers alone */

/*
 * Steps and their operands. A GUID is its 16 bytes as EFI stores them; a name is UTF-16LE, NUL included,
 * padded with zeros to a multiple of 8; data likewise padded. Sizes are in bytes and do not count padding.
 * Results come with EFI_SUCCESS; with EFI_BUFFER_TOO_SMALL those of GET_VARIABLE and GET_NEXT_VARIABLE_NAME
 * come without data and name, and the size is the one that is needed; with any other status there are none.
 */
enum script_step_code {
    SCRIPT_STEP_END = 0,                     /* - */
    SCRIPT_STEP_BOOT = 1,                    /* - */
    SCRIPT_STEP_EXIT_BOOT_SERVICES = 2,      /* - */
    SCRIPT_STEP_SET_VIRTUAL_ADDRESS_MAP = 3, /* - */
    SCRIPT_STEP_GET_VARIABLE = 4,            /* guid[16] data_size_max:u64 name_size:u64 name
                                                -> attributes:u64 data_size:u64 data */
    SCRIPT_STEP_SET_VARIABLE = 5, /* guid[16] attributes:u64 data_size:u64 name_size:u64 name data -> - */
    SCRIPT_STEP_GET_NEXT_VARIABLE_NAME = 6, /* guid[16] name_size_max:u64 name_size:u64 name
                                               -> guid[16] name_size:u64 name */
    SCRIPT_STEP_QUERY_VARIABLE_INFO =
        7,                    /* attributes:u64 -> maximum_storage:u64 remaining:u64 maximum_size:u64 */
    SCRIPT_STEP_OS_DIRTY = 8, /* lines:u64 seed:u64: the OS writes that many 64-byte lines -> - */
    SCRIPT_STEP_OS_CHECK = 9, /* - -> lines:u64 bad_lines:u64: the OS reads its lines back */
    /* FF-A as it is called. Registers are 18 u64, x0 to x17; `kinds` says what the values of a call mean,
     * three bits a register (enum script_value). The firmware answers EFI_SUCCESS whatever the framework
     * said. */
    SCRIPT_STEP_SMC = 10,            /* kinds:u64 registers -> registers */
    SCRIPT_STEP_DIRECT_REQUEST = 11, /* kinds:u64 registers runs_max:u64: FFA_RUN as long as the answer is
                                        FFA_INTERRUPT or FFA_YIELD
                                        -> registers interrupts:u64 yields:u64 */
    SCRIPT_STEP_TX_WRITE = 12,       /* offset:u64 size:u64 bytes: to our TX buffer -> - */
    SCRIPT_STEP_RX_READ = 13,        /* offset:u64 size:u64 -> bytes of our RX buffer */
    SCRIPT_STEP_MEM_SEND = 14,    /* function:u64 slot:u64 flags:u64 attributes:u64 tag:u64 fragment_size:u64
                                     (0: all at once) borrower_count:u64 range_count:u64, then for each borrower
                                     id[15:0] permissions[23:16] flags[31:24], and for each range start:u64 (an
                                     address, or with SCRIPT_RANGE_POOL a page of the pool) pages:u64
                                     -> registers; the handle is kept in the slot */
    SCRIPT_STEP_MEM_RECLAIM = 15, /* slot:u64 flags:u64 -> registers */
    SCRIPT_STEP_MEM_WRITE = 16,   /* offset:u64 value:u64: 8 bytes of the pool -> - */
    SCRIPT_STEP_MEM_READ = 17,    /* offset:u64 -> value:u64 */
    SCRIPT_STEP_LITMUS =
        18, /* slot:u64 offset:u64 (of the slot's memory in the pool) partition:u64 program:u64
               -> values:u64, of its reads in order */
};

/*
 * A litmus program: what is done to one line of memory that was shared with a partition, four bits an event,
 * the first in [3:0]. Word a is the line's first, n the next one. Event k writes the value k; before the
 * first event both words are 0.
 */
enum script_litmus_event {
    SCRIPT_LITMUS_END = 0,
    SCRIPT_LITMUS_WRITE = 1,
    SCRIPT_LITMUS_READ = 2,
    SCRIPT_LITMUS_WRITE_NEIGHBOUR = 3,
    SCRIPT_LITMUS_READ_NEIGHBOUR = 4,
    SCRIPT_LITMUS_WRITE_ALIAS = 5, /* a, mapped Normal Non-cacheable */
    SCRIPT_LITMUS_READ_ALIAS = 6,
    SCRIPT_LITMUS_CIVAC = 7,
    SCRIPT_LITMUS_CVAC = 8,
    SCRIPT_LITMUS_IVAC = 9,
    SCRIPT_LITMUS_DSB = 10,
    SCRIPT_LITMUS_ISW = 11, /* all sets and ways of all levels, caches off meanwhile */
    SCRIPT_LITMUS_CISW = 12,
    SCRIPT_LITMUS_PARTITION_READ = 13, /* a */
    SCRIPT_LITMUS_PARTITION_WRITE = 14,
};

enum script_value {
    SCRIPT_VALUE_NUMBER = 0,
    SCRIPT_VALUE_HANDLE = 1,      /* of the slot that the value names */
    SCRIPT_VALUE_HANDLE_LOW = 2,  /* its bits [31:0] */
    SCRIPT_VALUE_HANDLE_HIGH = 3, /* its bits [63:32] */
    SCRIPT_VALUE_TX = 4,          /* address of our TX buffer */
    SCRIPT_VALUE_RX = 5,
    SCRIPT_VALUE_PAGE = 6, /* address of a page of the pool */
};

#define SCRIPT_REGISTERS     18
#define SCRIPT_SLOTS_MAX     32
#define SCRIPT_POOL_PAGES    16U          /* of memory that our firmware keeps for memory sharing */
#define SCRIPT_LITMUS_EVENTS 16U          /* of one program */
#define SCRIPT_LITMUS_READS  6U           /* of them */
#define SCRIPT_RANGE_POOL    (1ULL << 32) /* beside the number of pages: `start` counts pages of the pool */

#endif /* __ASSEMBLER__ */

#endif
