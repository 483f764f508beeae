/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Identifying stations without an X server: on terminals, and by a notification where usher-identify finds
 * no display. */

#include <string.h>

#include "ctl.h"

/* U+2588, twice. */
#define BLOCKS "\xe2\x96\x88\xe2\x96\x88"

static const char configuration[] = "[LogOff]\nMinimumGraceSec=1\n";

/* One user is logged in at two terminals: the one at the named station shows large letters, and nothing
 * else. */
static void test_a_terminal(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) one = usher_open(
                        u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1", .terminal = true });
        g_autoptr(BoxSession) two = usher_open(
                        u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box2", .terminal = true });

        g_free(ctl_print(u, "usherctl identify seat-box1", 0));
        g_assert_true(box_session_wait_text(one, BLOCKS, BOX_TIMEOUT_MSEC));
        g_assert_null(memchr(one->screen->str, 0x1b, one->screen->len));
        g_assert_cmpuint(two->screen->len, ==, 0);
}

/* A session without a known display still has its notifications. */
static void test_a_desktop_without_x(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u3", .seat = "seat-box3" });
        g_autoptr(Notifier) n = notifier_new(u, s, "good");

        g_free(ctl_print(u, "usherctl identify seat-box3", 0));
        g_assert_true(notifier_wait(n, "seat-box3", BOX_TIMEOUT_MSEC));
}

static void test_nothing_to_show_it_on(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) greeter = usher_open(
                        u, &(BoxSessionOptions) { .user = "u4", .seat = "seat-box4", .class = "greeter" });
        g_autofree char *login_screen = ctl_complain(u, "usherctl identify seat-box4", 1);
        g_autofree char *nobody = ctl_complain(u, "usherctl identify seat-box5", 1);

        g_assert_nonnull(
                        strstr(login_screen, "'seat-box4': No screen of the station could show its label."));
        g_assert_nonnull(strstr(nobody, "'seat-box5': Nothing runs at this station"));
}

/* An invalid name is found before anything is shown; a station that cannot show its label does not stop the
 * others. */
static void test_several(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) one = usher_open(
                        u, &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6", .terminal = true });
        g_autoptr(BoxSession) two = usher_open(
                        u, &(BoxSessionOptions) { .user = "u7", .seat = "seat-box7", .terminal = true });

        g_free(ctl_complain(u, "usherctl identify seat-box6 seat-nowhere", 1));
        g_assert_cmpuint(one->screen->len, ==, 0);

        g_free(ctl_complain(u, "usherctl identify seat-box6 seat-box8 seat-box7", 1));
        g_assert_true(box_session_wait_text(one, BLOCKS, BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_wait_text(two, BLOCKS, BOX_TIMEOUT_MSEC));
}

/* Without a name, every station. */
static void test_all(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) one = usher_open(
                        u, &(BoxSessionOptions) { .user = "u9", .seat = "seat-box9", .terminal = true });
        g_autoptr(BoxSession) two = usher_open(
                        u, &(BoxSessionOptions) { .user = "u10", .seat = "seat-box10", .terminal = true });

        /* Most of the seats have no session. */
        g_free(ctl_complain(u, "usherctl identify", 1));
        g_assert_true(box_session_wait_text(one, BLOCKS, BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_wait_text(two, BLOCKS, BOX_TIMEOUT_MSEC));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/identify/a-terminal", configuration, test_a_terminal);
        usher_test("/identify/a-desktop-without-x", configuration, test_a_desktop_without_x);
        usher_test("/identify/nothing-to-show-it-on", configuration, test_nothing_to_show_it_on);
        usher_test("/identify/several", configuration, test_several);
        usher_test("/identify/all", configuration, test_all);

        return g_test_run();
}
