/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The installed usherctl, with command lines as people type them: `usherctl log-off 'Window left' --wait`.
 * They are split as a shell would split them, but no shell runs. */

#include "usher.h"

/* Runs it as this user, in the given session or in none, and waits for its end. */
BoxResult *ctl_run(Usher *u, const char *user, BoxSession *session, const char *line);
/* Runs it as root and expects this exit status. Returns its output. */
char *ctl_print(Usher *u, const char *line, int status);
/* The same, but returns its error output; the output must be empty. */
char *ctl_complain(Usher *u, const char *line, int status);

/* Starts it; it runs while the test goes on. */
BoxProgram *ctl_start(const char *user, BoxSession *session, bool terminal, const char *line);
