/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Hubs that are attached to stations, and malicious devices. */

#include "desk.h"

#include <stdio.h>
#include <string.h>

#include "common/names.h"

#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"
#define INVALID_ARGS "org.freedesktop.DBus.Error.InvalidArgs"

static void label(Fixture *f, const char *station, const char *text) {
        g_variant_unref(usher_call(f->root, station, "Station.SetLabel", ARGS("(%s,)", text)));
}

/* ---- attaching and detaching ---- */

static void test_attach_asks_logind(Desk *d, gconstpointer data) {
        g_autofree char *expected = NULL;
        Fixture *f = &d->f;

        fixture_start(f);
        label(f, RIGHT, "By the door");
        desk_attach(d, "1-3", "By the door");
        desk_attach(d, d->left, "seat-left");
        desk_attach(d, "1-3", "seat0");
        expected = g_strdup_printf(
                        "AttachDevice('seat-right', '%s', false); AttachDevice('seat-left', '%s', false); "
                        "AttachDevice('seat0', '%s', false)",
                        d->left, d->left, d->left);
        assert_deeds(&f->logind->fake, expected);
}

/* logind does not know the seat until it has a screen; an administrator must still see where the hub is. */
static void test_a_new_station_and_back(Desk *d, gconstpointer data) {
        g_autofree char *expected = NULL;
        Fixture *f = &d->f;

        fixture_start(f);
        desk_attach(d, "1-3", "seat-new");
        hubs_attach(d->hubs, d->left, "seat-new");
        fixture_wait_property(f, HUB_LEFT, "Station", "'/org/usher1/station/seat_2dnew'");
        fixture_wait_property(f, "/org/usher1/station/seat_2dnew", "Health", "'absent'");
        fixture_wait_property(f, LEFT, "Health", "'no-keyboard'");
        fake_logind_add_seat(f->logind, "seat-new");
        fixture_wait_property(f, "/org/usher1/station/seat_2dnew", "Health", "'no-display'");
        fake_logind_remove_seat(f->logind, "seat-new");

        g_variant_unref(usher_call(f->root, MANAGER, "Manager.DetachAll", NULL));
        hubs_attach(d->hubs, d->left, "seat-left");
        fixture_wait_property(f, HUB_LEFT, "Station", "'" LEFT "'");
        fixture_wait_property(f, LEFT, "Health", "'ok'");
        WAIT_FOR(fixture_count_signals(f, MANAGER, "StationRemoved") == 1);
        expected = g_strdup_printf("AttachDevice('seat-new', '%s', false); FlushDevices(false)", d->left);
        assert_deeds(&f->logind->fake, expected);
}

static void test_what_is_not_attached(Desk *d, gconstpointer data) {
        static const char *const bad[] = { "seat", "new", "", "seat-a/../b", "seat-%2e", "seat-ä", "seat1",
                "Seat-1" };
        g_autofree char *huge = g_strdup_printf("seat-%0300d", 1);
        Fixture *f = &d->f;

        fixture_start(f);
        assert_refused(f->root, MANAGER, "Manager.AttachHub", ARGS("('1-9', 'seat-left')"),
                        "org.usher1.Error.NoSuchHub");
        assert_refused(f->root, MANAGER, "Manager.AttachHub", ARGS("('../1-3', 'seat-left')"),
                        "org.usher1.Error.NoSuchHub");
        assert_refused(f->root, MANAGER, "Manager.AttachHub", ARGS("('1-3.1', 'seat-left')"),
                        "org.usher1.Error.NoSuchHub");
        assert_refused(f->root, MANAGER, "Manager.AttachHub", ARGS("('usb1', 'seat-left')"), INVALID_ARGS);
        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
                assert_refused(f->root, MANAGER, "Manager.AttachHub", ARGS("('1-3', %s)", bad[i]),
                                "org.usher1.Error.NoSuchStation");
        assert_refused(f->root, MANAGER, "Manager.AttachHub", ARGS("('1-3', %s)", huge),
                        "org.usher1.Error.NoSuchStation");
        assert_deeds(&f->logind->fake, "");
}

static void test_only_with_the_right(Desk *d, gconstpointer data) {
        Fixture *f = &d->f;
        GDBusConnection *teacher;

        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);
        assert_refused(teacher, MANAGER, "Manager.AttachHub", ARGS("('1-3', 'seat-right')"), ACCESS_DENIED);
        assert_refused(teacher, MANAGER, "Manager.DetachAll", NULL, ACCESS_DENIED);
        assert_refused(teacher, LEFT, "Station.Lock", NULL, ACCESS_DENIED);
        assert_refused(teacher, LEFT, "Station.Identify", NULL, ACCESS_DENIED);
        assert_deeds(&f->logind->fake, "");

        fake_polkit_answer(f->polkit, USHER_ACTION_MANAGE_STATIONS, TEACHER, FAKE_POLKIT_YES);
        g_variant_unref(usher_call(teacher, MANAGER, "Manager.DetachAll", NULL));
        assert_deeds(&f->logind->fake, "FlushDevices(false)");
}

