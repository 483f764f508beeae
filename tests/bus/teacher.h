/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A teacher who logs everybody off while the user database is asked, or not, who they are. */

#include "fixture.h"

/* A call that waits for the user database goes on without after two seconds. */
#define HELD_USEC (2 * G_USEC_PER_SEC)

/* With all rights but that to administrators' sessions. */
GDBusConnection *teacher_connect(Fixture *f);

/* Who has no session is asked about with the first call, and known for a minute. */
void teacher_get_known(GDBusConnection *connection);

/* Starts usherd; she is known, and then the user database hangs while Ada logs in as session 3 at seat0. */
GDBusConnection *teacher_meets_unknown(Fixture *f, int *ret_lease);

Call *teacher_log_off_all(GDBusConnection *connection);

/* How many jobs LogOffAll makes, once it has returned. */
guint teacher_n_jobs(Call *call);

/* How many administrators' sessions it has left alone. */
guint32 teacher_n_left_alone(Fixture *f);

/* Until LogOffAll reaches that many. What had no answer is asked again with a call, though not with each. */
void teacher_assert_recovers(GDBusConnection *tina, guint n);
