/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/differential/uboot_console.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/platform/device_tree.h"
#include "model/platform/platform_file.h"

namespace differential {

namespace {

const char PROMPT[] = "\n=> ";
const char KEY_AWAITED[] = "autoboot";
const int QEMU_SILENCE_MS = 60000;

template <typename value_type> class shared {
public:
    explicit shared(size_t count = 1) : size_(count * sizeof(value_type) + 1)
    {
        void *memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        EXPECT_NE(memory, MAP_FAILED);
        value = static_cast<value_type *>(memory);
    }
    ~shared() { munmap(value, size_); }
    shared(const shared &) = delete;
    shared &operator=(const shared &) = delete;

    value_type *value;

private:
    size_t size_;
};

struct file_close {
    void operator()(FILE *file) const { fclose(file); }
};
using scratch_file = std::unique_ptr<FILE, file_close>;

std::string text_of(FILE *file)
{
    std::string text;
    char buffer[65536];
    rewind(file);
    for (size_t got = fread(buffer, 1, sizeof(buffer), file); got != 0;
         got = fread(buffer, 1, sizeof(buffer), file)) {
        text.append(buffer, got);
    }
    return text;
}

/* What is typed at each prompt, one line of script each. */
std::vector<struct machine_console_line> script_of(const std::vector<std::string> &typed)
{
    std::vector<struct machine_console_line> script = {{KEY_AWAITED, " ", 0}};
    for (const std::string &text : typed) {
        script.push_back({PROMPT, text.c_str(), 0});
    }
    return script;
}

std::vector<std::string> typed_of(const uboot_session &session)
{
    std::vector<std::string> typed;
    for (const std::string &command : session.commands) {
        typed.push_back(command + "\r");
    }
    return typed;
}

void outcome_fill(uboot_outcome &outcome, const machine_result &result)
{
    outcome.ended_well = result.end == MACHINE_END_CLEAN;
    outcome.limit = result.limit;
    outcome.reset = result.reset;
    outcome.instructions = result.instructions;
    outcome.finding_count = result.proof_count + result.finding_count;
    for (uint32_t i = 0; i < result.proof_count; i++) {
        outcome.errors += result.proofs[i].severity == PROVE_ERROR ? 1 : 0;
    }
}

std::vector<uint8_t> file_bytes(const std::string &path)
{
    std::ifstream bytes(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(bytes), std::istreambuf_iterator<char>()};
}

/* A directory of our own that goes with all that was put in it. */
class scratch_directory {
public:
    scratch_directory() { EXPECT_NE(mkdtemp(path_), nullptr); }
    ~scratch_directory()
    {
        for (const std::string &name : names_) {
            unlink(at(name).c_str());
        }
        rmdir(path_);
    }
    scratch_directory(const scratch_directory &) = delete;
    scratch_directory &operator=(const scratch_directory &) = delete;

    std::string at(const std::string &name) const { return std::string(path_) + "/" + name; }
    std::string put(const std::string &name, const std::vector<uint8_t> &bytes = {})
    {
        names_.push_back(name);
        std::ofstream(at(name), std::ios::binary)
            .write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        return at(name);
    }

private:
    char path_[32] = "/tmp/uboot-qemu-XXXXXX";
    std::vector<std::string> names_;
};

std::vector<uint8_t> tree_of(const uboot_session &session)
{
    return session.tree.empty() ? uboot_tree(session) : session.tree;
}

/* `machine`: more properties of it. */
std::vector<std::string> qemu_argv(const uboot_session &session, const std::string &machine)
{
    const struct platform_config platform = uboot_platform(session);
    const std::string virtualization = platform.entry_el == 2 ? "on" : "off";
    return {FFA_COSIM_QEMU_SYSTEM,
            "-M",
            "virt,secure=off,virtualization=" + virtualization + machine,
            "-cpu",
            "cortex-a57",
            "-m",
            std::to_string(platform.ram[0].size >> 20) + "M",
            "-bios",
            FFA_COSIM_UBOOT,
            "-display",
            "none",
            "-monitor",
            "none",
            "-serial",
            "stdio",
            "-net",
            "none"};
}

} // namespace

std::vector<uint8_t> uboot_image()
{
    return file_bytes(FFA_COSIM_UBOOT);
}

std::vector<uint8_t> uboot_tree(const uboot_session &session)
{
    const struct platform_config platform = uboot_platform(session);
    std::vector<uint8_t> tree(DEVICE_TREE_SIZE_MAX);
    tree.resize(device_tree_make(&platform, tree.data()));
    return tree;
}

struct platform_config uboot_platform(const uboot_session &session)
{
    struct platform_config platform {};
    char error[YAML_ERROR_MAX];
    const std::string path = std::string(SOURCE_DIR) + "/platforms/" + session.platform + ".yaml";
    EXPECT_TRUE(platform_file_read(path.c_str(), session.settings.data(),
                                   static_cast<uint32_t>(session.settings.size()), &platform, error))
        << error;
    return platform;
}

uboot_outcome uboot_here(const uboot_session &session)
{
    const struct platform_config platform = uboot_platform(session);
    const std::vector<uint8_t> image = uboot_image();
    const struct machine_segment segment = {session.load, image.data(), image.size(), image.size()};
    const std::vector<std::string> typed = typed_of(session);
    const std::vector<struct machine_console_line> script = script_of(typed);
    const shared<machine_result> result;
    const shared<uint8_t> flash0(image.size()), flash1(session.flash1.size()), disk(session.disk.size());
    std::copy(session.disk.begin(), session.disk.end(), disk.value);
    const scratch_file events(tmpfile()), console(tmpfile());
    struct machine_request request {};
    request.platform = &platform;
    request.mode = session.mode;
    request.keyboard_fd = -1;
    if (session.load != 0) {
        request.segments = &segment;
        request.segment_count = 1;
        request.entry = session.load;
    } else {
        request.flashes[0] = {image.data(), image.size(), flash0.value};
    }
    if (!session.flash1.empty()) {
        request.flashes[1] = {session.flash1.data(), session.flash1.size(), flash1.value};
    }
    if (!session.disk.empty()) {
        request.disk = {disk.value, session.disk.size(), false, disk.value};
    }
    request.console = script.data();
    request.console_count = static_cast<uint32_t>(script.size());
    if (!session.tree.empty()) {
        request.device_tree = session.tree.data();
        request.device_tree_size = session.tree.size();
    }
    request.stop_text = session.until.c_str();
    request.instructions_max = session.instructions_max;
    request.events = events.get();
    request.console_out = console.get();
    fflush(nullptr);
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
        const bool fits = machine_run(&request, result.value);
        fflush(nullptr);
        _exit(fits ? 0 : 1);
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    uboot_outcome outcome;
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    outcome_fill(outcome, *result.value);
    outcome.console = text_of(console.get());
    outcome.events = text_of(events.get());
    outcome.disk.assign(disk.value, disk.value + session.disk.size());
    outcome.flash0.assign(flash0.value, flash0.value + image.size());
    outcome.flash1.assign(flash1.value, flash1.value + session.flash1.size());
    return outcome;
}

namespace {

/* A program with our pipes at its ends, killed when this goes. */
class conversation {
public:
    explicit conversation(const std::vector<std::string> &argv)
    {
        int in[2] = {-1, -1}, out[2] = {-1, -1};
        EXPECT_EQ(pipe(in), 0);
        EXPECT_EQ(pipe(out), 0);
        child_ = fork();
        if (child_ == 0) {
            dup2(in[0], STDIN_FILENO);
            dup2(out[1], STDOUT_FILENO);
            for (const int end : {in[0], in[1], out[0], out[1]}) {
                close(end);
            }
            std::vector<char *> arguments;
            for (const std::string &argument : argv) {
                arguments.push_back(const_cast<char *>(argument.c_str()));
            }
            arguments.push_back(nullptr);
            execvp(arguments[0], arguments.data());
            _exit(127);
        }
        close(in[0]);
        close(out[1]);
        to_ = in[1];
        from_ = out[0];
    }
    ~conversation()
    {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
        close(to_);
        close(from_);
    }
    conversation(const conversation &) = delete;
    conversation &operator=(const conversation &) = delete;