/* udevd has not read logind's new rule: the events are requested again. */
static void test_an_attach_without_effect_is_repeated(Desk *d, gconstpointer data) {
        g_autofree char *twice = NULL;
        Fixture *f = &d->f;

        fixture_start(f);
        desk_attach(d, "1-3", "seat-right");
        WAIT_FOR(fake_count(&f->logind->fake, "AttachDevice") == 2);
        twice = g_strdup_printf(
                        "AttachDevice('seat-right', '%s', false); AttachDevice('seat-right', '%s', false)",
                        d->left, d->left);
        assert_deeds(&f->logind->fake, twice);

        /* udevd has read it: they are not. */
        hubs_attach(d->hubs, d->left, "seat-right");
        fixture_wait_property(f, HUB_LEFT, "Station", "'" RIGHT "'");
        wait_until_time(g_get_monotonic_time() + 9 * G_USEC_PER_SEC / 2);
        assert_deeds(&f->logind->fake, twice);
}

/* Whether a flush had an effect cannot be seen, so it is always repeated. */
static void test_a_flush_is_repeated(Desk *d, gconstpointer data) {
        Fixture *f = &d->f;

        fixture_start(f);
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.DetachAll", NULL));
        WAIT_FOR(fake_count(&f->logind->fake, "FlushDevices") == 2);
        wait_until_time(g_get_monotonic_time() + 9 * G_USEC_PER_SEC / 2);
        assert_deeds(&f->logind->fake, "FlushDevices(false); FlushDevices(false)");
}

/* What was attached afterwards must stay. */
static void test_a_flush_undoes_nothing_later(Desk *d, gconstpointer data) {
        g_autofree char *expected = NULL;
        Fixture *f = &d->f;

        fixture_start(f);
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.DetachAll", NULL));
        desk_attach(d, "1-3", "seat-right");
        hubs_attach(d->hubs, d->left, "seat-right");
        WAIT_FOR(fake_count(&f->logind->fake, "AttachDevice") == 2);
        wait_until_time(g_get_monotonic_time() + 9 * G_USEC_PER_SEC / 2);
        expected = g_strdup_printf("FlushDevices(false); AttachDevice('seat-right', '%s', false); "
                                   "AttachDevice('seat-right', '%s', false)",
                        d->left, d->left);
        assert_deeds(&f->logind->fake, expected);
}

/* The hub is unplugged while the caller authenticates. */
static void test_a_hub_that_goes_meanwhile(Desk *d, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        Fixture *f = &d->f;
        GDBusConnection *teacher;

        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);
        fake_polkit_answer(f->polkit, USHER_ACTION_MANAGE_STATIONS, TEACHER, FAKE_POLKIT_YES);
        f->polkit->fake.hang = TRUE;
        call = usher_send(teacher, MANAGER, "Manager.AttachHub", ARGS("('1-3', 'seat-right')"));
        WAIT_FOR(fake_count(&f->polkit->fake, "CheckAuthorization") > 0);
        hubs_unplug(d->hubs, d->left);
        fixture_wait_property(f, LEFT, "Hubs", "[]");
        fake_release(&f->polkit->fake);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, "org.usher1.Error.NoSuchHub");
        assert_deeds(&f->logind->fake, "");
}

/* The caller waits for logind, and nobody else does. */
static void test_logind_takes_its_time(Desk *d, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        Fixture *f = &d->f;

        fixture_start(f);
        f->logind->fake.hang = TRUE;
        call = usher_send(f->root, MANAGER, "Manager.AttachHub", ARGS("('1-3', 'seat-right')"));
        WAIT_FOR(fake_count(&f->logind->fake, "AttachDevice") == 1);
        fixture_wait_property(f, LEFT, "Health", "'ok'");
        g_assert_false(call->done);
        fake_release(&f->logind->fake);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
}

static void test_logind_is_away(Desk *d, gconstpointer data) {
        Fixture *f = &d->f;

        fixture_start(f);
        fake_stop(&f->logind->fake);
        assert_refused(f->root, MANAGER, "Manager.AttachHub", ARGS("('1-3', 'seat-right')"),
                        "org.usher1.Error.Busy");
        assert_refused(f->root, MANAGER, "Manager.DetachAll", NULL, "org.usher1.Error.Busy");
        fake_start(&f->logind->fake);
        fixture_settle(f);
}

