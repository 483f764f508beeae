/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Values that a program may not expect, drawn from g_test_rand_int(): a run can be repeated with --seed=. */

#include <gio/gio.h>

/* Whether something happens that happens |percent| times of a hundred. */
gboolean awkward_chance(gint percent);

/* One of a list that ends with NULL. */
const char *awkward_pick(const char *const *list);

/* A floating value of any type that D-Bus can carry, file descriptors apart. A dictionary of options often
 * has the names of real ones. */
GVariant *awkward_value(const char *type);

/* The arguments of a call: mostly of these types, which are those of a tuple. */
GVariant *awkward_arguments(const char *types);
