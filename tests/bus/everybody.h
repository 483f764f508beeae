/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Two pupils, the head (an administrator), and a user of ssh: for the tests of requests that concern
 * everybody. */

#include "fixture.h"

#define SECOND G_USEC_PER_SEC

/* The configuration that four_people() writes. */
#define EVERYBODY_CONFIG TEST_CONFIG "[Shutdown]\nGraceSec=30\n"

void four_people(Fixture *f);

/* fixture_start() with a usherd that may create nologin. */
void everybody_start(Fixture *f);

/* The path of usherd's /run/nologin. */
char *everybody_nologin(Fixture *f);

/* Calls, as root, a method of the manager that takes options (NULL for none) and returns jobs. */
GStrv everybody_ask(Fixture *f, const char *member, const char *options);
/* The same with any arguments, in GVariant's text form. */
GStrv everybody_ask_with(Fixture *f, const char *member, const char *arguments);

void everybody_wait(Fixture *f, GStrv jobs, const char *result);
