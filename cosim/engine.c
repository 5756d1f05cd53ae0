/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/engine.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENGINE_JOBS_MAX           256
#define ENGINE_CHILD_DOES_NOT_FIT 10 /* exit status of a child that has run nothing: result->misfit */

struct engine {
    uint32_t jobs;
    uint32_t running;
    struct run_case *cases[ENGINE_JOBS_MAX];
    sigset_t signals_before;
};

static volatile sig_atomic_t interrupt_seen;

bool engine_interrupted(void)
{
    return interrupt_seen != 0;
}

uint32_t engine_jobs_default(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > ENGINE_JOBS_MAX ? ENGINE_JOBS_MAX : (uint32_t)processors;
}

static void child_signal(int number)
{
    (void)number;
    machine_interrupt();
}

/* The signals that this process waits for instead of being interrupted by them. */
static void signals_block(sigset_t *before)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &set, before);
}

struct engine *engine_create(uint32_t jobs, uint32_t case_count)
{
    struct engine *engine = (struct engine *)calloc(1, sizeof(*engine));
    assert(engine != NULL);
    engine->jobs = jobs < case_count ? jobs : case_count;
    engine->jobs = engine->jobs < 1 ? 1 : engine->jobs > ENGINE_JOBS_MAX ? ENGINE_JOBS_MAX : engine->jobs;
    interrupt_seen = 0;
    signals_block(&engine->signals_before);
    return engine;
}

void engine_destroy(struct engine *engine)
{
    assert(engine->running == 0);
    (void)sigprocmask(SIG_SETMASK, &engine->signals_before, NULL);
    free(engine);
}

bool engine_has_place(const struct engine *engine)
{
    return engine->running < engine->jobs && !engine_interrupted();
}

/* Does not return. */
static void child_run(const struct engine *engine, struct run_case *run_case)
{
    struct sigaction action = {.sa_handler = child_signal};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigprocmask(SIG_SETMASK, &engine->signals_before, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);                    /* nobody waits for the result of an orphan */
    (void)setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1); /* standard error is for results of ours */
    const bool fits = machine_run(&run_case->request, run_case_pass_result(run_case));
    if (run_case->request.events != NULL) {
        (void)fflush(run_case->request.events);
    }
    if (run_case->request.console_out != NULL) {
        (void)fflush(run_case->request.console_out);
    }
    _exit(fits ? 0 : ENGINE_CHILD_DOES_NOT_FIT);
}

static void pass_start(struct engine *engine, struct run_case *run_case)
{
    (void)fflush(NULL); /* nothing buffered may be written twice */
    if (run_case->request.events != NULL) {
        rewind(run_case->request.events);
        const int truncated = ftruncate(fileno(run_case->request.events), 0);
        assert(truncated == 0);
    }
    run_case->child = fork();
    assert(run_case->child >= 0);
    if (run_case->child == 0) {
        child_run(engine, run_case);
    }
}

void engine_start(struct engine *engine, struct run_case *run_case)
{
    assert(engine->running < engine->jobs);
    engine->cases[engine->running++] = run_case;
    run_case->stage = CASE_FIRST_PASS;
    pass_start(engine, run_case);
}

static void internal_error(struct run_case *run_case, const char *what, int number)
{
    char line[CASE_LINE_MAX];
    const bool replayed = run_case->stage == CASE_REPLAY;
    run_case_line(run_case, replayed ? run_case->findings->entries[run_case->replayed].token : NULL, line);
    run_case->status = EXIT_INTERNAL;
    run_case->stage = CASE_DONE;
    run_case_append(run_case, "internal error: %s %d; it is repeated by: %s\n", what, number, line);
}

static void misfit_tell(struct run_case *run_case)
{
    static const char *const texts[] = {
        [MACHINE_FITS] = "nothing has run",
        [MACHINE_MISFIT_SEGMENT] = "the image does not fit the platform's memory, expected it inside",
        [MACHINE_MISFIT_FLASH] = "an image does not fit its flash bank, expected it inside",
        [MACHINE_MISFIT_DISK] = "the disk has no place on the platform, expected whole sectors and a slot",
        [MACHINE_MISFIT_DEVICE_TREE] =
            "the device tree does not fit where it should go, expected it in memory",
        [MACHINE_MISFIT_HOST] = "this host has no memory for the platform, expected as much as it says; see "
                                "ulimit -v, or make it smaller: --set memory=...",
    };
    const enum machine_misfit misfit = run_case_pass_result(run_case)->misfit;
    assert((unsigned)misfit < sizeof(texts) / sizeof(texts[0]));
    if (run_case->stage == CASE_FIRST_PASS) {
        run_case_result_free(run_case->result); /* nothing of it has been filled */
        run_case->result = NULL;
    }
    run_case->status = EXIT_USER_MISTAKE;
    run_case->stage = CASE_DONE;
    run_case_append(run_case, "%s: %s\n", run_case->scenario.path, texts[misfit]);
}

/* A pass has ended. Returns true when the case is done. */
static bool pass_finish(struct engine *engine, struct run_case *run_case, int wait_status)
{
    if (WIFSIGNALED(wait_status)) {
        internal_error(run_case, "the machine was ended by signal", WTERMSIG(wait_status));
        return true;
    }
    if (WEXITSTATUS(wait_status) == ENGINE_CHILD_DOES_NOT_FIT) {
        misfit_tell(run_case);
        return true;
    }
    if (WEXITSTATUS(wait_status) != 0) {
        internal_error(run_case, "the machine ended with status", WEXITSTATUS(wait_status));
        return true;
    }
    switch (run_case_next(run_case, engine_interrupted())) {
    case CASE_NEXT_PASS:
        pass_start(engine, run_case);
        return false;
    case CASE_NEXT_DISAGREES:
        internal_error(run_case, "two passes of one run differ in pass", 2);
        return true;
    case CASE_NEXT_DONE:
        break;
    }
    return true;
}

static void children_reap(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->running;) {
        struct run_case *run_case = engine->cases[i];
        int wait_status = 0;
        if (waitpid(run_case->child, &wait_status, WNOHANG) == run_case->child &&
            pass_finish(engine, run_case, wait_status)) {
            engine->cases[i] = engine->cases[--engine->running];
        } else {
            i++;
        }
    }
}

static void children_interrupt(const struct engine *engine)
{
    interrupt_seen = 1;
    for (uint32_t i = 0; i < engine->running; i++) {
        (void)kill(engine->cases[i]->child, SIGINT);
    }
}

bool engine_wait(struct engine *engine)
{
    if (engine->running == 0) {
        return false;
    }
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    const struct timespec tenth = {.tv_nsec = 100000000};
    const int number = sigtimedwait(&set, NULL, &tenth);
    if (number == SIGINT || number == SIGTERM) {
        children_interrupt(engine);
    }
    children_reap(engine);
    return engine->running > 0;
}
