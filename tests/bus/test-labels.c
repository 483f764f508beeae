/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The labels of stations, and what may be in the place of their file. */

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/names.h"

#define LEFT "/org/usher1/station/seat_2dleft"
#define RIGHT "/org/usher1/station/seat_2dright"
#define INVALID_ARGS "org.freedesktop.DBus.Error.InvalidArgs"
#define IO_ERROR "org.freedesktop.DBus.Error.IOError"

static void set_label(Fixture *f, const char *station, const char *label) {
        g_variant_unref(usher_call(f->root, station, "Station.SetLabel", ARGS("(%s,)", label)));
}

static void assert_label(Fixture *f, const char *station, const char *expected) {
        g_autofree char *is = usher_get_string(f->root, station, "Label");

        g_assert_cmpstr(is, ==, expected);
}

static char *state_path(Fixture *f, const char *name) {
        g_autofree char *directory = g_build_filename(f->directory, "state", NULL);

        g_assert_no_errno(g_mkdir_with_parents(directory, 0755));
        return g_build_filename(directory, name, NULL);
}

static char *read_labels(Fixture *f) {
        g_autofree char *path = state_path(f, "labels");
        char *text = NULL;

        (void) g_file_get_contents(path, &text, NULL, NULL);
        return text;
}

static void write_labels(Fixture *f, const char *text, gssize size) {
        g_autofree char *path = state_path(f, "labels");
        g_autoptr(GError) error = NULL;

        g_file_set_contents(path, text, size, &error);
        g_assert_no_error(error);
        g_assert_no_errno(g_chmod(path, 0644));
}

static char *path_of(Fixture *f, const char *name) {
        g_autoptr(GVariant) reply = usher_call(f->root, MANAGER, "Manager.GetStation", ARGS("(%s,)", name));
        char *path;

        g_variant_get(reply, "(o)", &path);
        return path;
}

static char *list(Fixture *f) {
        g_autoptr(GVariant) reply = usher_call(f->root, MANAGER, "Manager.ListStations", NULL);
        g_autoptr(GVariantIter) stations = NULL;
        GString *text = g_string_new(NULL);
        const char *id, *label;

        g_variant_get(reply, "(a(ssssso))", &stations);
        while (g_variant_iter_next(stations, "(&s&s&s&s&s&o)", &id, &label, NULL, NULL, NULL, NULL))
                g_string_append_printf(text, "%s%s=%s", text->len > 0 ? " " : "", id, label);

        return g_string_free(text, FALSE);
}

static void assert_list(Fixture *f, const char *expected) {
        g_autofree char *is = list(f);

        g_assert_cmpstr(is, ==, expected);
}

static void test_a_label_and_back(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *history = NULL, *text = NULL, *job = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        assert_label(f, LEFT, "");

        set_label(f, LEFT, "Fenster links");
        assert_label(f, LEFT, "Fenster links");
        path = path_of(f, "Fenster links");
        g_assert_cmpstr(path, ==, LEFT);
        text = read_labels(f);
        g_assert_cmpstr(text, ==, "seat-left Fenster links\n");

        /* Everywhere a station is named. */
        job = fixture_log_off(f, "Fenster links", NULL);
        g_assert_nonnull(job);

        set_label(f, LEFT, "");
        assert_label(f, LEFT, "");
        assert_refused(f->root, MANAGER, "Manager.GetStation", ARGS("('Fenster links',)"),
                        "org.usher1.Error.NoSuchStation");
        WAIT_FOR(fixture_count_signals(f, LEFT, "PropertiesChanged") >= 2);
        history = fixture_history(f, LEFT, "Label");
        g_assert_true(g_str_has_prefix(history, "Fenster links"));
}

static void test_the_order_of_listings(Fixture *f, gconstpointer data) {
        fixture_start(f);
        set_label(f, LEFT, "Station 10");
        set_label(f, RIGHT, "Station 2");
        assert_list(f, "seat0= seat-right=Station 2 seat-left=Station 10");
}

