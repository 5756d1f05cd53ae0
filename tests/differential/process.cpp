// SPDX-License-Identifier: BSD-3-Clause
//
// fork, exec, poll, wait4. Linux and the BSDs, as the tests are.
#include "tests/differential/process.hpp"

#include <cassert>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace differential {

namespace {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point start)
{
    return std::chrono::duration<double>(steady::now() - start).count();
}

double seconds_of(const timeval &time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

struct child {
    pid_t pid;
    int input;
    int output;
};

child child_start(const std::vector<std::string> &argv)
{
    std::vector<char *> arguments;
    for (const std::string &argument : argv) {
        arguments.push_back(const_cast<char *>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    int to_child[2];
    int from_child[2];
    const bool have_pipes = pipe2(to_child, O_CLOEXEC) == 0 && pipe2(from_child, O_CLOEXEC) == 0;
    assert(have_pipes);
    const pid_t pid = fork();
    assert(pid >= 0);
    if (pid == 0) {
        dup2(to_child[0], STDIN_FILENO);
        dup2(from_child[1], STDOUT_FILENO);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    close(to_child[0]);
    close(from_child[1]);
    fcntl(to_child[1], F_SETFL, O_NONBLOCK);
    return {pid, to_child[1], from_child[0]};
}

// Writes what the pipe takes now; closes it after the last byte, or when nobody reads any more.
void input_feed(child *running, const std::string &input, size_t *written)
{
    const ssize_t got = write(running->input, input.data() + *written, input.size() - *written);
    if (got > 0) {
        *written += static_cast<size_t>(got);
    }
    const bool broken = got < 0 && errno != EAGAIN && errno != EINTR;
    if (broken || *written == input.size()) {
        close(running->input);
        running->input = -1;
    }
}

// One round: what is ready is moved. Returns false at the end of the output.
bool streams_move(child *running, const std::string &input, size_t *written, process_result *result)
{
    pollfd ready[2] = {{running->output, POLLIN, 0}, {running->input, POLLOUT, 0}};
    poll(ready, running->input >= 0 ? 2 : 1, 100);
    if (running->input >= 0 && ready[1].revents != 0) {
        input_feed(running, input, written);
    }
    if (ready[0].revents == 0) {
        return true;
    }
    char buffer[65536];
    const ssize_t got = read(running->output, buffer, sizeof(buffer));
    if (got > 0) {
        result->output.append(buffer, static_cast<size_t>(got));
    }
    return got > 0 || (got < 0 && errno == EINTR);
}

} // namespace

process_result process_run(const std::vector<std::string> &argv, const std::string &input, double seconds_max)
{
    signal(SIGPIPE, SIG_IGN);
    const steady::time_point start = steady::now();
    process_result result = {};
    child running = child_start(argv);
    size_t written = 0;
    if (input.empty()) {
        close(running.input);
        running.input = -1;
    }
    while (streams_move(&running, input, &written, &result)) {
        if (seconds_since(start) > seconds_max) {
            result.timed_out = true;
            kill(running.pid, SIGKILL);
            break;
        }
    }
    if (running.input >= 0) {
        close(running.input);
    }
    close(running.output);
    int status = 0;
    rusage usage = {};
    while (wait4(running.pid, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    result.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    result.seconds = seconds_since(start);
    result.exited = WIFEXITED(status);
    result.status = result.exited ? WEXITSTATUS(status) : WTERMSIG(status);
    return result;
}

} // namespace differential
