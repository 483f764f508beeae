/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a user's programs, logind and usherd answer to usher-warn. The first line says what usher-warn does:
 * "desktop", "notification", "notices" or "session". Each paragraph that follows is the answer to the next
 * call; message.h explains how it is written. Instead of an answer it may be
 *
 *     !ERROR         an error of that name
 *     ?              no answer
 *     :SENDER        the answer that follows comes from this name
 *     *PATH          a signal from that path comes first: interface, member and values follow
 *
 * Calls for which there is no paragraph fail. */

#include "client/notices.h"
#include "common/log.h"
#include "common/text.h"
#include "fuzz.h"
#include "message.h"
#include "pair.h"
#include "warn/desktop.h"
#include "warn/notification.h"

#define USHERD ":1.1"

static Pair *pair;
static Lines answers;

/* ---- the other end ---- */

static void send_signal(const char *sender, const char *path) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        g_autofree char *own_path = g_strdup(path), *interface = g_strdup(lines_next(&answers));
        const char *member = lines_next(&answers);

        if (member && sd_bus_message_new_signal(pair->server, &m, own_path, interface, member) >= 0 &&
                        (!sender || sd_bus_message_set_sender(m, sender) >= 0) &&
                        message_append(m, &answers) >= 0)
                (void) sd_bus_send(pair->server, m, NULL);
}

static void send_answer(sd_bus_message *call, const char *sender, const char *types) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;

        if (sd_bus_message_new_method_return(call, &m) < 0 ||
                        (sender && sd_bus_message_set_sender(m, sender) < 0) ||
                        message_append_as(m, types, &answers) < 0 || sd_bus_send(pair->server, m, NULL) < 0)
                pair_reply_error(pair, call, SD_BUS_ERROR_FAILED, "");
}

static void on_call(Pair *p, sd_bus_message *call, void *userdata) {
        g_autofree char *sender = NULL;
        const char *line;

        if (sd_bus_message_get_expect_reply(call) <= 0)
                return;

        while ((line = lines_next(&answers))) {
                if (line[0] == ':') {
                        g_free(sender);
                        sender = g_strdup(line);
                } else if (line[0] == '*')
                        send_signal(sender, line + 1);
                else if (line[0] == '!') {
                        if (sd_bus_reply_method_errorf(call, line + 1, "%s", "no") < 0)
                                break;
                        return;
                } else if (line[0] == '?')
                        return;
                else if (line[0]) {
                        g_autofree char *types = g_strdup(line);

                        send_answer(call, sender, types);
                        return;
                }
        }

        pair_reply_error(p, call, SD_BUS_ERROR_FAILED, "");
}

static void run(void) {
        while (sd_event_run(pair->event, 0) > 0)
                ;
}

/* ---- the user's bus ---- */

sd_bus *user_bus_get(UserBus *b) {
        return pair->client;
}

void user_bus_set_handler(UserBus *b, UserBusFunc func, void *userdata) {
}

/* ---- what usher-warn does ---- */

static void on_desktop(bool accepted, const char *blockers, void *userdata) {
        bool *was_accepted = userdata;

        /* Blockers are only looked at once a log-out was accepted. */
        assert(accepted || !*was_accepted);
        assert(text_is_utf8(blockers) && (accepted || isempty(blockers)));
        for (const char *p = blockers; *p; p++)
                assert((unsigned char) *p >= 0x20 && *p != 0x7f);
        *was_accepted = accepted;
}

static void run_desktop(void) {
        WarnSession session = { .path = (char *) "/org/freedesktop/login1/session/_33",
                .type = (char *) "x11" };
        DesktopRequest *d;
        bool accepted = false;

        assert(desktop_request_new(&d, pair->event, pair->client, pair->client, &session, on_desktop,
                               &accepted) >= 0);
        run();
        (void) desktop_request_free(d);
}

static void on_notification(Notification *n, NotificationEvent event, void *userdata) {
        assert(event != NOTIFICATION_EXTEND);
}

static void run_notification(void) {
        NotificationContent content = {
                .summary = "S", .body = "<b>\n&", .critical = true, .end_now = true
        };
        Notification *n;
        Notifier *s;

        assert(notifier_new(&s, pair->event, NULL) >= 0);
        assert(notification_new(&n, s, "/org/usher1/job/1", on_notification, NULL) >= 0);
        for (unsigned i = 0; i < 2; i++) {
                assert(notification_update(n, &content) >= 0);
                run();
        }
        (void) notification_finish(n, NULL);
        run();
        (void) notifier_free(s);
}

static bool wants(const char *kind) {
        return streq(kind, "message");
}

static void on_notice(ClientNotice *n, void *userdata) {
        assert(streq(n->kind, "message") && n->station && n->label && n->session && n->from && n->text);
        assert(client_notice_report(n, "desktop") >= 0);
}

static void on_notice_removed(ClientNotice *n, void *userdata) {
}

static void on_listed(void *userdata) {
}

static void run_notices(void) {
        static const ClientNoticesHandler handler = {
                .wants = wants,
                .added = on_notice,
                .removed = on_notice_removed,
                .listed = on_listed,
        };
        ClientNotices *notices;
        Client *client;

        assert(client_new(&client, pair->client, NULL, NULL) >= 0);
        assert(client_set_owner(client, USHERD) >= 0);
        assert(client_notices_new(&notices, client, &handler, NULL) >= 0);
        assert(client_notices_reload(notices) >= 0);
        run();
        (void) client_notices_free(notices);
        (void) client_free(client);
}

static void on_session(const WarnSession *info, void *userdata) {
        if (info)
                (void) session_is_graphical(info);
}

static void run_session(void) {
        SessionLook *l;

        assert(session_look_new(&l, pair->client, "3", on_session, NULL) >= 0);
        run();
        (void) session_look_free(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const struct {
                const char *name;
                void (*run)(void);
        } programs[] = {
                { "desktop", run_desktop },
                { "notification", run_notification },
                { "notices", run_notices },
                { "session", run_session },
        };
        const char *what;

        if (!pair) {
                log_set_max_level(LOG_EMERG);
                pair = pair_new();
                pair_settle(pair);
                pair->handler = on_call;
        }

        lines_init(&answers, data, size);
        what = strempty(lines_next(&answers));
        for (size_t i = 0; i < ELEMENTSOF(programs); i++)
                if (streq(what, programs[i].name)) {
                        programs[i].run();
                        break;
                }
        run();
        lines_done(&answers);
        return 0;
}
