/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/object.h"
#include "bus/targets.h"
#include "common/bus-util.h"
#include "core/jobs.h"

static const char *const left_alone_table[_LEFT_ALONE_MAX] = {
        [LEFT_ALONE_CALLER] = "caller",
        [LEFT_ALONE_SEATLESS] = "seatless",
        [LEFT_ALONE_ADMINISTRATOR] = "administrator",
        [LEFT_ALONE_UNKNOWN_CLASS] = "unknown-class",
};

void targets_done(Targets *t) {
        free(t->sessions);
        free(t->left_alone);
}

/* Returns _LEFT_ALONE_INVALID for a session that is to end. */
static LeftAlone why_left_alone(const Selection *s, const Session *session) {
        if (session_kind(session->info) == SESSION_KIND_UNKNOWN)
                return LEFT_ALONE_UNKNOWN_CLASS;
        if (isempty(session->info->seat) && !s->seatless)
                return LEFT_ALONE_SEATLESS;
        if (s->own && sender_session_matches(s->own, session))
                return LEFT_ALONE_CALLER;
        if (!s->administrators && session_is_privileged(session))
                return LEFT_ALONE_ADMINISTRATOR;

        return _LEFT_ALONE_INVALID;
}

int targets_select(Targets *ret, Manager *m, const Selection *s) {
        _cleanup_(targets_done) Targets t = {};
        size_t n;
        int r;

        r = manager_list_sessions(m, s->station, false, &t.sessions, &n);
        if (r < 0)
                return r;

        t.left_alone = calloc(n + 1, sizeof(*t.left_alone));
        if (!t.left_alone)
                return -ENOMEM;

        for (size_t i = 0; i < n; i++) {
                Session *session = t.sessions[i];
                LeftAlone why = why_left_alone(s, session);

                if (!session_is_person(session) && why != LEFT_ALONE_UNKNOWN_CLASS)
                        continue;
                if ((int) why < 0)
                        t.sessions[t.n++] = session;
                else {
                        t.left_alone[t.n_left_alone].session = session;
                        t.left_alone[t.n_left_alone++].why = why;
                }
        }

        *ret = t;
        t = (Targets) {};
        return 0;
}

Operation targets_operation(const Targets *t, const char *method) {
        unsigned n[_LEFT_ALONE_MAX] = {};

        for (size_t i = 0; i < t->n_left_alone; i++)
                n[t->left_alone[i].why]++;

        return (Operation) {
                .method = method,
                .skipped_caller = n[LEFT_ALONE_CALLER],
                .skipped_administrators = n[LEFT_ALONE_ADMINISTRATOR],
                .skipped_seatless = n[LEFT_ALONE_SEATLESS],
                .skipped_classes = n[LEFT_ALONE_UNKNOWN_CLASS],
        };
}

static int append_target(sd_bus_message *reply, Manager *m, const Session *s, const char *why) {
        const JobRunner *j = jobs_find(m, s);
        _cleanup_free_ char *path = j ? job_path(j) : strdup("/");

        if (!path)
                return -ENOMEM;

        return sd_bus_message_append(reply, "(ssusso)", s->info->id, strempty(s->info->seat),
                        (uint32_t) s->info->uid, strempty(s->info->user), why, path);
}

int targets_reply(const Targets *t, Manager *m, sd_bus_message *message) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int r;

        r = list_reply_new(message, "(ssusso)", &reply);
        for (size_t i = 0; i < t->n && r >= 0; i++)
                r = append_target(reply, m, t->sessions[i], "");
        for (size_t i = 0; i < t->n_left_alone && r >= 0; i++)
                r = append_target(
                                reply, m, t->left_alone[i].session, left_alone_table[t->left_alone[i].why]);
        if (r < 0)
                return r;

        return list_reply_send(reply);
}