static void test_unique(Fixture *f, gconstpointer data) {
        g_autofree char *before = NULL, *after = NULL;

        fixture_start(f);
        set_label(f, LEFT, "Window");
        before = read_labels(f);
        assert_refused(f->root, RIGHT, "Station.SetLabel", ARGS("('Window',)"), INVALID_ARGS);
        assert_refused(f->root, RIGHT, "Station.SetLabel", ARGS("('seat-left',)"), INVALID_ARGS);
        assert_refused(f->root, RIGHT, "Station.SetLabel", ARGS("('seat0',)"), INVALID_ARGS);
        assert_refused(f->root, RIGHT, "Station.SetLabel", ARGS("('seat-of-tomorrow',)"), INVALID_ARGS);
        assert_label(f, RIGHT, "");
        after = read_labels(f);
        g_assert_cmpstr(after, ==, before);

        /* A station may have its own id as its label. */
        set_label(f, LEFT, "Window");
        set_label(f, RIGHT, "seat-right");
        assert_label(f, RIGHT, "seat-right");
}

static void test_invalid_labels(Fixture *f, gconstpointer data) {
        static const char *const bad[] = {
                "a\nb",
                "\x1b[2J",
                "x\u202etxt",
                " a",
                "a ",
                "\u3000",
                "12345678901234567890123456789012345678901234567890123456789012345",
        };
        g_autofree char *huge = g_strnfill(1000000, 'x'), *text = NULL;

        fixture_start(f);
        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
                assert_refused(f->root, LEFT, "Station.SetLabel", ARGS("(%s,)", bad[i]), INVALID_ARGS);
        assert_refused(f->root, LEFT, "Station.SetLabel", ARGS("(%s,)", huge), INVALID_ARGS);
        assert_label(f, LEFT, "");
        text = read_labels(f);
        g_assert_null(text);
}

static void test_text_that_somebody_may_act_on(Fixture *f, gconstpointer data) {
        static const char *const odd[] = { "%s%n%n", "$(id);`id`", "\"><script>", "../../etc/shadow",
                "a\\nb = c" };

        fixture_start(f);
        for (gsize i = 0; i < G_N_ELEMENTS(odd); i++) {
                set_label(f, LEFT, odd[i]);
                assert_label(f, LEFT, odd[i]);
        }

        fixture_stop(f);
        fixture_start(f);
        assert_label(f, LEFT, odd[G_N_ELEMENTS(odd) - 1]);
}

static void test_after_a_restart(Fixture *f, gconstpointer data) {
        fixture_start(f);
        set_label(f, LEFT, "窓側");
        set_label(f, RIGHT, "Tür");
        fixture_kill(f);
        fixture_start(f);
        assert_list(f, "seat0= seat-right=Tür seat-left=窓側");
        assert_label(f, LEFT, "窓側");
}

static void test_a_station_that_is_away(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        fixture_start(f);
        set_label(f, LEFT, "Window");
        fake_logind_remove_seat(f->logind, "seat-left");
        fixture_wait_property(f, LEFT, "Health", "'absent'");
        assert_label(f, LEFT, "Window");
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "StationRemoved"), ==, 0);

        /* Also for a usherd that has never seen it. */
        fixture_stop(f);
        fixture_start(f);
        fixture_wait_property(f, LEFT, "Health", "'absent'");
        path = path_of(f, "Window");
        g_assert_cmpstr(path, ==, LEFT);

        fake_logind_add_seat(f->logind, "seat-left");
        fixture_wait_property(f, LEFT, "Health", "'ok'");
        assert_label(f, LEFT, "Window");

        /* An absent station without a label is removed. */
        fake_logind_remove_seat(f->logind, "seat-left");
        fixture_wait_property(f, LEFT, "Health", "'absent'");
        set_label(f, LEFT, "");
        WAIT_FOR(fixture_count_signals(f, MANAGER, "StationRemoved") == 1);
        assert_list(f, "seat0= seat-right=");
}

static void test_only_with_the_right(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        const FakeQuestion *q;

        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);
        assert_refused(teacher, LEFT, "Station.SetLabel", ARGS("('Mine',)"),
                        "org.freedesktop.DBus.Error.AccessDenied");
        assert_label(f, LEFT, "");

        fake_polkit_answer(f->polkit, USHER_ACTION_MANAGE_STATIONS, TEACHER, FAKE_POLKIT_YES);
        g_variant_unref(usher_call(teacher, LEFT, "Station.SetLabel", ARGS("('Mine',)")));
        assert_label(f, LEFT, "Mine");
        q = fake_polkit_last(f->polkit);
        g_assert_cmpstr(q->action, ==, USHER_ACTION_MANAGE_STATIONS);
}

