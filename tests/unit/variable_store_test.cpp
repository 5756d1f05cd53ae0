// SPDX-License-Identifier: BSD-3-Clause
//
// The table of variables: what it keeps, in which order, what a transaction and a power cut do to it, and
// which files it takes for its own.
#include <cstdint>
#include <string>

#include <sqlite3.h>

#include <gtest/gtest.h>

#include "tests/unit/variable_store_world.hpp"

using namespace variable_store_world;

namespace {

std::string check(const std::string &path, bool create = false)
{
    char error[VARIABLE_STORE_ERROR_MAX] = "";
    return variable_store_file_check(path.c_str(), create, error) ? "" : error;
}

bytes image_of(const std::string &path)
{
    uint8_t *image = nullptr;
    uint64_t size = 0;
    char error[VARIABLE_STORE_ERROR_MAX] = "";
    EXPECT_TRUE(variable_store_image_read(path.c_str(), &image, &size, error)) << error;
    const bytes copy(image, image + size);
    variable_store_image_free(image);
    return copy;
}

// What another program does to the file.
void tamper(const std::string &path, const std::string &statements)
{
    sqlite3 *database = nullptr;
    ASSERT_EQ(SQLITE_OK, sqlite3_open(path.c_str(), &database));
    char *message = nullptr;
    ASSERT_EQ(SQLITE_OK, sqlite3_exec(database, statements.c_str(), nullptr, nullptr, &message)) << message;
    sqlite3_close(database);
}

struct variable_record record_of(uint8_t value, bool fingerprint)
{
    struct variable_record record = {};
    memset(record.timestamp, value, sizeof(record.timestamp));
    record.has_fingerprint = fingerprint;
    memset(record.fingerprint, fingerprint ? value : 0, sizeof(record.fingerprint));
    return record;
}

} // namespace

TEST(variable_store, values_come_back_with_attributes_and_in_order_of_insertion)
{
    store table;
    EXPECT_EQ(VARIABLE_STORE_OK, table.set("Zebra", bytes_of("1")));
    EXPECT_EQ(VARIABLE_STORE_OK, table.set("Apple", bytes_of("22")));
    EXPECT_EQ(VARIABLE_STORE_OK, table.set("Zebra", bytes_of("333")));
    EXPECT_EQ("Zebra Apple", table.names());
    EXPECT_EQ("333", table.get("Zebra"));
    EXPECT_EQ("22", table.get("Apple"));
    EXPECT_EQ("-", table.get("Apple", 2)); // another namespace
}

TEST(variable_store, a_value_of_no_bytes_is_a_value)
{
    store table;
    EXPECT_EQ(VARIABLE_STORE_OK, table.set("Empty", bytes()));
    struct variable_entry entry;
    ASSERT_TRUE(table.find("Empty", &entry));
    EXPECT_TRUE(entry.has_value);
    EXPECT_EQ(0u, entry.data_size);
}

TEST(variable_store, a_signed_write_keeps_its_record_and_an_unsigned_one_or_a_delete_clears_it)
{
    store table;
    struct variable_entry entry;
    const struct variable_record record = record_of(7, true);
    ASSERT_EQ(VARIABLE_STORE_OK, table.set("Signed", bytes_of("x"), NV_BS, &record));
    ASSERT_TRUE(table.find("Signed", &entry));
    EXPECT_TRUE(entry.record.has_fingerprint);
    EXPECT_EQ(0, memcmp(record.timestamp, entry.record.timestamp, sizeof(record.timestamp)));
    EXPECT_EQ(0, memcmp(record.fingerprint, entry.record.fingerprint, sizeof(record.fingerprint)));

    const struct variable_record time_only = record_of(9, false);
    ASSERT_EQ(VARIABLE_STORE_OK, table.set("Signed", bytes_of("y"), NV_BS, &time_only));
    ASSERT_TRUE(table.find("Signed", &entry));
    EXPECT_FALSE(entry.record.has_fingerprint);
    EXPECT_EQ(9, entry.record.timestamp[15]);

    ASSERT_EQ(VARIABLE_STORE_OK, variable_store_delete_value(&table.core, entry.id));
    ASSERT_TRUE(table.find("Signed", &entry));
    EXPECT_EQ(0, entry.record.timestamp[0]);
}

TEST(variable_store, a_transaction_happens_as_a_whole_or_not_at_all)
{
    store table;
    ASSERT_EQ(VARIABLE_STORE_OK, table.set("A", bytes_of("old")));
    ASSERT_EQ(VARIABLE_STORE_OK, variable_store_begin(&table.core));
    ASSERT_EQ(VARIABLE_STORE_OK, table.set("A", bytes_of("new")));
    ASSERT_EQ(VARIABLE_STORE_OK, table.set("B", bytes_of("b")));
    variable_store_rollback(&table.core);
    EXPECT_EQ("A", table.names());
    EXPECT_EQ("old", table.get("A"));

    ASSERT_EQ(VARIABLE_STORE_OK, variable_store_begin(&table.core));
    ASSERT_EQ(VARIABLE_STORE_OK, table.set("A", bytes_of("new")));
    ASSERT_EQ(VARIABLE_STORE_OK, variable_store_commit(&table.core));
    variable_store_rollback(&table.core); // nothing is open: nothing happens
    EXPECT_EQ("new", table.get("A"));
}

