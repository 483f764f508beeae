/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writing to terminals. */

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/terminal.h"

#define WAIT_MSEC 5000

typedef struct Pty {
        int keyboard, terminal;
} Pty;

static void set_up(Pty *p, gconstpointer data) {
        struct termios t;

        p->keyboard = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        g_assert_no_errno(p->keyboard);
        g_assert_no_errno(unlockpt(p->keyboard));
        p->terminal = open(ptsname(p->keyboard), O_RDWR | O_NOCTTY | O_CLOEXEC);
        g_assert_no_errno(p->terminal);

        /* Like a console that nobody has used. */
        g_assert_no_errno(tcgetattr(p->terminal, &t));
        g_assert_cmpuint(t.c_lflag & (ECHO | ISIG), ==, ECHO | ISIG);
}

static void tear_down(Pty *p, gconstpointer data) {
        close(p->keyboard);
        close(p->terminal);
}

/* All that the screen shows up to that mark. */
static char *screen_until(Pty *p, char mark) {
        GString *text = g_string_new(NULL);

        while (!strchr(text->str, mark)) {
                char c;

                g_assert_cmpint(poll(&(struct pollfd) { .fd = p->keyboard, .events = POLLIN }, 1, WAIT_MSEC),
                                ==, 1);
                g_assert_cmpint(read(p->keyboard, &c, 1), ==, 1);
                g_string_append_c(text, c);
        }

        return g_string_free(text, FALSE);
}

static void type(Pty *p, const char *keys) {
        g_assert_cmpint(write(p->keyboard, keys, strlen(keys)), ==, (gssize) strlen(keys));
}

static void test_keys_are_ignored(Pty *p, gconstpointer data) {
        g_autofree char *before = NULL, *after = NULL;
        char line[64];
        gssize n;

        type(p, "secret.");
        before = screen_until(p, '.');
        g_assert_cmpstr(before, ==, "secret.");

        g_assert_cmpint(terminal_ignore_keys(p->terminal), ==, 0);

        /* Also Ctrl-C and Ctrl-\, which are ordinary characters now. All of them have arrived when the line
         * can be read. */
        type(p, "secret\003\034\n");
        n = read(p->terminal, line, sizeof(line));
        g_assert_cmpint(n, ==, strlen("secret.secret\003\034\n"));
        g_assert_cmpint(terminal_put(p->terminal, "sign."), ==, 0);
        after = screen_until(p, '.');
        g_assert_cmpstr(after, ==, "sign.");
}

static void test_no_terminal(void) {
        int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

        g_assert_no_errno(fd);
        g_assert_cmpint(terminal_ignore_keys(fd), <, 0);
        close(fd);
}

static void test_names(void) {
        static const char *const good[] = { "tty1", "tty63", "pts/0", "pts/1234567" };
        static const char *const bad[] = { "", "tty", "pts/", "pts", "console", "null", "ttyS0", "tty1x",
                "tty1/", "tty-1", "tty1/../sda", "pts/../sda", "pts/1/../../sda", "../tty1", "/dev/tty1",
                "tty12345678", "tty 1" };

        for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
                g_assert_true(terminal_name_is_valid(good[i]));
        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_assert_false(terminal_name_is_valid(bad[i]));
                g_assert_cmpint(terminal_open(bad[i]), ==, -EINVAL);
        }
        g_assert_false(terminal_name_is_valid(NULL));
}

static void test_somebody_elses_terminal(Pty *p, gconstpointer data) {
        g_autofree char *path = g_strdup(ptsname(p->keyboard));
        const char *name = path + strlen("/dev/");
        int fd;

        fd = terminal_open(name);
        g_assert_cmpint(fd, >=, 0);
        close(fd);

        if (geteuid() != 0) {
                g_test_skip("only root can give a terminal away");
                return;
        }
        g_assert_no_errno(fchown(p->terminal, 65534, (gid_t) -1));
        g_assert_cmpint(terminal_open(name), ==, -EPERM);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add("/terminal/keys-are-ignored", Pty, NULL, set_up, test_keys_are_ignored, tear_down);
        g_test_add_func("/terminal/no-terminal", test_no_terminal);
        g_test_add_func("/terminal/names", test_names);
        g_test_add("/terminal/somebody-elses", Pty, NULL, set_up, test_somebody_elses_terminal, tear_down);

        return g_test_run();
}