/* Two labels are set while polkit decides: the second one must be checked again afterwards. */
static void test_a_label_that_is_taken_meanwhile(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        GDBusConnection *teacher;

        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);
        fake_polkit_answer(f->polkit, USHER_ACTION_MANAGE_STATIONS, TEACHER, FAKE_POLKIT_YES);
        f->polkit->fake.hang = TRUE;
        call = usher_send(teacher, LEFT, "Station.SetLabel", ARGS("('Window',)"));
        WAIT_FOR(fake_count(&f->polkit->fake, "CheckAuthorization") > 0);
        set_label(f, RIGHT, "Window");
        fake_release(&f->polkit->fake);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, INVALID_ARGS);
        assert_label(f, LEFT, "");
        assert_label(f, RIGHT, "Window");
}

/* Invalid lines are logged, and the rest is used. */
static void test_a_file_that_is_damaged(Fixture *f, gconstpointer data) {
        static const char text[] =
                        "seat-left Window\n\n   \nseat0\nnonsense\n../../etc Shadow\nseat-right\n"
                        "seat-a \x1b[2J\nseat-b Window\nseat-left Twice\nseat-c a\0b\nseat-d \xff\xff\n"
                        "seat-e seat0\nseat-right Door";

        write_labels(f, text, sizeof(text) - 1);
        fixture_start(f);
        assert_list(f, "seat0= seat-right=Door seat-left=Window");

        /* The next write replaces the whole file. */
        set_label(f, SEAT0, "Desk");
        fixture_stop(f);
        fixture_start(f);
        assert_list(f, "seat0=Desk seat-right=Door seat-left=Window");
}

