/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/names.h"
#include "common/text.h"
#include "warn/notification-message.h"
#include "warn/wording.h"

/* In ms. A text that needs no answer disappears after this. */
#define LAST_WORDS_MSEC 10000

int server_abilities_read(ServerAbilities *ret, sd_bus_message *m) {
        ServerAbilities a = {};
        const char *name;
        int r;

        r = sd_bus_message_enter_container(m, 'a', "s");
        while (r > 0) {
                r = sd_bus_message_read(m, "s", &name);
                if (r <= 0)
                        break;

                a.actions = a.actions || streq(name, "actions");
                a.body = a.body || streq(name, "body");
                a.markup = a.markup || streq(name, "body-markup");
        }

        if (r < 0)
                return r;

        *ret = a;
        return 0;
}

static int append_hints(sd_bus_message *m, const NotificationContent *content) {
        return sd_bus_message_append(m, "a{sv}", 5, "urgency", "y", content->critical ? 2 : 1, "category",
                        "s", content->notice ? "x-usher.notice" : "x-usher.log-off", "desktop-entry", "s",
                        "usher", "resident", "b", content->critical, "transient", "b", false);
}

static int append_actions(
                sd_bus_message *m, const NotificationContent *content, const ServerAbilities *abilities) {
        int r;

        r = sd_bus_message_open_container(m, 'a', "s");
        if (r >= 0 && abilities->actions && content->end_now)
                r = sd_bus_message_append(m, "ss", NOTIFICATION_ACTION_END_NOW, wording_action_end_now());
        if (r >= 0 && abilities->actions && content->extend)
                r = sd_bus_message_append(m, "ss", NOTIFICATION_ACTION_EXTEND, wording_action_extend());
        if (r >= 0 && abilities->actions && content->ask)
                r = sd_bus_message_append(m, "ss", NOTIFICATION_ACTION_ASK, wording_action_ask());

        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* Makes the texts that this server can show. The choices follow in words where it has no buttons. Markup is
 * escaped for a server that interprets it. A server that shows no body gets the first line of the body in
 * the summary. */
static int make_texts(const NotificationContent *content,
                const ServerAbilities *abilities,
                char **ret_summary,
                char **ret_body) {

        _cleanup_free_ char *summary = NULL, *body = NULL;

        if (!abilities->body && !isempty(content->body)) {
                if (asprintf(&summary, "%s – %.*s", content->summary, (int) strcspn(content->body, "\n"),
                                    content->body) < 0)
                        summary = NULL;
                body = strdup("");
        } else {
                _cleanup_free_ char *choices = NULL, *text = NULL;

                choices = abilities->actions ? strdup("") :
                                               wording_choices(content->job, content->end_now,
                                                               content->extend, content->ask);
                if (!choices || asprintf(&text, "%s%s", content->body, choices) < 0)
                        return -ENOMEM;

                summary = strdup(content->summary);
                body = abilities->markup ? text_escape_markup(text) : text_escape_terminal(text, true);
        }

        if (!summary || !body)
                return -ENOMEM;

        *ret_summary = TAKE_PTR(summary);
        *ret_body = TAKE_PTR(body);
        return 0;
}

int notification_message_new(sd_bus_message **ret,
                sd_bus *bus,
                const NotificationContent *content,
                const ServerAbilities *abilities,
                uint32_t replaces) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        _cleanup_free_ char *summary = NULL, *body = NULL;
        int r;

        r = make_texts(content, abilities, &summary, &body);
        if (r < 0)
                return r;

        r = sd_bus_message_new_method_call(
                        bus, &m, NOTIFICATIONS_BUS_NAME, NOTIFICATIONS_PATH, NOTIFICATIONS_IFACE, "Notify");
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "susss", "Usher", replaces,
                        content->notice ? "dialog-information" : "system-log-out", summary, body);
        if (r < 0)
                return r;

        r = append_actions(m, content, abilities);
        if (r < 0)
                return r;

        r = append_hints(m, content);
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "i", content->critical ? 0 : LAST_WORDS_MSEC);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(m);
        return 0;
}