    /* False: it said no such thing before it fell silent. */
    bool wait_for(const std::string &text)
    {
        size_t found = heard.find(text, mark_);
        while (found == std::string::npos) {
            struct pollfd ready = {from_, POLLIN, 0};
            char buffer[4096];
            const ssize_t got =
                poll(&ready, 1, QEMU_SILENCE_MS) == 1 ? read(from_, buffer, sizeof(buffer)) : 0;
            if (got <= 0) {
                return false;
            }
            heard.append(buffer, static_cast<size_t>(got));
            found = heard.find(text, mark_);
        }
        mark_ = found + text.size();
        return true;
    }
    void type(const std::string &text)
    {
        EXPECT_EQ(write(to_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }

    std::string heard;

private:
    pid_t child_ = -1;
    int to_ = -1, from_ = -1;
    size_t mark_ = 0;
};

} // namespace

qemu_outcome uboot_qemu(const uboot_session &session)
{
    scratch_directory files;
    std::vector<std::string> argv = qemu_argv(session, "");
    argv.insert(argv.end(), {"-dtb", files.put("tree.dtb", tree_of(session))});
    const std::string disk = files.put("disk", session.disk);
    if (!session.disk.empty()) {
        argv.insert(argv.end(), {"-drive", "if=none,format=raw,id=disk,file=" + disk, "-device",
                                 "virtio-blk-device,drive=disk"});
    }
    qemu_outcome outcome;
    {
        conversation qemu(argv);
        bool talks = true;
        const std::vector<std::string> typed = typed_of(session);
        for (const struct machine_console_line &line : script_of(typed)) {
            talks = talks && qemu.wait_for(line.expect);
            if (talks) {
                qemu.type(line.send);
            }
        }
        talks = talks && qemu.wait_for(session.until);
        EXPECT_TRUE(talks) << qemu.heard;
        outcome.console = qemu.heard;
    }
    outcome.console.resize(outcome.console.rfind(session.until) + session.until.size());
    outcome.disk = file_bytes(disk);
    return outcome;
}

namespace {

std::vector<uint8_t> tree_dumped(const uboot_session &session, bool given)
{
    scratch_directory files;
    const std::string dumped = files.put("dumped.dtb");
    std::vector<std::string> argv = qemu_argv(session, ",dumpdtb=" + dumped);
    if (given) {
        argv.insert(argv.end(), {"-dtb", files.put("tree.dtb", tree_of(session))});
    }
    conversation qemu(argv);
    EXPECT_FALSE(qemu.wait_for("never said: QEMU ends when it has dumped the tree"));
    return file_bytes(dumped);
}

} // namespace

std::vector<uint8_t> uboot_tree_of_qemu(const uboot_session &session)
{
    return tree_dumped(session, true);
}

std::vector<uint8_t> qemu_own_tree(const uboot_session &session)
{
    return tree_dumped(session, false);
}

} // namespace differential