static void test_a_file_with_too_many_labels(Fixture *f, gconstpointer data) {
        g_autoptr(GString) text = g_string_new("seat-left Window\n");

        for (int i = 0; i < 3000; i++)
                g_string_append_printf(text, "seat-x%d Label %d\n", i, i);
        write_labels(f, text->str, (gssize) text->len);
        fixture_start(f);
        assert_label(f, LEFT, "Window");
        assert_refused(f->root, SEAT0, "Station.SetLabel", ARGS("('One more',)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
        set_label(f, LEFT, "Another");
        assert_label(f, LEFT, "Another");
}

/* The call is refused, and both the label and the file are unchanged. */
static void assert_not_kept(Fixture *f) {
        fixture_start(f);
        assert_label(f, LEFT, "");
        assert_refused(f->root, LEFT, "Station.SetLabel", ARGS("('Window',)"), IO_ERROR);
        assert_label(f, LEFT, "");
        assert_refused(f->root, MANAGER, "Manager.GetStation", ARGS("('Window',)"),
                        "org.usher1.Error.NoSuchStation");
        g_assert_cmpuint(fixture_count_signals(f, LEFT, "PropertiesChanged"), ==, 0);
}

static void test_a_link_for_a_file(Fixture *f, gconstpointer data) {
        g_autofree char *path = state_path(f, "labels"),
                        *target = g_build_filename(f->directory, "target", NULL);
        g_autofree char *text = NULL;
        g_autoptr(GError) error = NULL;

        g_file_set_contents(target, "seat-left Forged\n", -1, &error);
        g_assert_no_error(error);
        g_assert_no_errno(symlink(target, path));
        assert_not_kept(f);
        g_file_get_contents(target, &text, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(text, ==, "seat-left Forged\n");
        g_assert_true(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
}

static void test_a_dangling_link_for_a_file(Fixture *f, gconstpointer data) {
        g_autofree char *path = state_path(f, "labels"),
                        *target = g_build_filename(f->directory, "target", NULL);

        g_assert_no_errno(symlink(target, path));
        assert_not_kept(f);
        g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
}

/* A FIFO without readers or writers: a blocking open would wait for ever. */
static void test_a_pipe_for_a_file(Fixture *f, gconstpointer data) {
        g_autofree char *path = state_path(f, "labels");

        g_assert_no_errno(mkfifo(path, 0600));
        assert_not_kept(f);
}

/* Of the lines that usherd did not read it could write none back. */
static void test_a_file_that_is_too_large(Fixture *f, gconstpointer data) {
        g_autofree char *path = state_path(f, "labels");

        write_labels(f, "seat-left Old\n", 14);
        g_assert_no_errno(truncate(path, 1024 * 1024));
        assert_not_kept(f);
}

static void test_a_directory_for_a_file(Fixture *f, gconstpointer data) {
        g_autofree char *path = state_path(f, "labels");

        g_assert_no_errno(g_mkdir(path, 0755));
        assert_not_kept(f);
}

static void test_a_directory_for_the_new_file(Fixture *f, gconstpointer data) {
        g_autofree char *path = state_path(f, "labels.new");

        g_assert_no_errno(g_mkdir(path, 0755));
        assert_not_kept(f);
}

/* A temporary file that a crash left behind does no harm, and a link in its place is not followed. */
static void test_a_link_for_the_new_file(Fixture *f, gconstpointer data) {
        g_autofree char *path = state_path(f, "labels.new"),
                        *target = g_build_filename(f->directory, "target", NULL);

        g_assert_no_errno(symlink(target, path));
        fixture_start(f);
        set_label(f, LEFT, "Window");
        g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_a_file_of_somebody_else(Fixture *f, gconstpointer data) {
        g_autofree char *path = state_path(f, "labels");

        write_labels(f, "seat-left Forged\n", -1);
        g_assert_no_errno(chown(path, MALLORY, MALLORY));
        assert_not_kept(f);
}

static void test_a_file_that_others_may_write(Fixture *f, gconstpointer data) {
        g_autofree char *path = state_path(f, "labels");

        write_labels(f, "seat-left Forged\n", -1);
        g_assert_no_errno(g_chmod(path, 0666));
        assert_not_kept(f);
}

static void test_a_link_for_the_directory(Fixture *f, gconstpointer data) {
        g_autofree char *path = g_build_filename(f->directory, "state", NULL);
        g_autofree char *elsewhere = g_build_filename(f->directory, "elsewhere", NULL);
        g_autofree char *file = g_build_filename(elsewhere, "labels", NULL);
        g_autoptr(GError) error = NULL;

        g_assert_no_errno(g_mkdir(elsewhere, 0755));
        g_file_set_contents(file, "seat-left Forged\n", -1, &error);
        g_assert_no_error(error);
        g_assert_no_errno(symlink(elsewhere, path));
        assert_not_kept(f);
}

static void test_a_directory_that_others_may_write(Fixture *f, gconstpointer data) {
        g_autofree char *path = g_build_filename(f->directory, "state", NULL);

        write_labels(f, "seat-left Forged\n", -1);
        g_assert_no_errno(g_chmod(path, 0777));
        assert_not_kept(f);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/labels/" name, function)
        ADD("a-label-and-back", test_a_label_and_back);
        ADD("the-order-of-listings", test_the_order_of_listings);
        ADD("unique", test_unique);
        ADD("invalid-labels", test_invalid_labels);
        ADD("text-that-somebody-may-act-on", test_text_that_somebody_may_act_on);
        ADD("after-a-restart", test_after_a_restart);
        ADD("a-station-that-is-away", test_a_station_that_is_away);
        ADD("only-with-the-right", test_only_with_the_right);
        ADD("a-label-that-is-taken-meanwhile", test_a_label_that_is_taken_meanwhile);
        ADD("a-file-that-is-damaged", test_a_file_that_is_damaged);
        ADD("a-file-with-too-many-labels", test_a_file_with_too_many_labels);
        ADD("a-link-for-a-file", test_a_link_for_a_file);
        ADD("a-dangling-link-for-a-file", test_a_dangling_link_for_a_file);
        ADD("a-pipe-for-a-file", test_a_pipe_for_a_file);
        ADD("a-file-that-is-too-large", test_a_file_that_is_too_large);
        ADD("a-directory-for-a-file", test_a_directory_for_a_file);
        ADD("a-directory-for-the-new-file", test_a_directory_for_the_new_file);
        ADD("a-link-for-the-new-file", test_a_link_for_the_new_file);
        ADD("a-file-of-somebody-else", test_a_file_of_somebody_else);
        ADD("a-file-that-others-may-write", test_a_file_that_others_may_write);
        ADD("a-link-for-the-directory", test_a_link_for_the_directory);
        ADD("a-directory-that-others-may-write", test_a_directory_that_others_may_write);

        return g_test_run();
}
