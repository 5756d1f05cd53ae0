// SPDX-License-Identifier: BSD-3-Clause
//
// Runs a fuzz target without a fuzzing engine, for the test suite: inputs are mutations of the target's
// seeds, drawn from a printed seed. With files as arguments it runs those, so that a found input is a test.
// The targets have the interface of libFuzzer and link with it as they are (clang -fsanitize=fuzzer).
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The target's: what mutations begin with, and words that they insert.
extern const std::vector<std::string> fuzz_seeds;
extern const std::vector<std::string> fuzz_words;

namespace {

using generator = std::mt19937_64;

size_t below(generator &random, size_t limit)
{
    return limit == 0 ? 0 : static_cast<size_t>(random() % limit);
}

void mutate(generator &random, std::string &input)
{
    const size_t place = below(random, input.size() + 1);
    switch (below(random, 6)) {
    case 0:
        if (place < input.size()) {
            input[place] = static_cast<char>(random());
        }
        return;
    case 1:
        input.insert(place, fuzz_words[below(random, fuzz_words.size())]);
        return;
    case 2:
        input.erase(place, below(random, 16));
        return;
    case 3: {
        const std::string &other = fuzz_seeds[below(random, fuzz_seeds.size())];
        const size_t from = below(random, other.size());
        input.insert(place, other.substr(from, below(random, other.size() - from + 1)));
        return;
    }
    case 4:
        input.insert(place, input.substr(below(random, input.size() + 1), below(random, 64)));
        return;
    default:
        input.insert(place, 1, static_cast<char>(random()));
        return;
    }
}

int run_files(int count, char **paths)
{
    for (int i = 0; i < count; i++) {
        std::ifstream file(paths[i], std::ios::binary);
        if (!file) {
            fprintf(stderr, "%s: cannot be read, expected an input of the target\n", paths[i]);
            return 2;
        }
        const std::string input((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(input.data()), input.size());
    }
    return 0;
}

// Where libFuzzer begins.
int write_seeds(const std::string &folder)
{
    for (size_t i = 0; i < fuzz_seeds.size(); i++) {
        std::ofstream file(folder + "/seed" + std::to_string(i), std::ios::binary);
        file << fuzz_seeds[i];
        if (!file.flush()) {
            fprintf(stderr, "%s: cannot be written to, expected a folder\n", folder.c_str());
            return 2;
        }
    }
    return 0;
}

} // namespace

// Usage: TARGET [-runs=N] [-seed=S] | TARGET -write-seeds=FOLDER | TARGET FILE...
int main(int argc, char **argv)
{
    uint64_t runs = 20000, seed = 1;
    int first = 1;
    for (; first < argc && argv[first][0] == '-'; first++) {
        if (strncmp(argv[first], "-runs=", 6) == 0) {
            runs = strtoull(argv[first] + 6, nullptr, 10);
        } else if (strncmp(argv[first], "-seed=", 6) == 0) {
            seed = strtoull(argv[first] + 6, nullptr, 10);
        } else if (strncmp(argv[first], "-write-seeds=", 13) == 0) {
            return write_seeds(argv[first] + 13);
        } else {
            fprintf(stderr, "usage: %s [-runs=N] [-seed=S] | -write-seeds=FOLDER | FILE...\n", argv[0]);
            return 2;
        }
    }
    if (first < argc) {
        return run_files(argc - first, argv + first);
    }
    printf("seed %llu, %llu runs\n", static_cast<unsigned long long>(seed),
           static_cast<unsigned long long>(runs));
    generator random(seed);
    for (uint64_t run = 0; run < runs; run++) {
        std::string input = fuzz_seeds[below(random, fuzz_seeds.size())];
        for (size_t i = below(random, 12); i-- > 0;) {
            mutate(random, input);
        }
        LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(input.data()), input.size());
    }
    return 0;
}