static void test_too_many_at_once(Desk *d, gconstpointer data) {
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) call_free);
        Fixture *f = &d->f;
        guint refused = 0;

        fixture_start(f);
        f->logind->fake.hang = TRUE;
        for (int i = 0; i < 80; i++)
                g_ptr_array_add(calls, usher_send(f->root, MANAGER, "Manager.DetachAll", NULL));
        fixture_wait_property(f, LEFT, "Health", "'ok'");
        for (guint i = 0; i < calls->len; i++) {
                Call *c = calls->pdata[i];

                refused += c->done && g_strcmp0(c->error, "org.freedesktop.DBus.Error.LimitsExceeded") == 0;
        }
        g_assert_cmpuint(refused, ==, 80 - 64);
        fake_release(&f->logind->fake);
        for (guint i = 0; i < calls->len; i++)
                call_wait(calls->pdata[i]);
}

/* With a caller still waiting. */
static void test_the_end_in_the_middle(Desk *d, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        Fixture *f = &d->f;

        fixture_start(f);
        f->logind->fake.hang = TRUE;
        call = usher_send(f->root, MANAGER, "Manager.AttachHub", ARGS("('1-3', 'seat-right')"));
        WAIT_FOR(fake_count(&f->logind->fake, "AttachDevice") == 1);
        fixture_stop(f);
        f->dies_by_design = TRUE;
        call_wait(call);
        g_assert_nonnull(call->error);
}

/* ---- locking and showing ---- */

static void test_lock_is_for_people(Desk *d, gconstpointer data) {
        Fixture *f = &d->f;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left", .state = "online",
                        .inactive = TRUE);
        fake_logind_add_session(f->logind, .id = "c1", .uid = 0, .name = "lightdm", .seat = "seat-left",
                        .class = "greeter");
        fake_logind_add_session(f->logind, .id = "5", .uid = BEN, .seat = "seat-right");
        fixture_start(f);

        g_variant_unref(usher_call(f->root, LEFT, "Station.Lock", NULL));
        assert_deeds(&f->logind->fake, "LockSession('3'); LockSession('4')");
        fixture_wait_property(f, LEFT, "State", "'locked'");

        /* Without a session there is nothing to lock. */
        fake_forget(&f->logind->fake);
        g_variant_unref(usher_call(f->root, SEAT0, "Station.Lock", NULL));
        assert_deeds(&f->logind->fake, "");
}

/* ---- malicious devices ---- */

static void assert_plain(const char *text) {
        g_assert_true(g_utf8_validate(text, -1, NULL));
        for (const char *p = text; *p; p = g_utf8_next_char(p))
                g_assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
}

static void test_hostile_seats(Desk *d, gconstpointer data) {
        static const char *const seats[] = {
                "../../etc/shadow",
                "seat-a b",
                "seat-\x1b[2J",
                "%s%n",
                "\xff\xfe",
                "seat\xe2\x80\xae",
                "seat-",
                " seat-x",
        };
        g_autofree char *huge = g_strdup_printf("seat-%04096d", 0);
        g_autoptr(GVariant) hubs = NULL, stations = NULL;
        g_autofree char *text = NULL, *names = NULL;
        Fixture *f = &d->f;

        for (gsize i = 0; i < G_N_ELEMENTS(seats); i++) {
                g_autofree char *name = g_strdup_printf("1-%zu", 10 + i);

                (void) hubs_add_hub(d->hubs, d->root, name, "Trojan", seats[i]);
        }
        (void) hubs_add_hub(d->hubs, d->root, "1-30", "Trojan", huge);
        fixture_start(f);

        hubs = usher_call(f->root, MANAGER, "Manager.ListHubs", NULL);
        text = g_variant_print(hubs, FALSE);
        stations = usher_call(f->root, MANAGER, "Manager.ListStations", NULL);
        names = g_variant_print(stations, FALSE);
        g_assert_nonnull(strstr(text, "'1-10'"));
        g_assert_null(strstr(text, "shadow"));
        g_assert_null(strstr(names, "shadow"));
        g_assert_null(strstr(names, "00000000000000000000"));
        g_assert_null(strstr(names, "seat-a"));
        assert_plain(text);
        assert_plain(names);

        /* It has no valid seat, but it can be attached to one. */
        desk_attach(d, "1-10", "seat-left");
}

