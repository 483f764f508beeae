/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "manager.h"

/* The account that is asking, by the name that its own session or the user database has for it. */
int sender_name(Manager *m, sd_bus_message *message, uid_t *ret_uid, char **ret_name);
