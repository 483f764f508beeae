/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "drill.h"

/* Of the session that is opening, from then on; of the one that is warned; and of those that end the warning
 * themselves as soon as they have seen it. */
#define OPENING_GRACE_SEC 4
#define WARNED_GRACE_SEC 8
#define LONG_GRACE_SEC 60

static const char configuration[] = "[LogOff]\nGraceSec=2\nMinimumGraceSec=1\nRemindSec=1\n"
                                    "AskSec=4\nTerminateSec=4\nKillSec=20\n";

const char *const drill_phases[] = {
        [DRILL_OPENING] = "opening",
        [DRILL_WARNED] = "warned",
        [DRILL_ASKING] = "asking",
        [DRILL_TERMINATING] = "terminating",
        [DRILL_KILLING] = "killing",
};

/* ---- the machine ---- */

/* While the gate is shut, new sessions stay "opening": their scopes wait for a service that reads a fifo. */
#define GATE "/run/box-gate"
#define SHUT "/run/box-gate-shut"
#define UNITS "/run/systemd/system"

static void write_file(const char *path, const char *text) {
        g_autofree char *directory = g_path_get_dirname(path);
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(g_mkdir_with_parents(directory, 0755), ==, 0);
        g_file_set_contents(path, text, -1, &error);
        g_assert_no_error(error);
}

static void bash(const char *command) {
        g_free(usher_output((const char *const[]) { "bash", "-c", command, NULL }));
}

static void make_gate(void) {
        g_assert_no_errno(mkfifo(GATE, 0600));
        write_file(UNITS "/box-gate.service",
                        "[Unit]\nConditionPathExists=" SHUT
                        "\n[Service]\nType=oneshot\nExecStart=/bin/cat " GATE "\n");
        write_file(UNITS "/session-.scope.d/gate.conf",
                        "[Unit]\nWants=box-gate.service\nAfter=box-gate.service\n"
                        "[Scope]\nTimeoutStopSec=15\n");
        usher_systemctl("daemon-reload", NULL, NULL);
}

static void open_gate(void) {
        g_assert_no_errno(g_unlink(SHUT));
        bash("timeout 20 dd if=/dev/null of=" GATE " status=none");
}

/* Disks of usherd's own, small enough to be filled. */
static void make_disks(void) {
        usher_systemctl("stop", NULL, "usherd.service");
        bash("set -e; for d in /run/usher /var/lib/usher; do mkdir -p $d; mount -t tmpfs -o size=64k box "
             "$d; done");
        bash("chmod 700 /run/usher");
        usher_systemctl("start", NULL, "usherd.service");
}

/* ---- sessions ---- */

static void log_in_neighbour(Drill *d, guint i) {
        g_autofree char *user = g_strdup_printf("u%u", i + 1), *seat = g_strdup_printf("seat-box%u", i + 11);
        DrillNeighbour *n = d->neighbours + i;

        n->session = usher_open(&d->usher, &(BoxSessionOptions) { .user = user, .seat = seat });
        n->notifier = notifier_new(&d->usher, n->session, "good");
        n->watch = box_watch_new(n->session->leader);
}

void drill_set_up(Drill *d) {
        *d = (Drill) {};
        make_gate();
        make_disks();
        usher_set_up(&d->usher, configuration);
        d->box = d->usher.box;
        for (guint i = 0; i < DRILL_PHASES; i++)
                log_in_neighbour(d, i);
}

void drill_tear_down(Drill *d) {
        for (guint i = 0; i < DRILL_PHASES; i++) {
                notifier_free(d->neighbours[i].notifier);
                box_watch_free(d->neighbours[i].watch);
                box_session_free(d->neighbours[i].session);
        }
        usher_tear_down(&d->usher, NULL);
}

static bool has_leader(gpointer userdata) {
        BoxSession *s = userdata;
        g_autofree char *pid = usher_output((const char *const[]) {
                        "systemctl", "show", "--value", "--property=MainPID", s->unit, NULL });

        s->leader = (pid_t) g_ascii_strtoll(pid, NULL, 10);
        return s->leader > 0;
}

typedef struct {
        Drill *drill;
        DrillPerson *person;
} IdWait;

