/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Calls to usherd. polkit may ask for a password meanwhile, for as long as that takes. */

#include "stations/model/room.h"

typedef enum UsherFault {
        USHER_FAULT_NONE,
        USHER_FAULT_DENIED,    /* this user may not */
        USHER_FAULT_DISMISSED, /* the person has closed polkit's dialog, or nothing could show one */
        USHER_FAULT_GONE,      /* usherd has gone away */
        USHER_FAULT_LATE,      /* what was to be changed is not there any more */
        USHER_FAULT_OTHER,
} UsherFault;

UsherFault usher_fault_from_error(const GError *error);

/* The message of usherd without the D-Bus name of the error. */
char *usher_fault_text(const GError *error);

/* Calls a method. member: "Station.LogOff". arguments: consumed if floating; NULL for none. */
void usher_call_async(UsherRoom *room,
                const char *path,
                const char *member,
                GVariant *arguments,
                GAsyncReadyCallback callback,
                gpointer data);

/* The same without a dialog of polkit: what needs a password is refused. For questions that a person has not
 * asked. */
void usher_call_quietly_async(UsherRoom *room,
                const char *path,
                const char *member,
                GVariant *arguments,
                GAsyncReadyCallback callback,
                gpointer data);

/* The reply; it is checked to have that type. NULL: any. */
GVariant *usher_call_finish(UsherRoom *room, GAsyncResult *result, const char *type, GError **error);
