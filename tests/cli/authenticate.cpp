// SPDX-License-Identifier: BSD-3-Clause
//
// One SetVariable with files that other programs have made, as a command:
//
//     authenticate edk2|trusted-services NAME AUTH [PK-LIST [KEK-LIST]]
//
// NAME is PK, KEK, db, dbx or dbt; AUTH a descriptor with its content. Prints the EFI_STATUS as a number and
// the content's size; `append` after the rules' name appends.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "model/mm_sp/authenticated_variable.h"

namespace {

using bytes = std::vector<uint8_t>;

bytes file(const char *path)
{
    std::ifstream in(path, std::ios::binary);
    return bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

} // namespace

int main(int argc, char *argv[])
{
    const bool append = argc > 2 && strcmp(argv[2], "append") == 0;
    const int first = append ? 3 : 2;
    if (argc < first + 2) {
        fprintf(stderr, "usage: authenticate RULES [append] NAME AUTH [PK [KEK]]\n");
        return 2;
    }
    struct authenticated_variable_name name = {};
    int database = 0;
    for (; database < KEY_DATABASE_COUNT; database++) {
        authenticated_variable_name_of(static_cast<enum authenticated_variable_key_database>(database),
                                       &name);
        if (strcmp(name.text, argv[first]) == 0) {
            break;
        }
    }
    if (database == KEY_DATABASE_COUNT) {
        return 2;
    }
    bytes data = file(argv[first + 1]);
    const bytes pk = argc > first + 2 ? file(argv[first + 2]) : bytes();
    const bytes kek = argc > first + 3 ? file(argv[first + 3]) : bytes();
    struct authenticated_variable_request request = {};
    request.rules =
        strcmp(argv[1], "edk2") == 0 ? AUTHENTICATED_VARIABLE_EDK2 : AUTHENTICATED_VARIABLE_TRUSTED_SERVICES;
    request.guid = name.guid;
    request.name = name.name;
    request.name_size = name.name_size;
    request.attributes = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS |
                         EFI_VARIABLE_RUNTIME_ACCESS | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS |
                         (append ? EFI_VARIABLE_APPEND_WRITE : 0);
    request.data = data.data();
    request.data_size = static_cast<uint32_t>(data.size());
    request.pk = {pk.data(), static_cast<uint32_t>(pk.size())};
    request.kek = {kek.data(), static_cast<uint32_t>(kek.size())};
    struct authenticated_variable_answer answer;
    authenticated_variable_check(&request, &answer);
    printf("%llx %u\n", static_cast<unsigned long long>(answer.status), answer.content_size);
    return 0;
}
