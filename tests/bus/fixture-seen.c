/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Log-offs, and what usherd has announced about them: its signals are in Fixture.signals. */

#include "fixture.h"

#include <string.h>

#include "common/names.h"

GStrv job_paths(GVariant *reply) {
        GStrv paths;

        g_variant_get(reply, "(^ao)", &paths);
        g_variant_unref(reply);
        return paths;
}

char *fixture_log_off(Fixture *f, const char *station, const char *options) {
        g_autofree char *arguments = g_strdup_printf("(%%s, %s)", options ? options : NO_OPTIONS);
        g_auto(GStrv) paths = NULL;

        paths = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOff", g_variant_new_parsed(arguments, station)));
        g_assert_cmpuint(g_strv_length(paths), ==, 1);
        return g_strdup(paths[0]);
}

char *fixture_log_off_session(Fixture *f, const char *session, const char *options) {
        g_autofree char *arguments = g_strdup_printf("(%%s, %s)", options ? options : NO_OPTIONS);
        g_autoptr(GVariant) reply = NULL;
        char *path;

        reply = usher_call(
                        f->root, MANAGER, "Manager.LogOffSession", g_variant_new_parsed(arguments, session));
        g_variant_get(reply, "(o)", &path);
        return path;
}

char *fixture_jobs(Fixture *f) {
        g_autoptr(GVariant) reply = usher_call(f->root, MANAGER, "Manager.ListJobs", NULL);
        g_autoptr(GVariantIter) jobs = NULL;
        GString *numbers = g_string_new(NULL);
        guint32 number;

        g_variant_get(reply, "(a(ussstso))", &jobs);
        while (g_variant_iter_next(jobs, "(ussstso)", &number, NULL, NULL, NULL, NULL, NULL, NULL))
                g_string_append_printf(numbers, "%s%u", numbers->len > 0 ? " " : "", number);

        return g_string_free(numbers, FALSE);
}

void assert_nothing_happened(Fixture *f) {
        fixture_settle(f);
        assert_jobs(f, "");
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "JobNew"), ==, 0);
        assert_deeds(&f->logind->fake, "");
        assert_deeds(&f->systemd->fake, "");
}

char *fixture_only_job(Fixture *f) {
        g_autoptr(GVariant) reply = usher_call(f->root, MANAGER, "Manager.ListJobs", NULL);
        g_autoptr(GVariant) jobs = g_variant_get_child_value(reply, 0);
        char *path;

        g_assert_cmpuint(g_variant_n_children(jobs), ==, 1);
        g_variant_get_child(jobs, 0, "(ussstso)", NULL, NULL, NULL, NULL, NULL, NULL, &path);
        return path;
}

static const Signal *find_removed(Fixture *f, const char *job) {
        for (guint i = 0; i < f->signals->len; i++) {
                Signal *s = f->signals->pdata[i];
                const char *path;

                if (!g_str_equal(s->member, "JobRemoved") || !g_str_equal(s->interface, USHER_IFACE_MANAGER))
                        continue;

                g_variant_get(s->arguments, "(u&o&s&s&s)", NULL, &path, NULL, NULL, NULL);
                if (g_str_equal(path, job))
                        return s;
        }

        return NULL;
}

const char *fixture_wait_result(Fixture *f, const char *job) {
        const char *result;

        WAIT_FOR(find_removed(f, job));
        g_variant_get(find_removed(f, job)->arguments, "(u&o&s&s&s)", NULL, NULL, NULL, NULL, &result);
        return result;
}

gint64 fixture_removed_at(Fixture *f, const char *job) {
        const Signal *s = find_removed(f, job);

        return s ? s->time : 0;
}

void fixture_wait_property(Fixture *f, const char *path, const char *property, const char *value) {
        gint64 end = wait_begin();

        for (;;) {
                g_autofree char *is = NULL, *what = NULL;
                guint n = f->signals->len;

                is = usher_get_text(f->root, path, property);
                if (g_strcmp0(is, value) == 0)
                        return;

                what = g_strdup_printf("%s of %s to be %s (it is %s)", property, path, value, is);
                while (f->signals->len == n)
                        wait_step(end, G_STRLOC, what);
        }
}

char *fixture_history(Fixture *f, const char *path, const char *property) {
        GString *values = g_string_new(NULL);

        for (guint i = 0; i < f->signals->len; i++) {
                g_autoptr(GVariant) changed = NULL, value = NULL;
                Signal *s = f->signals->pdata[i];
                g_autofree char *text = NULL;

                if (!g_str_equal(s->member, "PropertiesChanged") || !g_str_equal(s->path, path))
                        continue;

                changed = g_variant_get_child_value(s->arguments, 1);
                value = g_variant_lookup_value(changed, property, NULL);
                if (!value)
                        continue;

                text = g_variant_is_of_type(value, G_VARIANT_TYPE_STRING) ?
                                g_variant_dup_string(value, NULL) :
                                g_variant_print(value, FALSE);
                g_string_append_printf(values, "%s%s", values->len > 0 ? " " : "", text);
        }

        return g_string_free(values, FALSE);
}

gboolean fixture_only_warned(Fixture *f, uid_t uid) {
        g_autofree char *unit = g_strdup_printf("usher-warn@%u.service", uid);

        for (guint i = 0; i < fake_count(&f->systemd->fake, "StartUnit"); i++) {
                const char *name;

                g_variant_get(fake_nth(&f->systemd->fake, "StartUnit", i)->arguments, "(&s&s)", &name, NULL);
                if (!g_str_equal(name, unit))
                        return FALSE;
        }

        return fake_count(&f->systemd->fake, "StartUnit") > 0;
}

guint fixture_count_signals(Fixture *f, const char *path, const char *member) {
        guint n = 0;

        for (guint i = 0; i < f->signals->len; i++) {
                Signal *s = f->signals->pdata[i];

                n += g_str_equal(s->path, path) && g_str_equal(s->member, member);
        }

        return n;
}