TEST(variable_store, a_power_cut_takes_volatile_values_properties_and_open_transactions)
{
    const folder place;
    for (const std::string &path : {std::string(), place.file("store")}) {
        store table(path);
        struct variable_entry entry;
        const struct variable_property property = {1, 1, 0, 0, 8};
        ASSERT_EQ(VARIABLE_STORE_OK, variable_store_power_cycle(&table.core));
        ASSERT_EQ(VARIABLE_STORE_OK, table.set("Kept", bytes_of("kept")));
        ASSERT_EQ(VARIABLE_STORE_OK, table.set("Volatile", bytes_of("gone"), BS_ONLY));
        ASSERT_TRUE(table.find("Kept", &entry));
        ASSERT_EQ(VARIABLE_STORE_OK, variable_store_set_property(&table.core, entry.id, &property));
        ASSERT_EQ(VARIABLE_STORE_OK, variable_store_begin(&table.core));
        ASSERT_EQ(VARIABLE_STORE_OK, table.set("Kept", bytes_of("torn")));
        ASSERT_EQ(VARIABLE_STORE_OK, variable_store_power_cycle(&table.core));
        EXPECT_EQ("Kept", table.names());
        EXPECT_EQ("kept", table.get("Kept"));
        ASSERT_TRUE(table.find("Kept", &entry));
        EXPECT_FALSE(entry.has_property);
        EXPECT_FALSE(table.find("Volatile", &entry));
    }
}

TEST(variable_store, a_power_cut_at_any_step_of_a_write_leaves_the_old_value_or_the_new_one)
{
    const folder place;
    for (const bool in_file : {false, true}) {
        for (int steps = 0; steps <= 4; steps++) {
            store table(in_file ? place.file("store" + std::to_string(steps)) : "");
            struct variable_entry entry;
            const bytes name = utf16("New");
            const struct efi_guid guid = guid_filled(1);
            const struct variable_record record = record_of(5, true);
            ASSERT_EQ(VARIABLE_STORE_OK, table.set("Neighbour", bytes(20000, 7)));
            ASSERT_EQ(VARIABLE_STORE_OK, table.set("Old", bytes_of("old")));
            if (steps > 0) {
                ASSERT_EQ(VARIABLE_STORE_OK, variable_store_begin(&table.core));
            }
            if (steps > 1) {
                ASSERT_EQ(VARIABLE_STORE_OK, variable_store_add(&table.core, &guid, name.data(),
                                                                static_cast<uint32_t>(name.size()), &entry));
            }
            if (steps > 2) {
                ASSERT_EQ(VARIABLE_STORE_OK, table.set("New", bytes(20000, 8), NV_BS, &record));
                ASSERT_EQ(VARIABLE_STORE_OK, table.set("Old", bytes_of("new"), NV_BS, &record));
            }
            if (steps > 3) {
                ASSERT_EQ(VARIABLE_STORE_OK, variable_store_commit(&table.core));
            }
            ASSERT_EQ(VARIABLE_STORE_OK, variable_store_power_cycle(&table.core));
            EXPECT_EQ(steps > 3 ? "Neighbour Old New" : "Neighbour Old", table.names()) << steps;
            EXPECT_EQ(std::string(20000, 7), table.get("Neighbour"));
            EXPECT_EQ(steps > 3 ? "new" : "old", table.get("Old"));
            ASSERT_TRUE(table.find("Old", &entry));
            EXPECT_EQ(steps > 3, entry.record.has_fingerprint);
            EXPECT_EQ(steps > 3, table.find("New", &entry));
        }
    }
}

TEST(variable_store, a_file_outlives_the_store_and_stays_one_file)
{
    const folder place;
    const std::string path = place.file("store");
    const struct variable_record record = record_of(3, true);
    {
        store table(path);
        ASSERT_EQ(VARIABLE_STORE_OK, table.set("First", bytes_of("1"), NV_BS, &record));
        ASSERT_EQ(VARIABLE_STORE_OK, table.set("Second", bytes(65536, 0x5a)));
    }
    EXPECT_FALSE(std::filesystem::exists(path + "-journal"));
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
    store table(path);
    struct variable_entry entry;
    EXPECT_EQ("First Second", table.names());
    EXPECT_EQ(std::string(65536, 0x5a), table.get("Second"));
    ASSERT_TRUE(table.find("First", &entry));
    EXPECT_TRUE(entry.record.has_fingerprint);
}

