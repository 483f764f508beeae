/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pages beside the stations: hubs and history. */

#include "classroom.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/names.h"

static void test_hubs(Classroom *c, gconstpointer data) {
        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        classroom_show_page(c, "hubs");
        WAIT_FOR(shows(c, "Four Ports"));
        g_assert_true(shows(c, "Hub of a station · \u2068Window left\u2069"));
        classroom_picture(c, "hubs");
}

/* Attaching is undone by attaching to the station before. */
static void test_attach(Classroom *c, gconstpointer data) {
        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        classroom_show_page(c, "hubs");
        WAIT_FOR(shows(c, "Four Ports"));
        act(c, "hubs.attach", g_variant_new("(ss)", c->left_hub, "seat-right"));
        WAIT_FOR(shows(c, "The hub belongs to"));
        g_assert_nonnull(strstr(fake_deeds(&c->f.logind->fake), "AttachDevice('seat-right'"));
        classroom_picture(c, "attached");
        press(c, "_Undo");
        WAIT_FOR(strstr(fake_deeds(&c->f.logind->fake), "AttachDevice('seat-left'"));
}

static void test_history(Classroom *c, gconstpointer data) {
        g_autofree char *job = NULL, *other = NULL;

        classroom_allow(c);
        classroom_lesson(c);
        classroom_open(c, 960, 640);
        classroom_show_page(c, "history");
        WAIT_FOR(shows(c, "Nothing Yet"));
        job = fixture_log_off(&c->f, "seat-left", NULL);
        other = fixture_log_off(&c->f, "seat-right", NULL);
        fake_logind_remove_session(c->f.logind, "2");
        WAIT_FOR(shows(c, "Logged out in time"));
        g_assert_true(shows(c, "\u2068Ada Lovelace\u2069 at \u2068Window left\u2069"));
        g_variant_unref(usher_call(c->f.root, other, "Job.Cancel", NULL));
        WAIT_FOR(shows(c, "\u2068Ben <b>Bold</b> & Co\u2069 at"));
        classroom_picture(c, "history");
}

/* ---- which is which: the test plays usher-associate, which reads the keyboards ---- */

typedef struct Reader {
        int listener, client;
        guint source;
} Reader;

/* Only wakes whoever waits. */
static gboolean on_io(int fd, GIOCondition condition, gpointer data) {
        return G_SOURCE_CONTINUE;
}

static void reader_open(Reader *r) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = USHER_ASSOCIATE_SOCKET };

        (void) g_unlink(USHER_ASSOCIATE_SOCKET);
        r->client = -1;
        r->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        g_assert_no_errno(r->listener);
        g_assert_no_errno(bind(r->listener, (struct sockaddr *) &address, sizeof(address)));
        g_assert_no_errno(listen(r->listener, 1));
        r->source = g_unix_fd_add(r->listener, G_IO_IN, on_io, NULL);
}

static gboolean reader_has_client(Reader *r) {
        r->client = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        return r->client >= 0;
}

static void reader_tell(Reader *r, const char *text) {
        g_autofree char *line = g_strconcat(text, "\n", NULL);

        g_assert_cmpint(send(r->client, line, strlen(line), MSG_NOSIGNAL), ==, (gssize) strlen(line));
}

static gboolean reader_is_left(Reader *r) {
        char byte;

        return recv(r->client, &byte, 1, 0) == 0;
}

static void reader_close(Reader *r) {
        g_source_remove(r->source);
        close(r->client);
        close(r->listener);
}

static void test_which_is_which(Classroom *c, gconstpointer data) {
        g_autofree char *keyboard = NULL;
        Reader r;

        classroom_allow(c);
        classroom_lesson(c);
        reader_open(&r);
        classroom_open(c, 960, 640);
        classroom_show_page(c, "hubs");
        press(c, "hubs.which");
        WAIT_FOR(reader_has_client(&r));
        reader_tell(&r, "ready");
        WAIT_FOR(shows(c, "Station 1 of 7"));
        g_assert_nonnull(find_text(GTK_WIDGET(dialog_of(c)), "Teacher's desk"));
        classroom_picture(c, "which-is-which");

        press(c, "_Skip This Station");
        WAIT_FOR(shows(c, "Station 2 of 7"));
        keyboard = g_strconcat(c->left_keyboard, "/1-0:1.0/input/input0", NULL);
        reader_tell(&r, keyboard);
        WAIT_FOR(shows(c, "Station 3 of 7"));
        g_assert_nonnull(strstr(fake_deeds(&c->f.logind->fake), "AttachDevice("));

        /* Who closes the dialog is not listened to any more. */
        adw_dialog_close(dialog_of(c));
        WAIT_FOR(reader_is_left(&r));
        reader_close(&r);
}

int main(int argc, char *argv[]) {
        classroom_init(&argc, &argv);
        classroom_add("/pages/hubs", test_hubs);
        classroom_add("/pages/attach", test_attach);
        classroom_add("/pages/history", test_history);
        classroom_add("/pages/which-is-which", test_which_is_which);
        return g_test_run();
}
