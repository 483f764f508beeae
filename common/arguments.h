/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The command line of a program that systemd starts: it takes no arguments. */

#define EXIT_WRONG_USAGE 2

/* Answers --help, with what the program does, and --version. Returns 1 to go on, 0 when that was all, or
 * -EINVAL for anything else, which has been logged. */
int arguments_read(int argc, char *argv[], const char *what);

/* The whole main() of such a program: sets up the log under a name, reads the command line and runs. run()
 * returns an exit code, or a negative errno that it has logged. Returns the exit code. */
int arguments_main(int argc, char *argv[], const char *name, const char *what, int (*run)(void));
