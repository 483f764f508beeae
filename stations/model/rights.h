/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What polkit says this program may do, so that a window does not offer what will be refused. usherd asks
 * polkit again for each call: this is no protection. The signal "changed" comes when an answer is another.
 */

#include <gio/gio.h>

typedef enum UsherRight {
        USHER_RIGHT_LOG_OFF,
        USHER_RIGHT_LOG_OFF_ALL,
        USHER_RIGHT_SKIP_WARNING,
        USHER_RIGHT_SEND_MESSAGE,
        USHER_RIGHT_MANAGE_STATIONS,
        USHER_RIGHT_SET_MODE,
        USHER_RIGHT_RESTART,
        USHER_RIGHT_POWER_OFF,
        USHER_N_RIGHTS,
} UsherRight;

#define USHER_TYPE_RIGHTS (usher_rights_get_type())
G_DECLARE_FINAL_TYPE(UsherRights, usher_rights, USHER, RIGHTS, GObject)

UsherRights *usher_rights_new(GDBusConnection *connection);

/* FALSE only if polkit says no: not if it asks for a password, and not while it has not answered. */
gboolean usher_rights_may(UsherRights *rights, UsherRight right);

/* Whether polkit has answered for all rights. */
gboolean usher_rights_are_known(UsherRights *rights);
