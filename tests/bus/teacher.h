/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A teacher who logs everybody off, while the user database can be asked about them, or hangs. */

#include "fixture.h"

/* A call that waits for the user database goes on without it after two seconds. */
#define HELD_USEC (2 * G_USEC_PER_SEC)

/* A connection with all rights except that to administrators' sessions. */
GDBusConnection *teacher_connect(Fixture *f);

/* A caller without a session is looked up with the first call, and known for a minute. */
void teacher_get_known(GDBusConnection *connection);

/* Starts usherd and looks the teacher up. Then the user database hangs, and Ada logs in as session 3 at
 * seat0. */
GDBusConnection *teacher_meets_unknown(Fixture *f, int *ret_lease);

Call *teacher_log_off_all(GDBusConnection *connection);

/* The number of jobs of LogOffAll, once it has returned. */
guint teacher_n_jobs(Call *call);

/* The number of administrators' sessions that it left alone. */
guint32 teacher_n_left_alone(Fixture *f);

/* Repeats LogOffAll until it makes that many jobs. A lookup without an answer is repeated by a call, but not
 * by every call. */
void teacher_assert_recovers(GDBusConnection *tina, guint n);
