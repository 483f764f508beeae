/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machine.h"

/* What the cells of usher-matrix wait for on a PC whose desktops may be slow. */

#define STATIONS 3

/* A desktop that draws in software on a PC without KVM needs minutes to start. Whatever is waited for ends
 * the wait. */
#define START_SEC 900
#define GREETER_SEC 240
#define SHOW_SEC 90

typedef struct Matrix {
        Machine *machine;
        const char *folder; /* of the pictures */
        char *session[STATIONS];
        gint64 asked;
} Matrix;

/* Saves NAME-STATION.png. */
void keep(Matrix *x, guint station, const char *name);

/* Waits until the screen differs that much from before; without before, until something is drawn. */
bool wait_seen(Matrix *x, guint station, const Screen *before, double change, guint timeout, GError **error);

/* Waits until a session of that class is the active one of the seat. */
bool wait_class(Matrix *x, guint station, const char *class, guint timeout, GError **error);

/* Waits until a greeter is the active session and something is drawn. */
bool wait_greeter(Matrix *x, guint station, GError **error);

/* For display managers that log in somebody by themselves on seat0 only: types what the desktop's file says.
 */
bool type_log_in(Matrix *x, guint station, GError **error);
