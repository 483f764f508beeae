/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the program says about stations, log-offs and hubs, in the reader's language. None of it is markup.
 */

#include <glib.h>

/* A name from elsewhere for the middle of a sentence: its direction does not spread to what stands beside
 * it. */
char *usher_words_isolate(const char *name);

/* A name as the label of an item of a menu, where an underscore marks a key. */
char *usher_words_menu_label(const char *name);

/* "In use", "Locked", "Free". */
const char *usher_words_state(const char *state);

/* What is wrong and what to do about it; NULL for "ok". */
const char *usher_words_health(const char *health);

/* "4:05", and "1:04:05" from an hour on; seconds are rounded up. */
char *usher_words_countdown(gint64 usec);

/* "30 seconds", "5 minutes", "1 hour 30 minutes". */
char *usher_words_seconds(guint32 seconds);

/* "Idle since 10:42". usec: of the real-time clock. */
char *usher_words_idle_since(gint64 usec);

/* What usherd does after the warning. */
const char *usher_words_phase(const char *phase);

/* "requested", "idle", ... in words. */
const char *usher_words_reason(const char *reason);
const char *usher_words_result(const char *result);
const char *usher_words_role(const char *role);

/* Why a log-off leaves a session alone. */
const char *usher_words_why(const char *why);
