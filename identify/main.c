/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-identify: shows in letters that fill the screen which station this is, for ten seconds. usherd has
 * systemd start it as the user at whose desktop, login screen or terminal the sign is to be; it shows what
 * usherd's list of notices has for that user, and ends with the last sign. Where it cannot, it says so and
 * usherd finds another way. */

#include <sys/queue.h>
#include <systemd/sd-daemon.h>

#include "common/arguments.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "identify/banner.h"

#define SHOW_USEC (10 * USEC_PER_SEC)
#define CALL_USEC (5 * USEC_PER_SEC)

/* A sign was asked for when we were on our way out: usher-identify@.service starts us again. */
#define EXIT_AGAIN 75

#define BARRIER_USEC USEC_PER_SEC

/* Signs of one user at once; each of their sessions has one. */
#define SIGNS_MAX 64U

typedef struct Program Program;

typedef struct Sign {
        Program *program;
        uint32_t number; /* usherd's */
        char *session;
        Banner *poster;
        sd_event_source *timer;
        sd_bus_slot *told;
        TAILQ_ENTRY(Sign) signs;
} Sign;

struct Program {
        sd_event *event;
        sd_bus *bus;
        sd_bus_slot *match, *list;
        bool again;   /* there was something new while the list was read */
        bool leaving; /* systemd takes a start for one that is to come after our end */
        TAILQ_HEAD(, Sign) signs;
        unsigned n_signs;
};

static Sign *sign_free(Sign *s) {
        if (!s)
                return NULL;

        TAILQ_REMOVE(&s->program->signs, s, signs);
        s->program->n_signs--;
        banner_free(s->poster);
        sd_event_source_disable_unref(s->timer);
        sd_bus_slot_unref(s->told);
        free(s->session);
        free(s);
        return NULL;
}

DEFINE_CLEANUP(Sign *, sign_free);

static int list(Program *p);

/* Ends the program after the last sign. What was asked for before systemd knew of that is in the list, and
 * no other start comes of it, so the list decides. */
static void check_end(Program *p) {
        if (!TAILQ_EMPTY(&p->signs) || p->list)
                return;

        p->leaving = true;
        (void) sd_notify(false, "STOPPING=1");
        (void) sd_notify_barrier(false, BARRIER_USEC);
        if (list(p) < 0)
                (void) sd_event_exit(p->event, EXIT_SUCCESS);
}

/* It was there for as long as it is to be, and usherd knows of it. */
static void sign_check(Sign *s) {
        Program *p = s->program;

        if (s->timer || s->told)
                return;

        sign_free(s);
        check_end(p);
}

static int on_shown_long_enough(sd_event_source *source, uint64_t usec, void *userdata) {
        Sign *s = userdata;

        s->timer = sd_event_source_disable_unref(s->timer);
        s->poster = banner_free(s->poster);
        sign_check(s);
        return 0;
}

static int on_told(sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        Sign *s = userdata;

        s->told = sd_bus_slot_unref(s->told);
        sign_check(s);
        return 0;
}

static int tell(Sign *s, const char *how) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(
                        s->program->bus, &m, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER, "NoticeShown");
        if (r >= 0)
                r = sd_bus_message_append(m, "us", s->number, how);
        if (r >= 0)
                r = sd_bus_call_async(s->program->bus, &s->told, m, on_told, s, CALL_USEC);

        return r;
}

static Sign *find_sign(Program *p, const char *session) {
        Sign *s;

        TAILQ_FOREACH(s, &p->signs, signs)
                if (streq(s->session, session))
                        return s;

        return NULL;
}

static int sign_new(Sign **ret, Program *p, uint32_t number, const char *session) {
        _cleanup_(sign_freep) Sign *s = NULL;

        if (p->n_signs >= SIGNS_MAX)
                return -E2BIG;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;
        *s = (Sign) { .program = p, .number = number, .session = strdup(session) };
        TAILQ_INSERT_TAIL(&p->signs, s, signs);
        p->n_signs++;
        if (!s->session)
                return -ENOMEM;

        *ret = TAKE_PTR(s);
        return 0;
}

/* Shows it, or tells why not; usherd hears of either. */
static int put_up(Program *p, uint32_t number, const char *session, const BannerText *text) {
        _cleanup_(sign_freep) Sign *s = NULL;
        const char *how = "none";
        int r;

        /* Asked for once more while it is there: then it is there for as long again. */
        sign_free(find_sign(p, session));

        r = sign_new(&s, p, number, session);
        if (r < 0)
                return r;

        r = banner_new(&s->poster, p->event, session, text, &how);
        if (r >= 0)
                r = sd_event_add_time_relative(
                                p->event, &s->timer, CLOCK_MONOTONIC, SHOW_USEC, 0, on_shown_long_enough, s);
        if (r < 0)
                log_info_errno(r, "Cannot show a sign in session '%s': %m", session);

        r = tell(s, r < 0 ? "none" : how);
        if (r < 0)
                return r;

        TAKE_PTR(s);
        return 0;
}

