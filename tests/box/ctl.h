/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The installed usherctl, with the lines that people type: `usherctl log-off 'Window left' --wait`. They are
 * split as a shell would, and no shell runs them. */

#include "usher.h"

/* As this user, outside of any session unless there is one; waits for the end. */
BoxResult *ctl_run(Usher *u, const char *user, BoxSession *session, const char *line);
/* As root, and it must end with this status. Returns what it printed. */
char *ctl_print(Usher *u, const char *line, int status);
/* The same of what it complained about; it must have printed nothing else. */
char *ctl_complain(Usher *u, const char *line, int status);

/* Goes on while the test does. */
BoxProgram *ctl_start(const char *user, BoxSession *session, bool terminal, const char *line);
