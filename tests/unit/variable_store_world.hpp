// SPDX-License-Identifier: BSD-3-Clause
//
// Files of variables for tests: a folder that goes away with the test, a store that is opened on it, and
// names and values that are short to write.
#ifndef TESTS_UNIT_VARIABLE_STORE_WORLD_HPP
#define TESTS_UNIT_VARIABLE_STORE_WORLD_HPP

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

#include "model/abi/efi.h"
#include "model/mm_sp/variable_store.h"
#include "model/mm_sp/variable_store_file.h"

namespace variable_store_world {

using bytes = std::vector<uint8_t>;

constexpr uint32_t NV_BS = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS;
constexpr uint32_t BS_ONLY = EFI_VARIABLE_BOOTSERVICE_ACCESS;

inline bytes utf16(const std::string &text)
{
    bytes result;
    for (const char c : text) {
        result.push_back(static_cast<uint8_t>(c));
        result.push_back(0);
    }
    result.insert(result.end(), 2, 0);
    return result;
}

inline bytes bytes_of(const std::string &text)
{
    return bytes(text.begin(), text.end());
}

inline struct efi_guid guid_filled(uint8_t value)
{
    struct efi_guid guid;
    memset(guid.bytes, value, sizeof(guid.bytes));
    return guid;
}

class folder {
public:
    folder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "ffa-cosim-store-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    ~folder() { std::filesystem::remove_all(path_); }
    folder(const folder &) = delete;
    folder &operator=(const folder &) = delete;

    std::string file(const std::string &name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

inline bytes file_read(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

inline void file_write(const std::string &path, const bytes &content)
{
    std::filesystem::remove(
        path); // some file systems wait for the disk where a file is cut and written again
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char *>(content.data()), static_cast<std::streamsize>(content.size()));
}

// A store with the calls of the core, less their lengths.
class store {
public:
    explicit store(const std::string &path = "") : path_(path)
    {
        variable_store_init(&core);
        const struct variable_store_config config = {path_.empty() ? nullptr : path_.c_str(), nullptr, 0};
        variable_store_configure(&core, &config);
    }
    explicit store(const bytes &image) : image_(image)
    {
        variable_store_init(&core);
        const struct variable_store_config config = {nullptr, image_.data(), image_.size()};
        variable_store_configure(&core, &config);
    }
    ~store() { variable_store_close(&core); }
    store(const store &) = delete;
    store &operator=(const store &) = delete;

    bool find(const std::string &name, struct variable_entry *entry, uint8_t guid = 1)
    {
        const bytes wide = utf16(name);
        const struct efi_guid namespace_guid = guid_filled(guid);
        return variable_store_find(&core, &namespace_guid, wide.data(), static_cast<uint32_t>(wide.size()),
                                   entry) == VARIABLE_STORE_OK;
    }

    // Adds the row where there is none.
    enum variable_store_status set(const std::string &name, const bytes &value, uint32_t attributes = NV_BS,
                                   const struct variable_record *record = nullptr, uint8_t guid = 1)
    {
        struct variable_entry entry;
        const bytes wide = utf16(name);
        const struct efi_guid namespace_guid = guid_filled(guid);
        if (!find(name, &entry, guid) &&
            variable_store_add(&core, &namespace_guid, wide.data(), static_cast<uint32_t>(wide.size()),
                               &entry) != VARIABLE_STORE_OK) {
            return VARIABLE_STORE_FAILED;
        }
        return variable_store_write_signed(&core, entry.id, attributes, value.data(),
                                           static_cast<uint32_t>(value.size()), record);
    }

    // The value; "-" when there is none.
    std::string get(const std::string &name, uint8_t guid = 1)
    {
        struct variable_entry entry;
        if (!find(name, &entry, guid) || !entry.has_value) {
            return "-";
        }
        std::string value(entry.data_size, '\0');
        return variable_store_read(&core, entry.id, reinterpret_cast<uint8_t *>(value.data()),
                                   entry.data_size) == VARIABLE_STORE_OK
                   ? value
                   : "?";
    }

    // The names in the order of enumeration, one blank between two.
    std::string names()
    {
        std::string result;
        struct variable_entry entry = {};
        while (variable_store_next(&core, entry.id, &entry) == VARIABLE_STORE_OK) {
            result += result.empty() ? "" : " ";
            for (uint32_t i = 0; i + 2 < entry.name_size; i += 2) {
                result += static_cast<char>(entry.name[i]);
            }
        }
        return result;
    }

    struct variable_store core;

private:
    std::string path_;
    bytes image_;
};

} // namespace variable_store_world

#endif
