/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a test program sees of the machine is its own: a mount namespace with accounts that the tests can
 * count on, and an empty /run. Nothing that is tested can reach the machine's own. */

#include <sys/types.h>

/* Ordinary users, each with a group of the same name and number. */
#define ADA 61001
#define BEN 61002
#define TEACHER 61003
#define MALLORY 61004

/* A member of an administrators' group. */
#define HEAD 61005

/* What every main() begins with, before there is a second thread. Skips the whole program where we are not
 * root or may not have a namespace. */
void world_enter(void);
