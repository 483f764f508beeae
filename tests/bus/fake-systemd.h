/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A systemd that logs which units it is asked to start and stop. It knows the scopes of the fake logind's
 * sessions, usher-console.service, usher-shutdown.service and usher-associate.socket, and
 * usher-warn@UID.service. It plays
 * usher-warn itself, as that user on the bus: usherd accepts SetWarned and SetAsked only from the job's own
 * user (and root). */

#include "fake-logind.h"

typedef struct FakeSystemd {
        Fake fake;

        /* StopUnit of a session's scope succeeds, and the session stays. */
        gboolean ignore_stop;
        /* StartUnit fails with this error. */
        const char *refuse_start;

        /* What the warners report for each job of their user: "desktop", "terminal", "none". NULL: they
         * report nothing. */
        const char *warned;
        /* What they report when a job is in the phase "asking". */
        enum {
                FAKE_WARNER_MUTE,
                FAKE_WARNER_NOBODY_TO_ASK, /* SetAsked(false, "") */
                FAKE_WARNER_BLOCKED,       /* SetAsked(true, "Text editor"), and the session stays */
                FAKE_WARNER_LOGS_OUT,      /* SetAsked(true, ""), and the session ends by itself */
        } asked;

        /* usher-identify@UID.service can be started; the test plays the program. */
        gboolean with_identify;

        /* Starting usher-console.service fails. */
        gboolean console_fails;

        /* Starting usher-associate.socket fails. The test plays usher-associate itself. */
        gboolean associate_fails;

        /* The shutdown target that has a job, as in ListJobs: "reboot.target". NULL: none. */
        const char *queued;

        /* private */
        const char *console, *hook, *associate; /* their ActiveState */
        FakeLogind *logind;
        GHashTable *warners; /* by uid */
        GHashTable *signs;   /* uids that usher-identify was started for */
        guint32 last_job;
} FakeSystemd;

FakeSystemd *fake_systemd_new(Bus *bus, FakeLogind *logind);
void fake_systemd_free(FakeSystemd *systemd);

/* Whether usher-warn was started for that user and not stopped since. */
gboolean fake_systemd_has_warner(FakeSystemd *systemd, uid_t uid);

/* Whether usher-identify was started for that user. */
gboolean fake_systemd_has_sign(FakeSystemd *systemd, uid_t uid);

/* Changes the state of one of Usher's system units, as if somebody else had done that. */
void fake_systemd_set_unit(FakeSystemd *systemd, const char *unit, const char *state);

/* The warners of all users leave the bus, as if each had ended. */
void fake_systemd_drop_warners(FakeSystemd *systemd);
