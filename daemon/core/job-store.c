/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/job-store.h"

void job_store_write(const Job *j, StoreWriter *w) {
        store_write_record(w, JOB_STORE_TYPE);
        store_write_number(w, "Number", j->number);
        store_write_text(w, "Session", j->session.id);
        store_write_number(w, "Leader", (uint64_t) j->session.leader);
        store_write_number(w, "Started", j->session.started);
        store_write_text(w, "Station", j->station);
        store_write_text(w, "User", j->user);
        store_write_number(w, "UID", j->uid);
        store_write_text(w, "Scope", j->scope);
        store_write_number(w, "Graphical", j->graphical);
        store_write_text(w, "Origin", job_origin_to_string(j->origin));
        store_write_text(w, "Reason", job_reason_to_string(j->reason));
        store_write_text(w, "Message", j->message);
        store_write_number(w, "ByUID", j->by_uid);
        store_write_text(w, "ByUser", j->by_user);
        store_write_number(w, "Shared", j->shared);
        store_write_number(w, "BlockLogins", j->block_logins);
        store_write_number(w, "Awaited", j->awaited);
        store_write_number(w, "Created", j->created);
        store_write_number(w, "Grace", j->grace);
        store_write_number(w, "Deadline", j->deadline);
        store_write_number(w, "UserExtended", j->user_extended);
        store_write_number(w, "TimeRequested", j->time_requested);
        store_write_number(w, "TimeRequests", j->time_requests);
        store_write_number(w, "Opening", j->opening);
        store_write_text(w, "Phase", job_phase_to_string(j->phase));
        store_write_number(w, "ScopeStopped", j->scope_stopped);
        store_write_text(w, "Warned", job_warned_to_string(j->warned));
}

static int read_texts(Job *j, const StoreRecord *r) {
        const struct {
                const char *name;
                char **field;
        } texts[] = {
                { "Session", &j->session.id },
                { "Station", &j->station },
                { "User", &j->user },
                { "Scope", &j->scope },
                { "Message", &j->message },
                { "ByUser", &j->by_user },
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                const char *value = store_record_text(r, texts[i].name);

                if (!value)
                        return -EBADMSG;
                if (string_replace(texts[i].field, value) < 0)
                        return -ENOMEM;
        }

        return isempty(j->session.id) ? -EBADMSG : 0;
}

/* A number that must be there, and be at least 1 where |positive| is set. */
static int read_number(const StoreRecord *r, const char *name, bool positive, uint64_t max, uint64_t *ret) {
        uint64_t n;

        if (store_record_number(r, name, &n) < 0 || n > max || (positive && n == 0))
                return -EBADMSG;

        *ret = n;
        return 0;
}

static int read_numbers(Job *j, const StoreRecord *r) {
        uint64_t number, leader, uid, by_uid;

        if (read_number(r, "Number", true, UINT32_MAX, &number) < 0 ||
                        read_number(r, "Leader", true, INT32_MAX, &leader) < 0 ||
                        read_number(r, "UID", false, UINT32_MAX, &uid) < 0 ||
                        read_number(r, "ByUID", false, UINT32_MAX, &by_uid) < 0 ||
                        read_number(r, "Started", false, USEC_INFINITY, &j->session.started) < 0 ||
                        read_number(r, "Created", true, USEC_INFINITY, &j->created) < 0 ||
                        read_number(r, "Grace", false, USEC_INFINITY, &j->grace) < 0 ||
                        read_number(r, "Deadline", true, USEC_INFINITY, &j->deadline) < 0)
                return -EBADMSG;

        j->number = (uint32_t) number;
        j->session.leader = (pid_t) leader;
        j->uid = (uid_t) uid;
        j->by_uid = (uid_t) by_uid;
        return 0;
}

static bool read_flag(const StoreRecord *r, const char *name) {
        uint64_t n;

        return store_record_number(r, name, &n) >= 0 && n > 0;
}

/* 0 where usherd 0.1 has stored nothing. */
static uint64_t read_optional(const StoreRecord *r, const char *name, uint64_t max) {
        uint64_t n;

        return read_number(r, name, false, max, &n) < 0 ? 0 : n;
}

/* usherd 0.1 stored no origin, but what it follows from. */
static JobOrigin read_origin(const StoreRecord *r, const Job *j) {
        const char *value = store_record_text(r, "Origin");

        if (value)
                return job_origin_from_string(value);
        if (!isempty(store_record_text(r, "Plan")))
                return JOB_ORIGIN_PENDING;
        if (!isempty(store_record_text(r, "LostHubs")))
                return JOB_ORIGIN_HUB_LOST;
        if (!isempty(j->by_user))
                return JOB_ORIGIN_CALLER;

        return j->reason == JOB_REASON_IDLE ? JOB_ORIGIN_IDLE : JOB_ORIGIN_SHUTDOWN;
}

static int read_job(Job *j, const StoreRecord *r) {
        int k;

        k = read_texts(j, r);
        if (k >= 0)
                k = read_numbers(j, r);
        if (k < 0)
                return k;

        j->graphical = read_flag(r, "Graphical");
        j->shared = read_flag(r, "Shared");
        j->block_logins = read_flag(r, "BlockLogins");
        j->awaited = read_flag(r, "Awaited") || !isempty(store_record_text(r, "Plan"));
        j->user_extended = read_optional(r, "UserExtended", USEC_INFINITY);
        j->time_requested = (uint32_t) read_optional(r, "TimeRequested", UINT32_MAX);
        j->time_requests = (unsigned) read_optional(r, "TimeRequests", UINT32_MAX);
        j->opening = read_flag(r, "Opening");
        j->scope_stopped = read_flag(r, "ScopeStopped");
        j->reason = job_reason_from_string(store_record_text(r, "Reason"));
        j->phase = job_phase_from_string(store_record_text(r, "Phase"));
        j->warned = job_warned_from_string(store_record_text(r, "Warned"));
        j->origin = read_origin(r, j);

        return (int) j->reason < 0 || (int) j->phase < 0 || (int) j->warned < 0 || (int) j->origin < 0 ?
                        -EBADMSG :
                        0;
}

int job_store_read(Job *ret, const StoreRecord *r) {
        Job j = {};
        int k;

        k = read_job(&j, r);
        if (k < 0) {
                job_done(&j);
                return k;
        }

        *ret = j;
        return 0;
}
