/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which station this is, where there is no X server: on terminals, and among the notifications of a desktop that
 * usher-identify finds no display of. */

#include <string.h>

#include "usher.h"

static const char configuration[] = "[LogOff]\nMinimumGraceSec=1\n";

typedef struct {
        Usher *usher;
} Fixture;

static void set_up(Fixture *f, gconstpointer unused) {
        f->usher = usher_new(configuration);
}

static void tear_down(Fixture *f, gconstpointer unused) {
        usher_free(f->usher);
}

/* What `usherctl identify` says, and its exit status. */
static char *identify(const char *station, int *ret_status) {
        const char *argv[] = { "usherctl", "identify", station, NULL };
        g_autoptr(GError) error = NULL;
        char *said = NULL;
        int status;

        g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said, &status, &error);
        g_assert_no_error(error);
        *ret_status = WEXITSTATUS(status);
        return said;
}

static void assert_identify(const char *station) {
        g_autofree char *said = NULL;
        int status;

        said = identify(station, &status);
        g_assert_cmpstr(said, ==, "");
        g_assert_cmpint(status, ==, 0);
}

/* One account sits at two terminals: the one that is meant shows large letters, and nothing but letters. */
static void test_a_terminal(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) one = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1", .terminal = true });
        g_autoptr(BoxSession) two = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box2", .terminal = true });

        assert_identify("seat-box1");
        g_assert_true(box_session_wait_text(one, "\xe2\x96\x88\xe2\x96\x88", BOX_TIMEOUT_MSEC));
        g_assert_null(memchr(one->screen->str, 0x1b, one->screen->len));
        g_assert_cmpuint(two->screen->len, ==, 0);
}

/* A session that has no display that we could find still has its notifications. */
static void test_a_desktop_without_x(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(f->usher, &(BoxSessionOptions) { .user = "u3", .seat = "seat-box3" });
        g_autoptr(Notifier) n = notifier_new(f->usher, s, "good");

        assert_identify("seat-box3");
        g_assert_true(notifier_wait(n, "seat-box3", BOX_TIMEOUT_MSEC));
}

static void test_nothing_to_show_it_on(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) greeter = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "u4", .seat = "seat-box4", .class = "greeter" });
        static const char *const stations[] = { "seat-box4", "seat-box5" };

        for (guint i = 0; i < G_N_ELEMENTS(stations); i++) {
                g_autofree char *said = NULL;
                int status;

                said = identify(stations[i], &status);
                g_assert_cmpint(status, ==, 1);
                g_assert_nonnull(strstr(said, "could show its label"));
        }
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define BOX_TEST(path, func) g_test_add(path, Fixture, NULL, set_up, func, tear_down)
        BOX_TEST("/identify/a-terminal", test_a_terminal);
        BOX_TEST("/identify/a-desktop-without-x", test_a_desktop_without_x);
        BOX_TEST("/identify/nothing-to-show-it-on", test_nothing_to_show_it_on);
#undef BOX_TEST

        return g_test_run();
}
