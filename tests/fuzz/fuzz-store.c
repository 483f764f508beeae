/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The jobs of an earlier usherd, and what its features have stored. Whatever the file says: what was read,
 * written and read again is the same. */

#include <glib/gstdio.h>

#include "common/log.h"
#include "core/job-store.h"
#include "feature/hub-lost.h"
#include "feature/pending.h"
#include "fuzz.h"
#include "house.h"

#define READ_MAX 64U

static const Feature *const no_features[] = { NULL };
static const Feature *const features[] = { &hub_lost_feature, &pending_feature };
static House *house;

typedef struct State {
        Job jobs[READ_MAX];
        size_t n_jobs;
        void *features[ELEMENTSOF(features)];
} State;

static void state_new(State *s) {
        Manager *m = house->manager;

        /* The topology takes the lost hubs. */
        m->topology = topology_free(m->topology);
        assert(topology_new(&m->topology) >= 0);

        *s = (State) {};
        for (size_t i = 0; i < ELEMENTSOF(features); i++)
                assert(features[i]->new (m, &s->features[i]) >= 0);
}

static void state_free(State *s) {
        for (size_t i = 0; i < s->n_jobs; i++)
                job_done(&s->jobs[i]);
        for (size_t i = 0; i < ELEMENTSOF(features); i++)
                features[i]->free(s->features[i]);
}

static void on_record(const StoreRecord *record, void *userdata) {
        State *s = userdata;

        if (streq(record->type, JOB_STORE_TYPE) && s->n_jobs < READ_MAX &&
                        job_store_read(&s->jobs[s->n_jobs], record) >= 0) {
                const Job *j = &s->jobs[s->n_jobs++];

                assert(!isempty(j->session.id) && j->session.leader > 0 && j->number > 0);
        }
        for (size_t i = 0; i < ELEMENTSOF(features); i++)
                if (streq(record->type, features[i]->name) || streq(record->type, JOB_STORE_TYPE))
                        features[i]->store_read(s->features[i], record);
}

static char *file_name(void) {
        return g_build_filename(house->directory, "jobs", NULL);
}

/* Writes what was read, and returns the file. */
static char *rewrite(State *s) {
        g_autofree char *file = file_name();
        char *text = NULL;
        StoreWriter *w;

        assert(store_begin(house->manager->store, &w) >= 0);
        for (size_t i = 0; i < s->n_jobs; i++)
                job_store_write(&s->jobs[i], w);
        for (size_t i = 0; i < ELEMENTSOF(features); i++)
                features[i]->store_write(s->features[i], w);
        assert(store_commit(w) >= 0);
        assert(g_file_get_contents(file, &text, NULL, NULL));
        return text;
}

static char *read_and_rewrite(void) {
        State state;
        char *text;

        state_new(&state);
        assert(store_read(house->manager->store, on_record, &state) >= 0);
        text = rewrite(&state);
        state_free(&state);
        return text;
}

static void write_file(const uint8_t *data, size_t size) {
        g_autofree char *path = file_name();
        FILE *f = fopen(path, "we");

        assert(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
}

static void leave(void) {
        house = house_free(house);
}

/* Each input is several files, so they are in memory. */
static void enter(void) {
        log_set_max_level(LOG_EMERG);
        assert(setenv("TMPDIR", "/dev/shm", true) == 0);
        house = house_new(no_features);
        assert(atexit(leave) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        g_autofree char *first = NULL, *second = NULL;

        if (!house)
                enter();

        write_file(data, size);
        first = read_and_rewrite();
        second = read_and_rewrite();
        assert(streq(first, second));
        return 0;
}