TEST(variable_store, a_copy_in_memory_leaves_the_file_as_it_is)
{
    const folder place;
    const std::string path = place.file("store");
    {
        store table(path);
        ASSERT_EQ(VARIABLE_STORE_OK, table.set("A", bytes_of("file")));
    }
    const bytes before = file_read(path);
    const bytes image = image_of(path);
    store one(image);
    store two(image);
    ASSERT_EQ(VARIABLE_STORE_OK, one.set("A", bytes_of("one")));
    ASSERT_EQ(VARIABLE_STORE_OK, one.set("B", bytes_of("one")));
    EXPECT_EQ("file", two.get("A")); // passes do not see each other's writes
    EXPECT_EQ("A", two.names());
    EXPECT_EQ("one", one.get("A"));
    EXPECT_EQ(before, file_read(path));
}

TEST(variable_store, the_same_writes_give_the_same_bytes)
{
    const folder place;
    for (const char *name : {"one", "two"}) {
        store table(place.file(name));
        for (int i = 0; i < 20; i++) {
            ASSERT_EQ(VARIABLE_STORE_OK, table.set("V" + std::to_string(i % 7), bytes(100 * i, 1)));
        }
    }
    EXPECT_EQ(file_read(place.file("one")), file_read(place.file("two")));
}

TEST(variable_store, a_file_is_one_store_at_a_time)
{
    const folder place;
    const std::string path = place.file("store");
    store first(path);
    ASSERT_EQ(VARIABLE_STORE_OK, first.set("A", bytes_of("1")));
    EXPECT_NE(std::string::npos, check(path).find("in use")) << check(path);
    store second(path);
    EXPECT_EQ(VARIABLE_STORE_FAILED, second.set("A", bytes_of("2")));
    EXPECT_EQ("1", first.get("A"));
}

TEST(variable_store, a_file_is_copied_by_many_at_once_but_not_while_it_is_written)
{
    const folder place;
    const std::string path = place.file("store");
    char error[VARIABLE_STORE_ERROR_MAX] = "";
    uint8_t *image = nullptr;
    uint64_t size = 0;
    {
        store writer(path);
        ASSERT_EQ(VARIABLE_STORE_OK, writer.set("A", bytes_of("1")));
        EXPECT_FALSE(variable_store_image_read(path.c_str(), &image, &size, error));
        EXPECT_NE(std::string::npos, std::string(error).find("in use")) << error;
    }
    struct sqlite3 *other = nullptr;
    ASSERT_EQ(SQLITE_OK, sqlite3_open(path.c_str(), &other));
    ASSERT_EQ(SQLITE_OK,
              sqlite3_exec(other, "BEGIN; SELECT count(*) FROM variable", nullptr, nullptr, nullptr));
    EXPECT_TRUE(variable_store_image_read(path.c_str(), &image, &size, error)) << error;
    EXPECT_EQ(size, std::filesystem::file_size(path));
    variable_store_image_free(image);
    EXPECT_NE(std::string::npos, check(path).find("in use")) << "somebody reads it: not to be written";
    sqlite3_close(other);
}

TEST(variable_store_file, what_is_no_store_is_refused_and_told)
{
    const folder place;
    const std::string path = place.file("file");
    EXPECT_NE("", check(path));                  // it is not there
    EXPECT_FALSE(std::filesystem::exists(path)); // and is not made by looking
    EXPECT_NE("", check(""));
    EXPECT_NE("", check(":memory:"));
    EXPECT_NE("", check(place.file(""))); // a folder
    EXPECT_NE("", check(place.file("no/such/folder"), true));
    file_write(path, bytes());
    EXPECT_EQ("the file is empty, expected a variable store", check(path));
    file_write(path, bytes_of("variables: none\n"));
    EXPECT_NE(std::string::npos, check(path).find("not a variable store"));
    EXPECT_EQ(check(path), check(path, true)); // it is not made one either
    EXPECT_EQ(bytes_of("variables: none\n"), file_read(path));
}

TEST(variable_store_file, databases_of_others_are_refused_and_told)
{
    const folder place;
    const std::string path = place.file("file");
    tamper(path, "CREATE TABLE variable (id INTEGER)");
    EXPECT_NE(std::string::npos, check(path).find("another program")) << check(path);
    tamper(path, "PRAGMA application_id = 0x46464156; PRAGMA user_version = 2");
    EXPECT_EQ("a variable store of version 2, expected version 1", check(path));
    tamper(path, "PRAGMA user_version = 1");
    EXPECT_EQ("the variable store has other tables than expected", check(path));
}

