/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "machine-channel.h"

/* Replies carry the id of their command. A reply that comes after the timeout of its command is dropped, so
 * that the conversation stays in step. */

typedef struct Event {
        char *name;
        char *reason;
} Event;

static void event_free(Event *e) {
        if (!e)
                return;

        g_free(e->name);
        g_free(e->reason);
        g_free(e);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Event, event_free)

void channel_init(Channel *c, const char *peer, int fd) {
        *c = (Channel) {
                .peer = peer,
                .fd = fd,
                .input = g_string_new(NULL),
                .events = G_QUEUE_INIT,
        };
}

void channel_done(Channel *c) {
        if (!c->input)
                return;

        channel_forget_events(c);
        g_string_free(c->input, true);
        if (c->fd >= 0)
                close(c->fd);
        *c = (Channel) { .fd = -EBADF };
}

void channel_forget_events(Channel *c) {
        g_queue_clear_full(&c->events, (GDestroyNotify) event_free);
}

static bool channel_send(Channel *c, const char *line, GError **error) {
        size_t left = strlen(line);

        while (left > 0) {
                ssize_t n;

                n = send(c->fd, line, left, MSG_NOSIGNAL);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0) {
                        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                                        "Failed to write to %s: %s", c->peer, g_strerror(errno));
                        return false;
                }

                line += n;
                left -= n;
        }

        return true;
}

/* Waits for more input. Fails when the time is up, or the other side has closed the connection. */
static bool channel_fill(Channel *c, gint64 deadline, GError **error) {
        char buffer[65536];
        ssize_t n;
        int r;

        for (;;) {
                gint64 left = MAX(deadline - g_get_monotonic_time(), 0);

                r = poll(&(struct pollfd) { .fd = c->fd, .events = POLLIN }, 1,
                                MIN((left + 999) / 1000, G_MAXINT));
                if (r > 0 || (r < 0 && errno != EINTR))
                        break;
                if (r == 0) {
                        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Timed out waiting for %s",
                                        c->peer);
                        return false;
                }
        }

        n = recv(c->fd, buffer, sizeof buffer, 0);
        if (n <= 0) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection to %s is closed", c->peer);
                return false;
        }

        g_string_append_len(c->input, buffer, n);
        return true;
}

/* Returns one message and keeps events for later. NULL without an error: none has arrived yet. */
static JsonNode *channel_next(Channel *c, GError **error) {
        for (;;) {
                g_autoptr(JsonNode) node = NULL;
                g_autoptr(Event) event = NULL;
                g_autofree char *line = NULL;
                JsonObject *message, *data;
                char *end;

                end = memchr(c->input->str, '\n', c->input->len);
                if (!end)
                        return NULL;

                line = g_strndup(c->input->str, end - c->input->str);
                g_string_erase(c->input, 0, end - c->input->str + 1);

                node = json_from_string(line, error);
                if (!node)
                        return NULL;
                if (!JSON_NODE_HOLDS_OBJECT(node)) {
                        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                        "Invalid message from %s: '%s'", c->peer, line);
                        return NULL;
                }

                message = json_node_get_object(node);
                if (!json_object_has_member(message, "event"))
                        return g_steal_pointer(&node);

                data = json_object_has_member(message, "data") ?
                                json_object_get_object_member(message, "data") :
                                NULL;
                event = g_new0(Event, 1);
                event->name = g_strdup(json_object_get_string_member(message, "event"));
                event->reason = g_strdup(
                                data ? json_object_get_string_member_with_default(data, "reason", "") : "");
                g_queue_push_tail(&c->events, g_steal_pointer(&event));
        }
}

bool channel_call(Channel *c,
                const char *command,
                JsonObject *arguments,
                guint timeout,
                JsonNode **ret,
                GError **error) {

        gint64 deadline = g_get_monotonic_time() + (gint64) timeout * G_USEC_PER_SEC, id = ++c->last_id;
        g_autoptr(JsonNode) request = json_node_new(JSON_NODE_OBJECT);
        g_autofree char *text = NULL, *line = NULL;
        JsonObject *o = json_object_new();

        json_node_take_object(request, o);
        json_object_set_string_member(o, "execute", command);
        json_object_set_int_member(o, "id", id);
        if (arguments)
                json_object_set_object_member(o, "arguments", arguments);

        text = json_to_string(request, false);
        line = g_strconcat(text, "\n", NULL);
        if (!channel_send(c, line, error))
                return false;

        for (;;) {
                g_autoptr(JsonNode) node = NULL;
                JsonObject *reply, *failure;
                GError *e = NULL;

                node = channel_next(c, &e);
                if (e) {
                        g_propagate_error(error, e);
                        return false;
                }
                if (!node) {
                        if (!channel_fill(c, deadline, error)) {
                                g_prefix_error(error, "%s: ", command);
                                return false;
                        }
                        continue;
                }

                reply = json_node_get_object(node);
                if (json_object_get_int_member_with_default(reply, "id", 0) != id)
                        continue;

                if (json_object_has_member(reply, "error")) {
                        failure = json_object_get_object_member(reply, "error");
                        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s returned an error: %s",
                                        command, c->peer,
                                        json_object_get_string_member_with_default(
                                                        failure, "desc", "(no reason given)"));
                        return false;
                }

                if (ret)
                        *ret = json_node_copy(json_object_get_member(reply, "return"));
                return true;
        }
}

bool channel_wait_event(Channel *c, const char *event, guint timeout, char **ret_reason, GError **error) {
        gint64 deadline = g_get_monotonic_time() + (gint64) timeout * G_USEC_PER_SEC;

        for (;;) {
                GError *e = NULL;

                /* No command is pending: a message that is no event is a late reply. */
                for (;;) {
                        g_autoptr(JsonNode) node = channel_next(c, &e);

                        if (!node)
                                break;
                }
                if (e) {
                        g_propagate_error(error, e);
                        return false;
                }

                for (GList *l = c->events.head; l; l = l->next) {
                        Event *found = l->data;

                        if (!g_str_equal(found->name, event))
                                continue;

                        if (ret_reason)
                                *ret_reason = g_steal_pointer(&found->reason);
                        g_queue_delete_link(&c->events, l);
                        event_free(found);
                        return true;
                }

                if (!channel_fill(c, deadline, error)) {
                        g_prefix_error(error, "Waiting for %s: ", event);
                        return false;
                }
        }
}
