// SPDX-License-Identifier: BSD-3-Clause
//
// Any bytes as a store file: they are refused with a sentence and stay as they are, or are a store that can
// be walked, read and written (in a copy).
#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/variable_store_world.hpp"

using namespace variable_store_world;

namespace {

const folder &place()
{
    static const folder the_place;
    return the_place;
}

std::string seed_make(int variables, size_t size)
{
    const std::string path = place().file("seed");
    std::filesystem::remove(path);
    {
        store table(path);
        for (int i = 0; i < variables; i++) {
            const struct variable_record record = {};
            (void)table.set("V" + std::to_string(i), bytes(size, static_cast<uint8_t>(i)), NV_BS, &record);
        }
        (void)table.get("V0");
    }
    const bytes content = file_read(path);
    return std::string(content.begin(), content.end());
}

} // namespace

extern const std::vector<std::string> fuzz_seeds = {seed_make(0, 0),    seed_make(3, 40),  seed_make(20, 300),
                                                    seed_make(2, 9000), "SQLite format 3", ""};
extern const std::vector<std::string> fuzz_words = {
    std::string("\0", 1),
    std::string("\xff\xff", 2),
    std::string("\x0d", 1),
    std::string("\x05", 1),
    "CREATE TABLE",
    "TRIGGER",
    "FFAV",
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const std::string path = place().file("file");
    const bytes content(data, data + size);
    char error[VARIABLE_STORE_ERROR_MAX] = "";
    file_write(path, content);
    uint8_t *image = nullptr;
    uint64_t image_size = 0;
    if (!variable_store_image_read(path.c_str(), &image, &image_size, error)) {
        assert(error[0] != '\0');
        assert(file_read(path) == content);
        return 0;
    }
    {
        store table(bytes(image, image + image_size));
        struct variable_entry entry = {};
        while (variable_store_next(&table.core, entry.id, &entry) == VARIABLE_STORE_OK) {
            bytes value(entry.data_size);
            (void)variable_store_read(&table.core, entry.id, value.data(), entry.data_size);
        }
        if (table.set("New", bytes_of("new")) == VARIABLE_STORE_OK) {
            assert(table.get("New") == "new");
        }
    }
    variable_store_image_free(image);
    return 0;
}
