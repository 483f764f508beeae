/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/message-methods.h"
#include "bus/sender.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/text.h"
#include "common/timespan.h"

/* libdbus and sd-bus let no text pass that is not UTF-8 or has a zero byte in it. What the limit and the
 * emptiness are about is ours. */
static int read_text(sd_bus_message *message, const char **ret, sd_bus_error *error) {
        const char *text;
        int r;

        r = sd_bus_message_read(message, "s", &text);
        if (r < 0)
                return r;

        if (isempty(text) || strlen(text) > USHER_MESSAGE_MAX || !text_is_utf8(text))
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "A text has 1 to %u bytes of UTF-8.", USHER_MESSAGE_MAX);

        *ret = text;
        return 0;
}

/* Who sends, if they may once more in this minute. */
static int take_turn(Manager *m, sd_bus_message *message, char **ret_name, sd_bus_error *error) {
        _cleanup_free_ char *name = NULL;
        unsigned limit;
        uid_t uid;
        int r;

        r = sender_name(m, message, &uid, &name);
        if (r < 0)
                return r;

        limit = rate_note(&m->message_rate, uid, now_monotonic());
        if (limit > 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "There were %u messages in this minute, more are not sent.", limit);

        *ret_name = TAKE_PTR(name);
        return 0;
}

int send_message_station(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error) {
        _cleanup_free_ char *name = NULL;
        const char *text;
        int r;

        r = read_text(message, &text, error);
        if (r < 0)
                return r;

        if (!s || !s->announced)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_STATION, "There is no such station.");

        r = sender_await(m, message, NULL, 0, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = polkit_check(m->polkit, message, USHER_ACTION_SEND_MESSAGE,
                        (const char *const[]) { "station", s->id, "label", station_name(s), NULL }, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = take_turn(m, message, &name, error);
        if (r < 0)
                return r;

        r = notice_send(m, s, name, text);
        if (r == -ENOBUFS)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "There wait %u messages at that station already.", NOTICES_PER_SESSION_MAX);
        if (r < 0)
                return r;

        return sd_bus_reply_method_return(message, "");
}

int send_message(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        const char *name;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;

        return send_message_station(m, message, manager_find_station_by_name(m, name), error);
}

int send_message_all(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        _cleanup_free_ char *name = NULL;
        uint32_t reached = 0;
        const char *text;
        Station *s;
        int r;

        r = read_text(message, &text, error);
        if (r < 0)
                return r;

        r = sender_await(m, message, NULL, 0, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = polkit_check(m->polkit, message, USHER_ACTION_SEND_MESSAGE, NULL, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = take_turn(m, message, &name, error);
        if (r < 0)
                return r;

        /* A station that has too many waiting is one that was not reached, and the others are. */
        TAILQ_FOREACH(s, &m->stations, stations) {
                r = notice_send(m, s, name, text);
                if (r < 0 && r != -ENOBUFS)
                        log_warning_errno(r, "Failed to show a message at '%s', ignoring: %m",
                                        station_name(s));
                reached += r > 0;
        }

        return sd_bus_reply_method_return(message, "u", reached);
}

static int append_notice(sd_bus_message *reply, const Notice *n) {
        const Station *s = manager_find_station(n->manager, n->station);
        usec_t now = now_monotonic();

        return sd_bus_message_append(reply, "(ussssusst)", n->number, notice_kind_to_string(n->kind),
                        n->station, s ? s->label : "", n->session, (uint32_t) n->uid, n->from, n->text,
                        now_realtime() + (n->until > now ? n->until - now : 0));
}

int list_notices(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        Notice *n;
        uid_t uid;
        int r;

        if (polkit_sender_uid(message, &uid) < 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED, "Cannot tell who is asking.");

        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;

        r = sd_bus_message_open_container(reply, 'a', "(ussssusst)");
        TAILQ_FOREACH(n, &m->notices, notices)
                if (r >= 0 && (uid == 0 || uid == n->uid))
                        r = append_notice(reply, n);
        if (r < 0)
                return r;

        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;

        return sd_bus_message_send(reply);
}

int notice_shown(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        NoticeShown shown;
        const char *how;
        uint32_t number;
        Notice *n;
        uid_t uid;
        int r;

        r = sd_bus_message_read(message, "us", &number, &how);
        if (r < 0)
                return r;

        shown = notice_shown_from_string(how);
        if ((int) shown < 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "It is one of screen, desktop, terminal, none.");

        if (polkit_sender_uid(message, &uid) < 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED, "Cannot tell who is asking.");

        /* Somebody else's is not there for the caller, as in ListNotices. */
        n = notice_find(m, number);
        if (!n || (uid != 0 && uid != n->uid))
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_NOTICE,
                                "There is no such notice for the caller.");

        notice_done(n, shown);
        return sd_bus_reply_method_return(message, "");
}

void notice_emit_new(const Notice *n) {
        int r;

        r = sd_bus_emit_signal(n->manager->bus, USHER_PATH, USHER_IFACE_MANAGER, "NoticeNew", "uu",
                        n->number, (uint32_t) n->uid);
        if (r < 0)
                log_warning_errno(r, "Failed to send the signal NoticeNew, ignoring: %m");
}
