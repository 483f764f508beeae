/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The journal records that people and programs search for. units/usher.catalog explains each, with the
 * fields named here. Pass MESSAGE_ID=%s and these fields to sd_journal_send(); fields with names of logind's
 * have the same meaning as in logind. */

/* One record for each log-off: USHER_JOB=number, USHER_RESULT=, SESSION_ID=, USER_ID=name, SEAT_ID= (""
 * without a seat), USHER_STATION=label, USHER_REASON=, USHER_STARTED_BY=name, USHER_WARNED=,
 * USHER_PHASES=each phase and when, USHER_BLOCKERS= (programs that delayed the desktop's log-out),
 * USHER_SURVIVORS= (processes, after `failed`). */
#define USHER_MESSAGE_JOB_ENDED "470f658d8c12434aa1f2f49fffad093a"

/* One record for each message to a user at a station: SEAT_ID=, USHER_STATION=label, SESSION_ID=,
 * USER_ID=name of the recipient, USHER_STARTED_BY=name of the sender, USHER_TEXT=, USHER_SHOWN=desktop,
 * terminal or none. */
#define USHER_MESSAGE_MESSAGE "ef04ffff566d4e6fbfccf7af4d565cd2"

/* For a while there was neither a visible greeter nor a person's session: SEAT_ID=, USHER_STATION=label,
 * USHER_JOB=the log-off before that, or "". */
#define USHER_MESSAGE_GREETER_MISSING "cc06b5572a544c2fb30518f2bdb833c5"

/* A station lost something it needs, or has got it back: SEAT_ID=, USHER_STATION=label, USHER_HEALTH=. */
#define USHER_MESSAGE_STATION_HEALTH "67e5e81957544006931231ab5a4ba9e2"

/* A station's hub was unplugged for longer than HubLostSec=: SEAT_ID=, USHER_STATION=label, USHER_HUBS=,
 * USHER_ACTION=lock or log-off. */
#define USHER_MESSAGE_HUB_LOST "5092fc19daf84642a79c62d7400acd14"

/* A text console came to the front on seat0 while other stations have sessions: SEAT_ID=,
 * USHER_STATION=label, SESSION_ID= and USER_ID=name of who is logged in there, "" for nobody. */
#define USHER_MESSAGE_TEXT_CONSOLE "c4c2a63385ab426db4b0f899dc97e574"

/* A call that its sender had no right to make: USHER_METHOD=Interface.Method, USHER_POLKIT_ACTION= ("" for a
 * right that polkit does not decide), USHER_RESULT=denied or challenge (a password is required),
 * USHER_STARTED_BY=name and USHER_STARTED_BY_UID= of the sender, USHER_NOT_RECORDED=how many were refused
 * since the record before without one of their own; SEAT_ID=, USHER_STATION=label, SESSION_ID=, USER_ID=name
 * of what it was about, "" if it was not about one. */
#define USHER_MESSAGE_REFUSED "3853fd4577ca4b7b9d7baf72b11ae5da"
