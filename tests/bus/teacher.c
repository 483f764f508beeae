/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "teacher.h"

#include "accounts.h"
#include "common/names.h"

GDBusConnection *teacher_connect(Fixture *f) {
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_ADMINISTRATOR, TEACHER, FAKE_POLKIT_NO);
        return fixture_connect(f, TEACHER);
}

void teacher_get_known(GDBusConnection *connection) {
        g_variant_unref(usher_call(
                        connection, MANAGER, "Manager.SendMessageAll", ARGS("('Good morning',)")));
}

Call *teacher_log_off_all(GDBusConnection *connection) {
        return usher_send(connection, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)"));
}

guint teacher_n_jobs(Call *call) {
        g_autoptr(GVariant) paths = NULL;

        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        paths = g_variant_get_child_value(call->reply, 0);
        return g_variant_n_children(paths);
}

guint32 teacher_n_left_alone(Fixture *f) {
        g_autoptr(GVariant) last = usher_get(f->root, MANAGER, "LastOperation");
        guint32 n = 0;

        g_assert_true(g_variant_lookup(last, "skipped-administrators", "u", &n));
        return n;
}

void teacher_assert_recovers(GDBusConnection *tina, guint n) {
        gint64 end = wait_begin();

        for (;;) {
                g_autoptr(Call) all = teacher_log_off_all(tina);

                if (teacher_n_jobs(all) == n)
                        return;

                g_assert_cmpint(g_get_monotonic_time(), <, end);
                wait_until_time(g_get_monotonic_time() + 100 * G_TIME_SPAN_MILLISECOND);
        }
}

GDBusConnection *teacher_meets_unknown(Fixture *f, int *ret_lease) {
        GDBusConnection *tina;

        fixture_start(f);
        tina = teacher_connect(f);
        teacher_get_known(tina);
        accounts_wait_workers(f->pid, 0);
        *ret_lease = accounts_hang(f->passwd);
        at_station(f, "3", ADA, "seat0");
        accounts_wait_workers(f->pid, 1);
        return tina;
}
