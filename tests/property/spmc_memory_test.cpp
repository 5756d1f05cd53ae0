// SPDX-License-Identifier: BSD-3-Clause
//
// The law: after every call, what each endpoint may do to each page, by the core and by what the bus was
// told, is what a naive model says that keeps an owner, a lender's loss and a bit per borrower for each page.
// Random sends, retrievals, relinquishes and reclaims by random endpoints, right and wrong ones; overlapping
// ranges are common because there are few pages.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/spmc_memory_world.hpp"

namespace {

const uint64_t FIRST_PAGE = 0x80100000;
const uint32_t PAGES = 24;
const uint16_t ENDPOINTS[] = {0, 0x8001, 0x8002, 0x8003};

struct naive_page {
    uint16_t owner = 0;
    bool given_away = false;        // lent, or donated and not yet retrieved
    uint32_t transaction = 0;       // 0: none holds it
    int borrowed[4] = {0, 0, 0, 0}; // the right that each endpoint retrieved
};

struct naive_transaction {
    uint64_t handle = 0; // 0: over
    uint32_t kind = 0;
    uint16_t sender = 0;
    std::vector<uint32_t> pages;
    std::vector<memory_receiver> receivers;
};

int slot_of(uint16_t id)
{
    return id == 0 ? 0 : id - 0x8000;
}

class naive_world {
public:
    explicit naive_world(uint32_t seed) : random_(seed) {}

    void step()
    {
        switch (below(7)) {
        case 0:
        case 1:
            send();
            break;
        case 2:
        case 3:
            retrieve();
            break;
        case 4:
        case 5:
            relinquish();
            break;
        default:
            reclaim();
            break;
        }
    }

    void check() const
    {
        for (uint32_t i = 0; i < PAGES; i++) {
            for (uint16_t id : ENDPOINTS) {
                const int expected = right(i, id);
                EXPECT_EQ(world.right(id, pa_of(i)), expected) << "page " << i << " endpoint " << id;
                const int told = world.told(id, pa_of(i));
                const int at_reset = id == 0 ? SPMC_MEMORY_READ_WRITE : SPMC_MEMORY_NO_ACCESS;
                EXPECT_EQ(told == -1 ? at_reset : told, expected) << "page " << i << " endpoint " << id;
            }
        }
    }

    uint32_t accepted = 0;
    memory_world world;

private:
    static uint64_t pa_of(uint32_t page) { return FIRST_PAGE + page * 4096; }
    uint32_t below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }
    uint16_t endpoint() { return ENDPOINTS[below(4)]; }

    int right(uint32_t page, uint16_t id) const
    {
        const naive_page &of = pages_[page];
        if (of.borrowed[slot_of(id)] != 0) {
            return of.borrowed[slot_of(id)];
        }
        return of.owner == id && !of.given_away ? SPMC_MEMORY_READ_WRITE : SPMC_MEMORY_NO_ACCESS;
    }

    void send()
    {
        naive_transaction transaction;
        transaction.kind = below(3);
        const uint32_t wanted = below(PAGES - 3); // a range of somebody's, most of the time its own
        transaction.sender = below(8) == 0 ? endpoint() : pages_[wanted].owner;
        memory_request request;
        request.sender = transaction.sender;
        request.receivers.clear();
        request.constituents.clear();
        for (uint16_t id : {0x8001, 0x8002, 0x8003}) {
            if (id != transaction.sender && below(2) == 0) {
                const auto data = static_cast<uint8_t>(transaction.kind == 2 ? 0 : 1 + below(2));
                request.receivers.push_back({id, data});
            }
        }
        const bool one = transaction.kind == 2 || (transaction.kind == 1 && request.receivers.size() == 1);
        request.attributes = one ? 0 : FFA_MEMORY_NORMAL_WB_INNER;
        bool legal = !request.receivers.empty() && (transaction.kind != 2 || request.receivers.size() == 1);
        const uint32_t count = 1 + below(2);
        bool overlap = false;
        for (uint32_t i = 0; i < count; i++) {
            const uint32_t first = i == 0 ? wanted : below(PAGES - 3);
            const uint32_t size = 1 + below(2);
            request.constituents.push_back({pa_of(first), size});
            for (uint32_t page = first; page < first + size; page++) {
                for (uint32_t other : transaction.pages) {
                    overlap = overlap || other == page;
                }
                transaction.pages.push_back(page);
            }
        }
        for (uint32_t page : transaction.pages) {
            legal = legal && pages_[page].owner == transaction.sender && pages_[page].transaction == 0;
        }
        const uint32_t functions[] = {FFA_MEM_SHARE_32, FFA_MEM_LEND_32, FFA_MEM_DONATE_32};
        const struct smc_frame out = world.send(functions[transaction.kind], transaction.sender, request);
        ASSERT_EQ(memory_status(out) == 0, legal && !overlap) << "check " << world.check;
        if (memory_status(out) != 0) {
            return;
        }
        accepted++;
        transaction.handle = memory_handle(out);
        transaction.receivers = request.receivers;
        transactions_.push_back(transaction);
        for (uint32_t page : transaction.pages) {
            pages_[page].transaction = static_cast<uint32_t>(transactions_.size());
            pages_[page].given_away = transaction.kind != 0;
        }
    }

