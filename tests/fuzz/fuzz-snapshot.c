/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What usherctl reads from usherd's replies; with --host= that is another machine's usherd. And what
 * usher-warn reads of a job. */

#include <sys/socket.h>

#include "cli/changes.h"
#include "cli/station-name.h"
#include "common/text.h"
#include "fuzz.h"
#include "message.h"
#include "warn/job-info.h"

static sd_bus *get_bus(void) {
        static sd_bus *bus = NULL;
        int fds[2];

        /* Messages need a connection, but nothing is sent. */
        if (!bus) {
                assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0);
                assert(sd_bus_new(&bus) >= 0);
                assert(sd_bus_set_fd(bus, fds[0], fds[0]) >= 0);
                assert(sd_bus_start(bus) >= 0);
        }

        return bus;
}

static void on_change(const Change *change, void *userdata) {
        _cleanup_free_ char *sentence = NULL;
        bool *any = userdata;

        *any = true;
        sentence = change_sentence(change, true);
        assert(sentence && text_is_utf8(sentence));
}

static void check(const Snapshot *s) {
        bool any = false;

        changes_find(NULL, s, on_change, &any);
        assert(any == (s->n_stations + s->n_hubs + s->n_jobs > 0));
        changes_find(s, s, on_change, &any);

        for (size_t i = 0; i < s->n_stations; i++) {
                const SnapshotStation *one = NULL;

                assert((station_match(s, s->stations[i].id, &one) == STATION_MATCH_ONE) == !!one);
                free(station_candidates(s, s->stations[i].label));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        Snapshot *s = NULL;
        JobInfo job;
        Lines lines;

        lines_init(&lines, data, size);
        assert(sd_bus_message_new_method_call(get_bus(), &m, NULL, "/", "a.b", "C") >= 0);
        if (message_append(m, &lines) >= 0 && sd_bus_message_seal(m, 1, 0) >= 0) {
                if (snapshot_new_from_reply(m, &s) >= 0)
                        check(s);
                (void) snapshot_free(s);

                assert(sd_bus_message_rewind(m, true) >= 0);
                job_info_init(&job);
                (void) job_info_read(m, &job);
                job_info_done(&job);
        }

        lines_done(&lines);
        return 0;
}