/* logind lists it although it is not open yet. Others may be there that logind believes to be closing. */
static bool has_id(gpointer userdata) {
        IdWait *w = userdata;
        g_autoptr(GVariantIter) iter = NULL;
        g_autoptr(GVariant) reply =
                        box_call(w->drill->box, "org.freedesktop.login1", "/org/freedesktop/login1",
                                        "org.freedesktop.login1.Manager", "ListSessions", NULL, NULL);
        const char *id, *path;

        g_assert_nonnull(reply);
        g_variant_get(reply, "(a(susso))", &iter);
        while (g_variant_iter_next(iter, "(&su&s&s&o)", &id, NULL, NULL, NULL, &path)) {
                g_autoptr(GVariant) leader = box_get_property(w->drill->box, "org.freedesktop.login1", path,
                                "org.freedesktop.login1.Session", "Leader", NULL);

                if (leader && g_variant_get_uint32(leader) == (guint32) w->person->session->leader) {
                        w->person->id = g_strdup(id);
                        return true;
                }
        }
        return false;
}

static void log_in(Drill *d, DrillPhase phase) {
        static const char *const stubborn[] = { "/usr/bin/env", "--ignore-signal=TERM",
                "--ignore-signal=HUP", "/bin/sleep", "infinity", NULL };
        g_autofree char *user = g_strdup_printf("u%u", phase + 1),
                        *seat = g_strdup_printf("seat-box%u", phase + 1);
        BoxSessionOptions options = {
                .user = user,
                .seat = seat,
                .command = phase == DRILL_TERMINATING ? stubborn : NULL,
        };
        DrillPerson *p = d->people + phase;
        IdWait w = { d, p };
        g_autoptr(GError) error = NULL;

        if (phase != DRILL_OPENING)
                p->session = usher_open(&d->usher, &options);
        else {
                write_file(SHUT, "");
                p->session = box_session_start(d->box, &options, &error);
                g_assert_no_error(error);
                g_assert_true(box_wait(has_leader, p->session, BOX_TIMEOUT_MSEC));
        }
        g_assert_true(box_wait(has_id, &w, BOX_TIMEOUT_MSEC));
}

/* What ends with the session: its leader, or what the leader leaves behind in it. */
static void hold(Drill *d, DrillPhase phase) {
        DrillPerson *p = d->people + phase;
        pid_t pid = p->session->leader;
        g_autoptr(GError) error = NULL;

        if (phase == DRILL_ASKING)
                d->desktop = box_spawn(d->box, p->session->user, p->session, G_SUBPROCESS_FLAGS_NONE,
                                (const char *const[]) { "/usr/local/bin/box-notifier", "desktop",
                                                "/tmp/box-notifier/desktop", NULL },
                                &error);
        if (phase == DRILL_KILLING) {
                d->stuck = stuck_new();
                d->held = box_spawn(d->box, p->session->user, p->session, G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                (const char *const[]) { "/bin/cat", stuck_path, NULL }, &error);
                g_assert_no_error(error);
                stuck_wait(d->stuck);
                pid = (pid_t) g_ascii_strtoll(g_subprocess_get_identifier(d->held), NULL, 10);
                usher_systemctl("stop", "--no-block", p->session->unit);
        }
        g_assert_no_error(error);
        p->watch = box_watch_new(pid);
}

/* ---- phases ---- */

static GVariant *options_of(DrillPerson *p, guint grace) {
        GVariantBuilder b;

        g_variant_builder_init(&b, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&b, "{sv}", "grace", g_variant_new_uint32(grace));
        g_variant_builder_add(&b, "{sv}", "message", g_variant_new_string(p->text));
        g_variant_builder_add(&b, "{sv}", "block-logins", g_variant_new_boolean(TRUE));
        return g_variant_builder_end(&b);
}

typedef struct {
        Drill *drill;
        DrillPhase phase;
} PhaseWait;

static bool has_job(gpointer userdata) {
        PhaseWait *w = userdata;
        DrillPerson *p = w->drill->people + w->phase;
        guint grace = w->phase == DRILL_OPENING  ? OPENING_GRACE_SEC :
                        w->phase == DRILL_WARNED ? WARNED_GRACE_SEC :
                                                   LONG_GRACE_SEC;
        g_autoptr(GVariant) reply = NULL;

        p->promised = g_get_monotonic_time() + grace * G_USEC_PER_SEC;
        /* usherd may not have heard of it yet. */
        reply = usher_call(&w->drill->usher, "LogOffSession",
                        g_variant_new("(s@a{sv})", p->id, options_of(p, grace)), NULL);
        if (!reply)
                return false;

        g_variant_get(reply, "(o)", &p->job);
        return true;
}

