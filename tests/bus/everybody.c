/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "everybody.h"

#include <glib/gstdio.h>

void four_people(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
        fake_logind_add_session(f->logind, .id = "5", .uid = HEAD, .seat = "seat-right");
        fake_logind_add_session(
                        f->logind, .id = "6", .uid = TEACHER, .type = "tty", .remote_host = "10.0.0.1");
        fake_logind_add_session(f->logind, .id = "c1", .uid = 0, .seat = "seat0", .class = "greeter",
                        .inactive = TRUE);
        fixture_configure(f, EVERYBODY_CONFIG);
}

char *everybody_nologin(Fixture *f) {
        g_autofree char *directory = g_build_filename(f->directory, "root", "run", NULL);

        g_assert_no_errno(g_mkdir_with_parents(directory, 0755));
        return g_build_filename(directory, "nologin", NULL);
}

void everybody_start(Fixture *f) {
        /* usherd needs the folder of that file. */
        g_free(everybody_nologin(f));

        fixture_start(f);
}

GStrv everybody_ask_with(Fixture *f, const char *member, const char *arguments) {
        g_autofree char *name = g_strconcat("Manager.", member, NULL);

        return job_paths(usher_call(f->root, MANAGER, name, g_variant_new_parsed(arguments)));
}

GStrv everybody_ask(Fixture *f, const char *member, const char *options) {
        g_autofree char *arguments = g_strdup_printf("(%s,)", options ? options : NO_OPTIONS);

        return everybody_ask_with(f, member, arguments);
}

void everybody_wait(Fixture *f, GStrv jobs, const char *result) {
        for (char **p = jobs; *p; p++)
                assert_result(f, *p, result);
}
