/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Two pupils, the head (an administrator), and somebody by ssh: for the tests of what is asked of everybody
 * at once. */

#include "fixture.h"

#define SECOND G_USEC_PER_SEC

/* What four_people() configures. */
#define EVERYBODY_CONFIG TEST_CONFIG "[Shutdown]\nGraceSec=30\n"

void four_people(Fixture *f);

/* fixture_start() where usherd may make its nologin. */
void everybody_start(Fixture *f);

/* The path of usherd's /run/nologin. */
char *everybody_nologin(Fixture *f);

/* As root, a method of the manager that takes options (NULL: none) and gives jobs. */
GStrv everybody_ask(Fixture *f, const char *member, const char *options);
/* The same with any arguments in GVariant's text form. */
GStrv everybody_ask_with(Fixture *f, const char *member, const char *arguments);

void everybody_wait(Fixture *f, GStrv jobs, const char *result);
