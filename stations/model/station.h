/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A station, see org.usher1(5). */

#include "stations/model/item.h"

#define USHER_TYPE_STATION (usher_station_get_type())
G_DECLARE_FINAL_TYPE(UsherStation, usher_station, USHER, STATION, UsherItem)

const char *usher_station_get_id(UsherStation *station);
const char *usher_station_get_label(UsherStation *station);

/* The label, or the id of a station without one. */
const char *usher_station_get_name(UsherStation *station);

/* free, in-use, locked or ending. */
const char *usher_station_get_state(UsherStation *station);
const char *usher_station_get_health(UsherStation *station);

/* Who sits there: the active user, or the user of any session. "" at a free station. */
const char *usher_station_get_user(UsherStation *station, guint32 *ret_uid);

/* The sessions of people. */
guint usher_station_count_sessions(UsherStation *station);

/* Since when the station has been idle, in µs of the real-time clock; 0 if it is not idle. */
gint64 usher_station_get_idle_since(UsherStation *station);