    // One of the latest: over or not.
    naive_transaction *any_transaction()
    {
        const auto count = static_cast<uint32_t>(transactions_.size());
        return count == 0 ? nullptr : &transactions_[count - 1 - below(std::min(count, 6U))];
    }

    void retrieve()
    {
        naive_transaction *transaction = any_transaction();
        if (transaction == nullptr) {
            return;
        }
        const uint16_t id = static_cast<uint16_t>(0x8001 + below(3));
        memory_request request = memory_world::retrieve_request(transaction->handle, id);
        request.sender = transaction->sender;
        request.receivers = transaction->receivers;
        uint32_t given = 0; // the data permissions are numbered as the rights are
        for (memory_receiver &receiver : request.receivers) {
            if (receiver.id == id) {
                given = receiver.permissions == 0 ? FFA_MEMORY_DATA_READ_WRITE : receiver.permissions;
                receiver.permissions = 0;
            }
        }
        const bool fresh = given != 0 && pages_[transaction->pages[0]].borrowed[slot_of(id)] == 0;
        const bool legal = transaction->handle != 0 && fresh;
        const struct smc_frame out = world.retrieve(id, request);
        world.caller(id).rx_full = false;
        ASSERT_EQ(memory_status(out) == 0, legal) << "check " << world.check;
        if (!legal) {
            return;
        }
        accepted++;
        for (uint32_t page : transaction->pages) {
            if (transaction->kind == 2) {
                pages_[page] = naive_page();
                pages_[page].owner = id;
            } else {
                pages_[page].borrowed[slot_of(id)] = static_cast<int>(given);
            }
        }
        transaction->handle = transaction->kind == 2 ? 0 : transaction->handle;
    }

    void relinquish()
    {
        naive_transaction *transaction = any_transaction();
        if (transaction == nullptr) {
            return;
        }
        const uint16_t id = static_cast<uint16_t>(0x8001 + below(3));
        const bool legal =
            transaction->handle != 0 && pages_[transaction->pages[0]].borrowed[slot_of(id)] != 0;
        ASSERT_EQ(memory_status(world.relinquish(id, transaction->handle)) == 0, legal) << world.check;
        for (uint32_t i = 0; legal && i < transaction->pages.size(); i++) {
            pages_[transaction->pages[i]].borrowed[slot_of(id)] = 0;
        }
        accepted += legal;
    }

    void reclaim()
    {
        naive_transaction *transaction = any_transaction();
        if (transaction == nullptr) {
            return;
        }
        const uint16_t id = endpoint();
        bool legal = transaction->handle != 0 && transaction->sender == id;
        for (uint16_t borrower : ENDPOINTS) {
            legal = legal && pages_[transaction->pages[0]].borrowed[slot_of(borrower)] == 0;
        }
        ASSERT_EQ(memory_status(world.reclaim(id, transaction->handle)) == 0, legal) << world.check;
        for (uint32_t i = 0; legal && i < transaction->pages.size(); i++) {
            pages_[transaction->pages[i]].given_away = false;
            pages_[transaction->pages[i]].transaction = 0;
        }
        transaction->handle = legal ? 0 : transaction->handle;
        accepted += legal;
    }

    std::mt19937 random_;
    naive_page pages_[PAGES];
    std::vector<naive_transaction> transactions_;
};

} // namespace

TEST(spmc_memory_property, rights_are_those_of_a_naive_model)
{
    const char *given = std::getenv("FFA_COSIM_SEED");
    const uint32_t first = given != nullptr ? static_cast<uint32_t>(std::atoi(given)) : 1;
    for (uint32_t seed = first; seed < first + 60; seed++) {
        naive_world naive(seed);
        for (uint32_t i = 0; i < 300; i++) {
            naive.step();
            naive.check();
            if (testing::Test::HasFailure()) {
                FAIL() << "FFA_COSIM_SEED=" << seed << ", step " << i;
            }
        }
        EXPECT_GT(naive.accepted, 20U) << "FFA_COSIM_SEED=" << seed;
    }
}