TEST(variable_store_file, what_could_run_with_our_statements_is_refused)
{
    const folder place;
    for (const char *addition :
         {"CREATE TABLE more (x)", "CREATE VIEW more AS SELECT 1", "CREATE INDEX more ON variable (data)",
          "CREATE TRIGGER more AFTER UPDATE ON variable BEGIN DELETE FROM variable; END"}) {
        const std::string path = place.file("file");
        std::filesystem::remove(path);
        ASSERT_EQ("", check(path, true));
        ASSERT_EQ("", check(path));
        tamper(path, addition);
        EXPECT_EQ("the variable store has other tables than expected", check(path)) << addition;
    }
}

TEST(variable_store_file, rows_that_no_store_writes_are_refused)
{
    const folder place;
    const char *rows[] = {
        "(1, x'00', x'410000', 1, x'', NULL, NULL, NULL)",
        "(1, 'sixteen letters!', x'41000000', 1, x'', NULL, NULL, NULL)",
        "(1, zeroblob(16), x'41', 1, x'', NULL, NULL, NULL)",
        "(1, zeroblob(16), zeroblob(1026), 1, x'', NULL, NULL, NULL)",
        "(1, zeroblob(16), x'41000000', 'NV', x'', NULL, NULL, NULL)",
        "(1, zeroblob(16), x'41000000', -1, x'', NULL, NULL, NULL)",
        "(1, zeroblob(16), x'41000000', 4294967296, x'', NULL, NULL, NULL)",
        "(1, zeroblob(16), x'41000000', 1, 'text', NULL, NULL, NULL)",
        "(1, zeroblob(16), x'41000000', 1, zeroblob(65537), NULL, NULL, NULL)",
        "(1, zeroblob(16), x'41000000', 1, x'', zeroblob(23), NULL, NULL)",
        "(1, zeroblob(16), x'41000000', 1, x'', NULL, zeroblob(15), NULL)",
        "(1, zeroblob(16), x'41000000', 1, x'', NULL, NULL, zeroblob(33))",
        "(0, zeroblob(16), x'41000000', 1, x'', NULL, NULL, NULL)",
        "(9223372036854775807, zeroblob(16), x'41000000', 1, x'', NULL, NULL, NULL)",
    };
    for (const char *row : rows) {
        const std::string path = place.file("file");
        std::filesystem::remove(path);
        ASSERT_EQ("", check(path, true));
        tamper(path, std::string("INSERT INTO variable VALUES ") + row);
        EXPECT_NE(std::string::npos, check(path).find("rows that are no variables")) << row << check(path);
    }
}

TEST(variable_store_file, a_blob_of_many_megabytes_is_refused_without_being_read)
{
    const folder place;
    const std::string path = place.file("file");
    ASSERT_EQ("", check(path, true));
    tamper(path,
           "INSERT INTO variable (guid, name, data) VALUES (zeroblob(16), x'41000000', zeroblob(50000000))");
    EXPECT_NE("", check(path));
}

// Whatever stands in the file: a sentence, or a store that works. Never a crash, never a changed file where
// it was refused.
TEST(variable_store_file, truncated_anywhere_it_is_refused_or_works)
{
    const folder place;
    const std::string path = place.file("file");
    {
        store table(path);
        for (int i = 0; i < 30; i++) {
            ASSERT_EQ(VARIABLE_STORE_OK,
                      table.set("V" + std::to_string(i), bytes(static_cast<size_t>(i) * 37, 1)));
        }
    }
    const bytes whole = file_read(path);
    for (size_t size = 0; size < whole.size(); size += size < 120 ? 1 : 509) {
        file_write(path, bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        EXPECT_NE("", check(path)) << size;
    }
    file_write(path, whole);
    EXPECT_EQ("", check(path));
}

TEST(variable_store_file, with_any_bit_flipped_it_is_refused_or_works)
{
    const folder place;
    const std::string path = place.file("file");
    {
        store table(path);
        for (int i = 0; i < 12; i++) {
            ASSERT_EQ(VARIABLE_STORE_OK,
                      table.set("V" + std::to_string(i), bytes(static_cast<size_t>(i) * 90, 1)));
        }
    }
    const bytes whole = file_read(path);
    uint32_t refused = 0;
    for (size_t at = 0; at < whole.size(); at += at < 128 ? 3 : 97) {
        bytes changed = whole;
        changed[at] ^= static_cast<uint8_t>(1U << (at % 8));
        file_write(path, changed);
        if (check(path) != "") {
            EXPECT_EQ(changed, file_read(path)) << at;
            refused++;
            continue;
        }
        store table(image_of(path)); // in memory: a disk would be waited for
        EXPECT_EQ(VARIABLE_STORE_OK, table.set("New", bytes_of("new"))) << at;
        EXPECT_EQ("new", table.get("New")) << at;
        (void)table.names();
    }
    EXPECT_GT(refused, 20u);
}
