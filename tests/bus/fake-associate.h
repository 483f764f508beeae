/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* usher-associate as the test says: what usherd hears at its socket, one connection at a time. */

#include <glib.h>

typedef struct FakeAssociate {
        int listener, client; /* client: -1 for none */
        guint listener_source, client_source;
} FakeAssociate;

FakeAssociate *fake_associate_new(void);
void fake_associate_free(FakeAssociate *a);

/* Takes a connection. FALSE: there is none. */
gboolean fake_associate_has_client(FakeAssociate *a);

/* Waits for usherd to connect. */
void fake_associate_accept(FakeAssociate *a);

/* Sends the bytes as they are. */
void fake_associate_tell(FakeAssociate *a, const char *text);

/* Enter on the keyboard with this sysfs path. */
void fake_associate_enter(FakeAssociate *a, const char *syspath);

void fake_associate_close(FakeAssociate *a);

/* Waits for usherd to disconnect, which ends usher-associate. */
void fake_associate_wait_end(FakeAssociate *a);
