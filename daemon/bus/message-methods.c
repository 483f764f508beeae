/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/authorize.h"
#include "bus/find.h"
#include "bus/message-methods.h"
#include "bus/object.h"
#include "bus/sender.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/text.h"
#include "common/timespan.h"
#include "feature/message.h"

/* The bus lets only UTF-8 without a zero byte pass, but the connection need not go through a bus daemon. */
static int check_text(const char *text, sd_bus_error *error) {
        if (isempty(text) || strlen(text) > USHER_MESSAGE_MAX || !text_is_utf8(text))
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "The text must be 1 to %u bytes of UTF-8.", USHER_MESSAGE_MAX);

        return 0;
}

static int authorize_message(Bus *b, sd_bus_message *message, PolkitDetails details, sd_bus_error *error) {
        int r;

        r = sender_look_up(b, message, NULL, 0, error);
        if (r <= 0)
                return r;

        return authorize(b, message, USHER_ACTION_SEND_MESSAGE, details, error);
}

/* Counts one more message of the sender, and returns the sender's name. */
static int count_message(Bus *b, sd_bus_message *message, char **ret_name, sd_bus_error *error) {
        _cleanup_free_ char *name = NULL;
        unsigned limit;
        uid_t uid;
        int r;

        r = sender_name(b, message, &uid, &name, error);
        if (r < 0)
                return r;

        limit = message_count(b->manager, uid);
        if (limit > 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "Too many messages within a minute (limit %u).", limit);

        *ret_name = TAKE_PTR(name);
        return 0;
}

static int send_to_station(Station *s, sd_bus_message *message, const char *text, sd_bus_error *error) {
        _cleanup_free_ char *name = NULL;
        Bus *b = bus_of(s->manager);
        int r;

        r = authorize_message(b, message,
                        (const char *const[]) { "station", s->id, "label", station_name(s), NULL }, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = count_message(b, message, &name, error);
        if (r < 0)
                return r;

        r = message_send(b->manager, s, name, text);
        if (r == -ENOBUFS)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "Too many pending messages (limit %u).", NOTICES_PER_SESSION_MAX);
        if (r < 0)
                return r;

        return sd_bus_reply_method_return(message, NULL);
}

int method_send_message(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *name, *text;
        Station *s;
        int r;

        r = sd_bus_message_read(message, "ss", &name, &text);
        if (r < 0)
                return r;

        r = check_text(text, error);
        if (r < 0)
                return r;

        r = find_station(userdata, name, &s, error);
        if (r < 0)
                return r;

        return send_to_station(s, message, text, error);
}

int station_method_send_message(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *text;
        int r;

        r = sd_bus_message_read(message, "s", &text);
        if (r < 0)
                return r;

        r = check_text(text, error);
        if (r < 0)
                return r;

        return send_to_station(userdata, message, text, error);
}

int method_send_message_all(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_free_ char *name = NULL;
        uint32_t reached = 0;
        Bus *b = userdata;
        const char *text;
        Station *s;
        int r;

        r = sd_bus_message_read(message, "s", &text);
        if (r < 0)
                return r;

        r = check_text(text, error);
        if (r < 0)
                return r;

        r = authorize_message(b, message, NULL, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = count_message(b, message, &name, error);
        if (r < 0)
                return r;

        /* A station where too many wait is not reached; the others are. */
        TAILQ_FOREACH(s, &b->manager->stations, stations) {
                r = message_send(b->manager, s, name, text);
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

int method_list_notices(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        Bus *b = userdata;
        const Notice *n;
        uid_t uid;
        int r;

        r = sender_uid(b, message, &uid, error);
        if (r < 0)
                return r;

        r = list_reply_new(message, "(ussssusst)", &reply);
        TAILQ_FOREACH(n, &b->manager->notices, notices)
                if (r >= 0 && (uid == 0 || uid == n->uid))
                        r = append_notice(reply, n);
        if (r < 0)
                return r;

        return list_reply_send(reply);
}

int method_notice_shown(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Bus *b = userdata;
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
                                "A notice is shown on screen, desktop, terminal or none.");

        r = sender_uid(b, message, &uid, error);
        if (r < 0)
                return r;

        /* The notices of others do not exist for the caller, as in ListNotices. */
        n = notice_find(b->manager, number);
        if (!n || (uid != 0 && uid != n->uid))
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_NOTICE,
                                "The caller has no notice %" PRIu32 ".", number);

        notice_end(n, shown, false);
        return sd_bus_reply_method_return(message, NULL);
}
