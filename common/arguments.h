/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The command line of a program that systemd starts and people seldom do: there is nothing to say to it. */

#define EXIT_WRONG_USAGE 2

/* Answers --help, with what the program does, and --version. Returns 1 to go on, 0 when that was all,
 * -EINVAL for anything else, which has been complained about. */
int arguments_read(int argc, char *argv[], const char *what);
