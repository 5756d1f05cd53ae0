/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/batch.h"

#include "cosim/engine.h"
#include "cosim/progress.h"

/* Cases that may be open beyond the first unfinished one: each holds a few file descriptors. */
#define BATCH_WINDOW 128

static void cases_start(struct batch *batch, struct engine *engine)
{
    while (engine_has_place(engine) && batch->opened < batch->count &&
           batch->opened < batch->reported + BATCH_WINDOW) {
        struct run_case *run_case = &batch->cases[batch->opened];
        if (batch->open(batch->context, run_case, batch->opened)) {
            engine_start(engine, run_case);
        }
        batch->opened++;
    }
}

bool batch_run(struct batch *batch)
{
    struct engine *engine = engine_create(batch->jobs, batch->count);
    struct progress progress;
    progress_begin(&progress);
    for (;;) {
        cases_start(batch, engine);
        while (batch->reported < batch->opened && batch->cases[batch->reported].stage == CASE_DONE) {
            progress_clear(&progress);
            batch->done(batch->context, &batch->cases[batch->reported], batch->reported);
            batch->reported++;
        }
        const bool running = engine_wait(engine);
        const bool all_opened = batch->opened == batch->count || engine_interrupted();
        if (!running && all_opened && batch->reported == batch->opened) {
            break;
        }
        progress_show(&progress, batch->reported, batch->count);
    }
    progress_clear(&progress);
    engine_destroy(engine);
    return !engine_interrupted();
}