static bool is_warned(gpointer userdata) {
        PhaseWait *w = userdata;
        g_autofree char *how = usher_job_get(&w->drill->usher, w->drill->people[w->phase].job, "Warned");

        return g_strcmp0(how, "desktop") == 0;
}

/* In the phase, or, on a machine that is too slow, past it. */
static bool in_phase(gpointer userdata) {
        PhaseWait *w = userdata;
        DrillPerson *p = w->drill->people + w->phase;
        g_autofree char *phase = usher_job_get(&w->drill->usher, p->job, "Phase");

        if (!phase)
                return true;
        if (w->phase == DRILL_OPENING)
                return g_str_equal(phase, "warning");
        return w->phase == DRILL_WARNED ? is_warned(w) : g_str_equal(phase, drill_phases[w->phase]);
}

static void wait_for(Drill *d, DrillPhase phase, bool (*done)(gpointer userdata), const char *what) {
        if (d->people[phase].session && !box_wait(done, &(PhaseWait) { d, phase }, BOX_TIMEOUT_MSEC))
                drill_blame(d->people + phase, "no %s", what);
}

/* The user has read the warning and presses its button. */
static void end_now(Drill *d, DrillPhase phase) {
        DrillPerson *p = d->people + phase;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;

        wait_for(d, phase, is_warned, "warning");
        if (!p->session)
                return;

        p->promised = g_get_monotonic_time();
        reply = box_call(d->box, "org.usher1", p->job, "org.usher1.Job", "EndNow", NULL, &error);
        g_assert_no_error(error);
}

static void log_off(Drill *d) {
        static const DrillPhase order[] = { DRILL_ASKING, DRILL_TERMINATING, DRILL_KILLING, DRILL_OPENING };

        for (guint i = 0; i < G_N_ELEMENTS(order); i++)
                wait_for(d, order[i], has_job, "log-off");
        for (guint i = 0; i < G_N_ELEMENTS(order) - 1; i++)
                end_now(d, order[i]);
        wait_for(d, DRILL_WARNED, has_job, "log-off");
        for (DrillPhase i = 0; i < DRILL_PHASES; i++)
                wait_for(d, i, in_phase, "phase");
}

static bool countdown_is_over(gpointer userdata) {
        Drill *d = userdata;

        return g_get_monotonic_time() > d->people[DRILL_WARNED].promised;
}

/* From here on nothing holds the sessions but usherd's own patience. */
static void let_go(Drill *d) {
        if (d->people[DRILL_OPENING].session) {
                d->people[DRILL_OPENING].promised =
                                g_get_monotonic_time() + OPENING_GRACE_SEC * G_USEC_PER_SEC;
                open_gate();
        }
        stuck_free(g_steal_pointer(&d->stuck));
}

void drill_run(Drill *d, const DrillFault *f) {
        g_autoptr(GError) error = NULL;

        /* The last one to log in finds the gate shut. */
        for (DrillPhase i = DRILL_PHASES; i-- > 0;) {
                d->people[i].report = g_string_new(NULL);
                if (!drill_has_case(f, i))
                        continue;

                d->people[i].text = g_strdup_printf("%s, %s", f->name, drill_phases[i]);
                log_in(d, i);
                hold(d, i);
        }
        log_off(d);

        bash(f->begin);
        if (f->end) {
                g_assert_true(box_wait(countdown_is_over, d, 2 * WARNED_GRACE_SEC * 1000));
                bash(f->end);
        }
        let_go(d);

        (void) box_reconnect(d->box, &error);
        g_assert_no_error(error);
}

void drill_clear(Drill *d) {
        g_autoptr(GVariant) cancelled = usher_call(&d->usher, "CancelAll", NULL, NULL);

        stuck_free(g_steal_pointer(&d->stuck));
        g_clear_object(&d->held);
        if (d->desktop)
                g_subprocess_force_exit(d->desktop);
        g_clear_object(&d->desktop);
        for (guint i = 0; i < DRILL_PHASES; i++) {
                DrillPerson *p = d->people + i;

                box_watch_free(p->watch);
                box_session_free(p->session);
                g_free(p->id);
                g_free(p->text);
                g_free(p->job);
                g_string_free(p->report, TRUE);
                *p = (DrillPerson) {};
        }
}
