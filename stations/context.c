/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/context.h"

UsherContext *usher_context_new(GDBusConnection *connection) {
        UsherContext *context = g_new(UsherContext, 1);

        *context = (UsherContext) {
                .room = usher_room_new(connection),
                .people = usher_people_new(connection),
                .rights = usher_rights_new(connection),
                .settings = g_settings_new("org.usher1.Stations"),
        };
        context->ended = usher_ended_list_new(context->room, context->people);
        return context;
}

void usher_context_free(UsherContext *context) {
        g_object_unref(context->ended);
        g_object_unref(context->settings);
        g_object_unref(context->rights);
        g_object_unref(context->room);
        usher_people_free(context->people);
        g_free(context);
}
