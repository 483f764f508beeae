/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-associate.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "common/names.h"

/* WAIT_FOR() looks again. */
static gboolean on_io(int fd, GIOCondition condition, gpointer userdata) {
        return G_SOURCE_CONTINUE;
}

FakeAssociate *fake_associate_new(void) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = USHER_ASSOCIATE_SOCKET };
        FakeAssociate *a = g_new0(FakeAssociate, 1);

        (void) unlink(USHER_ASSOCIATE_SOCKET);
        a->client = -1;
        a->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        g_assert_no_errno(a->listener);
        g_assert_no_errno(bind(a->listener, (struct sockaddr *) &address, sizeof(address)));
        g_assert_no_errno(listen(a->listener, 1));
        a->listener_source = g_unix_fd_add(a->listener, G_IO_IN, on_io, NULL);
        return a;
}

void fake_associate_close(FakeAssociate *a) {
        if (a->client < 0)
                return;

        g_source_remove(a->client_source);
        (void) close(a->client);
        a->client = -1;
}

void fake_associate_free(FakeAssociate *a) {
        fake_associate_close(a);
        g_source_remove(a->listener_source);
        (void) close(a->listener);
        (void) unlink(USHER_ASSOCIATE_SOCKET);
        g_free(a);
}

gboolean fake_associate_has_client(FakeAssociate *a) {
        a->client = accept4(a->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (a->client < 0)
                return FALSE;

        a->client_source = g_unix_fd_add(a->client, G_IO_IN, on_io, NULL);
        return TRUE;
}

void fake_associate_accept(FakeAssociate *a) {
        WAIT_FOR(fake_associate_has_client(a));
}

void fake_associate_tell(FakeAssociate *a, const char *text) {
        g_assert_cmpint(send(a->client, text, strlen(text), MSG_NOSIGNAL), ==, (gssize) strlen(text));
}

void fake_associate_enter(FakeAssociate *a, const char *syspath) {
        g_autofree char *line = g_strdup_printf("%s\n", syspath);

        fake_associate_tell(a, line);
}

static gboolean is_hung_up(FakeAssociate *a) {
        char byte;

        return recv(a->client, &byte, 1, 0) == 0;
}

void fake_associate_wait_end(FakeAssociate *a) {
        WAIT_FOR(is_hung_up(a));
        fake_associate_close(a);
}
