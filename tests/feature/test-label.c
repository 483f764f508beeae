/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Labels in the core and on disk. What a label may be is tested in the model. */

#include <glib/gstdio.h>

#include "daemon.h"
#include "feature/label.h"

#define OTHER "seat-right"

static void set_up(Daemon *d, gconstpointer data) {
        static const Feature *const features[] = { &label_feature, NULL };

        daemon_set_up(d, features);
        manager_logind_events.seat(OTHER, d->manager);
        daemon_serve(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

static Station *station(Daemon *d, const char *id) {
        Station *s = manager_find_station(d->manager, id);

        g_assert_nonnull(s);
        return s;
}

static int check(Daemon *d, const char *id, const char *label) {
        const Station *other = NULL;
        const char *problem = NULL;
        int r;

        r = label_check_for_station(d->manager, station(d, id), label, &other, &problem);
        g_assert_cmpint(other != NULL, ==, r == -EEXIST);
        g_assert_cmpint(problem != NULL, ==, r == -EINVAL);
        return r;
}

static void assert_file(Daemon *d, const char *expected) {
        g_autofree char *file = g_build_filename(d->house->directory, "labels", NULL), *text = NULL;
        g_autofree char *new = g_build_filename(d->house->directory, "labels.new", NULL);

        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, expected);
        g_assert_false(g_file_test(new, G_FILE_TEST_EXISTS));
}

static void test_set(Daemon *d, gconstpointer data) {
        g_assert_cmpint(label_set(d->manager, station(d, SEAT), "By the door"), ==, 0);
        g_assert_cmpint(label_set(d->manager, station(d, OTHER), "Window"), ==, 0);
        assert_file(d, SEAT " By the door\n" OTHER " Window\n");
        g_assert_true(manager_find_station_by_name(d->manager, "Window") == station(d, OTHER));

        g_assert_cmpint(label_set(d->manager, station(d, SEAT), ""), ==, 0);
        assert_file(d, OTHER " Window\n");
}

static void test_check(Daemon *d, gconstpointer data) {
        g_assert_cmpint(label_set(d->manager, station(d, SEAT), "Window"), ==, 0);
        g_assert_cmpint(check(d, SEAT, "Window"), ==, 0);
        g_assert_cmpint(check(d, OTHER, "Window"), ==, -EEXIST);
        g_assert_cmpint(check(d, OTHER, SEAT), ==, -EEXIST);
        g_assert_cmpint(check(d, OTHER, OTHER), ==, 0);
        g_assert_cmpint(check(d, OTHER, "seat-that-may-come"), ==, -EINVAL);
        g_assert_cmpint(check(d, OTHER, " x"), ==, -EINVAL);
        g_assert_cmpint(check(d, OTHER, ""), ==, 0);
}

/* A station with a label is there before the first notification, absent or not. */
static void test_restart(Daemon *d, gconstpointer data) {
        g_assert_cmpint(label_set(d->manager, station(d, OTHER), "Window"), ==, 0);
        daemon_restart(d);
        g_assert_cmpstr(station(d, OTHER)->label, ==, "Window");
        g_assert_cmpstr(station(d, SEAT)->label, ==, "");
        daemon_serve(d);
        g_assert_true(station(d, OTHER)->announced);
        g_assert_cmpint(station(d, OTHER)->health, ==, STATION_ABSENT);
}

static void test_a_directory_that_others_can_write(Daemon *d, gconstpointer data) {
        g_assert_cmpint(label_set(d->manager, station(d, SEAT), "Window"), ==, 0);
        g_assert_cmpint(g_chmod(d->house->directory, 0777), ==, 0);
        g_assert_cmpint(label_set(d->manager, station(d, SEAT), "Door"), ==, -EPERM);
        g_assert_cmpint(label_set(d->manager, station(d, OTHER), "Door"), ==, -EPERM);
        g_assert_cmpstr(station(d, SEAT)->label, ==, "Window");
        g_assert_cmpstr(station(d, OTHER)->label, ==, "");
        g_assert_cmpint(g_chmod(d->house->directory, 0700), ==, 0);
        assert_file(d, SEAT " Window\n");
}

/* The administrator mends it while usherd runs, and the next change keeps what could not be read before. */
static void test_labels_that_are_read_late(Daemon *d, gconstpointer data) {
        g_autofree char *file = g_build_filename(d->house->directory, "labels", NULL);

        g_assert_cmpint(label_set(d->manager, station(d, SEAT), "Window"), ==, 0);
        g_assert_cmpint(g_chmod(file, 0666), ==, 0);
        daemon_restart(d);
        manager_logind_events.seat(SEAT, d->manager);
        manager_logind_events.seat(OTHER, d->manager);
        g_assert_cmpstr(station(d, SEAT)->label, ==, "");
        daemon_serve(d);
        g_assert_cmpint(label_set(d->manager, station(d, OTHER), "Door"), ==, -EPERM);
        g_assert_cmpint(label_set(d->manager, station(d, SEAT), ""), ==, -EPERM);

        g_assert_cmpint(g_chmod(file, 0644), ==, 0);
        g_assert_cmpint(label_set(d->manager, station(d, OTHER), "Window"), ==, -EEXIST);
        g_assert_cmpstr(station(d, SEAT)->label, ==, "Window");
        g_assert_cmpint(label_set(d->manager, station(d, OTHER), "Door"), ==, 0);
        assert_file(d, SEAT " Window\n" OTHER " Door\n");
}

static ssize_t read_two_labels(void *cookie, char *buffer, size_t size) {
        static const char lines[] = SEAT " Window\n" OTHER " Door\n";
        gboolean *is_broken = cookie;

        if (*is_broken) {
                errno = EIO;
                return -1;
        }

        g_assert_cmpuint(size, >, sizeof(lines));
        memcpy(buffer, lines, sizeof(lines) - 1);
        *is_broken = TRUE;
        return sizeof(lines) - 1;
}

static void on_unexpected_label(const char *id, const char *label, void *userdata) {
        g_assert_not_reached();
}

/* An error is not the end of the file. */
static void test_a_file_that_cannot_be_read_to_its_end(Daemon *d, gconstpointer data) {
        gboolean is_broken = FALSE;
        FILE *f = fopencookie(&is_broken, "r", (cookie_io_functions_t) { .read = read_two_labels });

        g_assert_nonnull(f);
        g_assert_cmpint(labels_read_stream(f, "test", on_unexpected_label, NULL), ==, -EIO);
        g_assert_true(is_broken);
        (void) fclose(f);
}

static void test_too_many(Daemon *d, gconstpointer data) {
        g_autofree char *file = g_build_filename(d->house->directory, "labels", NULL), *before = NULL;

        for (unsigned i = 0; i < LABELS_MAX; i++) {
                g_autofree char *id = g_strdup_printf("seat-n%u", i);
                Station *s;

                g_assert_cmpint(manager_add_station(d->manager, id, &s), ==, 0);
                g_assert_cmpint(string_replace(&s->label, id), >, 0);
        }
        g_assert_cmpint(label_set(d->manager, station(d, "seat-n0"), "Window"), ==, 0);
        g_assert_true(g_file_get_contents(file, &before, NULL, NULL));
        g_assert_cmpint(label_set(d->manager, station(d, SEAT), "Door"), ==, -ENOBUFS);
        assert_file(d, before);

        /* The next one begins with a file of its own. */
        g_assert_cmpint(label_set(d->manager, station(d, "seat-n0"), ""), ==, 0);
        g_assert_cmpint(label_set(d->manager, station(d, SEAT), "Door"), ==, 0);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/label/" name, Daemon, NULL, set_up, function, tear_down)
        ADD("set", test_set);
        ADD("check", test_check);
        ADD("restart", test_restart);
        ADD("a-directory-that-others-can-write", test_a_directory_that_others_can_write);
        ADD("labels-that-are-read-late", test_labels_that_are_read_late);
        ADD("a-file-that-cannot-be-read-to-its-end", test_a_file_that_cannot_be_read_to_its_end);
        ADD("too-many", test_too_many);
        return g_test_run();
}
