/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* All that usherd shows: stations, log-offs and hubs, as lists that follow its signals. Nothing is polled.
 *
 * The signal "changed": the state, or a property of the manager. The signal "station-changed" (UsherStation
 * *station): a property of a station, or a log-off at it. The signal "job-ended" (UsherJob *job,
 * const char *result): a log-off has come to its end; its properties can be read for the last time. */

#include "stations/model/hub.h"
#include "stations/model/job.h"
#include "stations/model/station.h"

typedef enum UsherRoomState {
        USHER_ROOM_LOADING,
        USHER_ROOM_READY,
        USHER_ROOM_ABSENT, /* usherd does not run */
        USHER_ROOM_SILENT, /* it runs and has not answered */
} UsherRoomState;

#define USHER_TYPE_ROOM (usher_room_get_type())
G_DECLARE_FINAL_TYPE(UsherRoom, usher_room, USHER, ROOM, GObject)

UsherRoom *usher_room_new(GDBusConnection *connection);

GDBusConnection *usher_room_get_connection(UsherRoom *room);
UsherRoomState usher_room_get_state(UsherRoom *room);

/* What went wrong, for USHER_ROOM_SILENT. */
const char *usher_room_get_error(UsherRoom *room);

/* Asks a silent usherd again. */
void usher_room_retry(UsherRoom *room);

/* The manager's properties; NULL unless the room is ready. */
UsherItem *usher_room_get_manager(UsherRoom *room);

/* Lists of UsherStation, UsherJob and UsherHub, which live as long as the room. */
GListModel *usher_room_get_stations(UsherRoom *room);
GListModel *usher_room_get_jobs(UsherRoom *room);
GListModel *usher_room_get_hubs(UsherRoom *room);

/* The UsherItem of a list with that object path, without a new reference. ret_position may be NULL. */
gpointer usher_room_find(GListModel *list, const char *path, guint *ret_position);

/* Without a new reference; NULL if there is none. id: of a station, or its object path. */
UsherStation *usher_room_find_station(UsherRoom *room, const char *id);
UsherJob *usher_room_find_job(UsherRoom *room, const char *path);

/* The log-off at that station that ends first. */
UsherJob *usher_room_get_job_at(UsherRoom *room, UsherStation *station);