static void test_hostile_text(Desk *d, gconstpointer data) {
        static const char *const texts[] = { "a\nb", "\x1b]0;x\x07", "%s%n%p", "\xff\xc3\x28",
                "\xe2\x80\xaetxt", "\"'$(id)`" };
        Fixture *f = &d->f;

        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autofree char *name = g_strdup_printf("1-%zu", 10 + i);

                (void) hubs_add_hub(d->hubs, d->root, name, texts[i], NULL);
        }
        fixture_start(f);

        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autofree char *path = g_strdup_printf("/org/usher1/hub/_31_2d%zu", 10 + i),
                                *product = NULL;

                product = usher_get_string(f->root, path, "Product");
                g_assert_nonnull(product);
                assert_plain(product);
        }
}

/* The CPU time of usherd so far, in hundredths of a second. */
static guint64 cpu_ticks(Fixture *f) {
        g_autofree char *file = g_strdup_printf("/proc/%d/stat", f->pid), *text = NULL;
        unsigned long user, system;
        g_autoptr(GError) error = NULL;

        g_file_get_contents(file, &text, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpint(sscanf(strrchr(text, ')') + 1,
                                        " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                                        &system),
                        ==, 2);
        return user + system;
}

/* Sixteen hubs come and go: two thousand events. */
static void test_a_storm(Desk *d, gconstpointer data) {
        const char *storm[16];
        g_autoptr(GVariant) reply = NULL, list = NULL;
        guint64 before, after;
        Fixture *f = &d->f;
        gint64 quiet;

        fixture_start(f);
        for (gsize i = 0; i < G_N_ELEMENTS(storm); i++) {
                g_autofree char *name = g_strdup_printf("1-%zu", 100 + i);

                storm[i] = hubs_add_hub(d->hubs, d->root, name, "Storm", NULL);
        }

        d->hurry = 6;
        for (int k = 0; k < 62; k++)
                for (gsize i = 0; i < G_N_ELEMENTS(storm); i++) {
                        hubs_plug(d->hubs, storm[i]);
                        hubs_unplug(d->hubs, storm[i]);
                }
        for (gsize i = 0; i < G_N_ELEMENTS(storm); i++)
                hubs_plug(d->hubs, storm[i]);

        /* The hubs of the storm are there now and then. What comes after them tells when it is over. */
        hubs_plug(d->hubs, hubs_add_hub(d->hubs, d->root, "1-200", "Calm", NULL));
        fixture_wait_property(f, "/org/usher1/hub/_31_2d200", "Role", "'shared'");
        reply = usher_call(f->root, MANAGER, "Manager.ListHubs", NULL);
        list = g_variant_get_child_value(reply, 0);
        g_assert_cmpuint(g_variant_n_children(list), ==, 4 + G_N_ELEMENTS(storm));
        fixture_wait_property(f, LEFT, "Health", "'ok'");
        g_test_message("%u events, %" G_GUINT64_FORMAT " overruns, %" G_GUINT64_FORMAT
                       " hundredths of a second",
                        d->events, usher_get_uint64(f->root, MANAGER, "UdevOverruns"), cpu_ticks(f));

        /* Then usherd is idle. */
        fixture_settle(f);
        before = cpu_ticks(f);
        quiet = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;
        wait_until_time(quiet);
        after = cpu_ticks(f);
        g_assert_cmpuint(after - before, <=, 2);
}

int main(int argc, char *argv[]) {
        hubs_enter(argv);
        fixture_init(&argc, &argv);

#define ADD(name, function) g_test_add("/hub-care/" name, Desk, NULL, desk_set_up, function, desk_tear_down)
        ADD("attach-asks-logind", test_attach_asks_logind);
        ADD("a-new-station-and-back", test_a_new_station_and_back);
        ADD("what-is-not-attached", test_what_is_not_attached);
        ADD("only-with-the-right", test_only_with_the_right);
        ADD("an-attach-without-effect-is-repeated", test_an_attach_without_effect_is_repeated);
        ADD("a-flush-is-repeated", test_a_flush_is_repeated);
        ADD("a-flush-undoes-nothing-later", test_a_flush_undoes_nothing_later);
        ADD("a-hub-that-goes-meanwhile", test_a_hub_that_goes_meanwhile);
        ADD("logind-takes-its-time", test_logind_takes_its_time);
        ADD("logind-is-away", test_logind_is_away);
        ADD("too-many-at-once", test_too_many_at_once);
        ADD("the-end-in-the-middle", test_the_end_in_the_middle);
        ADD("lock-is-for-people", test_lock_is_for_people);
        ADD("hostile-seats", test_hostile_seats);
        ADD("hostile-text", test_hostile_text);
        ADD("a-storm", test_a_storm);

        return g_test_run();
}
