// SPDX-License-Identifier: BSD-3-Clause
//
// The bytes of a fuzz input as numbers: what is beyond their end is zero. Values that mean something to the
// secure side are one byte away, and any 64 bits nine.
#ifndef TESTS_FUZZ_FUZZ_INPUT_HPP
#define TESTS_FUZZ_FUZZ_INPUT_HPP

#include <cstddef>
#include <cstdint>

class fuzz_input {
public:
    fuzz_input(const uint8_t *data, size_t size) : data_(data), size_(size) {}

    bool empty() const { return at_ >= size_; }
    size_t left() const { return size_ - at_; }

    uint64_t take(unsigned bytes)
    {
        uint64_t value = 0;
        for (unsigned i = 0; i < bytes; i++) {
            value |= static_cast<uint64_t>(at_ < size_ ? data_[at_] : 0) << (8 * i);
            at_ += at_ < size_ ? 1 : 0;
        }
        return value;
    }

    uint8_t byte() { return static_cast<uint8_t>(take(1)); }

    // A byte below the number of words is one of them; one with the highest bits set is followed by 2, 4 or 8
    // bytes; any other stands for itself.
    template <size_t count> uint64_t word(const uint64_t (&words)[count])
    {
        static_assert(count <= 0xC0, "words and small numbers are told apart");
        const uint8_t tag = byte();
        if (tag < count) {
            return words[tag];
        }
        switch (tag >> 4) {
        case 0xD:
            return take(2);
        case 0xE:
            return take(4);
        case 0xF:
            return take(8);
        default:
            return tag;
        }
    }

private:
    const uint8_t *data_;
    size_t size_;
    size_t at_ = 0;
};

// Aborts with the text where the core has broken its contract; asserts may be off in a fuzzing build.
void fuzz_require(bool holds, const char *what);

#endif
