/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A world of its own for a test program: a mount namespace with accounts that the tests rely on and an
 * empty /run, and a time namespace an hour ahead. Nothing under test can reach the machine's own. */

#include <sys/types.h>

/* Ordinary users, each with a group of the same name and number. */
#define ADA 61001
#define BEN 61002
#define TEACHER 61003
#define MALLORY 61004

/* The teacher is an operator. */
#define OPERATORS "usher-operators"
#define OPERATORS_GID 61100

/* A member of an administrators' group. */
#define HEAD 61005

/* Does not fit into an int, like the UIDs of containers and of some directory services. */
#define LARGE 4000000000U

/* The first of CROWD_SIZE more ordinary users. */
#define CROWD 62000
#define CROWD_SIZE 100U

/* Every main() begins with this, before there is a second thread. Skips the whole program without root, or
 * where namespaces are not allowed. */
void world_enter(void);
