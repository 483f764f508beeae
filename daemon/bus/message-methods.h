/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The methods that send texts to stations, and those by which usher-warn fetches them. */

#include "core/notice.h"

/* The message stands before its text. Where nobody is nothing is shown, and that is no error. */
int send_message_station(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error);

/* "ss": station and text */
int send_message(Manager *m, sd_bus_message *message, sd_bus_error *error);

/* "s": replies how many stations it reached. */
int send_message_all(Manager *m, sd_bus_message *message, sd_bus_error *error);

/* Replies the notices for the caller's own sessions; root gets all. */
int list_notices(Manager *m, sd_bus_message *message, sd_bus_error *error);

/* "us": the notice's number and how it was shown; from its own user only. */
int notice_shown(Manager *m, sd_bus_message *message, sd_bus_error *error);

/* Tells that there is one, and for whom; a broadcast is read by all, so no more than that. */
void notice_emit_new(const Notice *n);