static bool is_up(Program *p, uint32_t number) {
        Sign *s;

        TAILQ_FOREACH(s, &p->signs, signs)
                if (s->number == number)
                        return true;

        return false;
}

/* See ListNotices in org.usher1(5). Returns 1 for a sign that comes too late for us. */
static int read_list(Program *p, sd_bus_message *m) {
        const char *kind, *station, *session, *text;
        uint32_t number, uid;
        int r;

        r = sd_bus_message_enter_container(m, 'a', "(ussssusst)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(m, "(ussssusst)", &number, &kind, &station, NULL, &session, &uid,
                                NULL, &text, NULL)) > 0) {
                BannerText sign = { .name = text, .id = streq(text, station) ? NULL : station };

                if (!streq(kind, "sign") || uid != getuid() || is_up(p, number))
                        continue;
                if (p->leaving)
                        return 1;

                r = put_up(p, number, session, &sign);
                if (r < 0)
                        log_warning_errno(r, "Failed to show a sign in session '%s', ignoring: %m", session);
        }

        return r;
}

static int on_list(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Program *p = userdata;
        int r;

        p->list = sd_bus_slot_unref(p->list);
        r = sd_bus_message_is_method_error(m, NULL) ? -sd_bus_message_get_errno(m) : read_list(p, m);
        if (r < 0)
                log_warning_errno(r, "Failed to read the list of notices: %m");

        if (p->leaving)
                (void) sd_event_exit(p->event, r > 0 ? EXIT_AGAIN : EXIT_SUCCESS);
        else if (!p->again || list(p) < 0)
                check_end(p);

        return 0;
}

static int list(Program *p) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        p->again = p->list;
        if (p->list)
                return 0;

        r = sd_bus_message_new_method_call(
                        p->bus, &m, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER, "ListNotices");
        if (r < 0)
                return r;

        /* An usherd that is gone has no notices: nobody needs to start it for us. */
        r = sd_bus_message_set_auto_start(m, false);
        if (r < 0)
                return r;

        return sd_bus_call_async(p->bus, &p->list, m, on_list, p, CALL_USEC);
}

/* A hint to look: what is to be shown, and for whom, usherd's list says. The bus takes the signal from the
 * owner of usherd's name only. */
static int on_notice_new(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Program *p = userdata;
        int r;

        r = list(p);
        if (r < 0)
                log_warning_errno(r, "Failed to ask for the list of notices: %m");

        return 0;
}

static void program_done(Program *p) {
        Sign *s;

        while ((s = TAILQ_FIRST(&p->signs)))
                sign_free(s);
        sd_bus_slot_unref(p->match);
        sd_bus_slot_unref(p->list);
        sd_bus_flush_close_unref(p->bus);
        sd_event_unref(p->event);
}

static int program_init(Program *p) {
        int r;

        TAILQ_INIT(&p->signs);
        r = sd_event_default(&p->event);
        if (r >= 0)
                r = sd_event_set_signal_exit(p->event, true);
        if (r >= 0)
                /* A display server that hangs hangs us, and systemd sees to that. */
                r = sd_event_set_watchdog(p->event, true);
        if (r >= 0)
                r = sd_bus_open_system(&p->bus);
        if (r >= 0)
                r = sd_bus_set_exit_on_disconnect(p->bus, true);
        if (r >= 0)
                r = sd_bus_attach_event(p->bus, p->event, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_bus_match_signal_async(p->bus, &p->match, USHER_BUS_NAME, USHER_PATH,
                                USHER_IFACE_MANAGER, "NoticeNew", on_notice_new, NULL, p);
        if (r >= 0)
                r = list(p);

        return r;
}

static int run(void) {
        _cleanup_(program_done) Program p = {};
        int r;

        r = program_init(&p);
        if (r < 0)
                return log_error_errno(r, "Failed to set up: %m");

        (void) sd_notify(false, "READY=1");

        r = sd_event_loop(p.event);
        if (r < 0)
                return log_error_errno(r, "Failed to run the event loop: %m");

        return r;
}

int main(int argc, char *argv[]) {
        int r;

        log_init("usher-identify");

        r = arguments_read(argc, argv,
                        "Shows on the calling user's screens which stations they are, as usherd asks.\n"
                        "usher-identify@.service starts it; see 'identify' in usherctl(1).");
        if (r < 0)
                return EXIT_WRONG_USAGE;
        if (r == 0)
                return EXIT_SUCCESS;

        r = run();
        return r < 0 ? EXIT_FAILURE : r;
}
