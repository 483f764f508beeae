/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Where the peers' facts enter the manager: userdata is the Manager. */

#include "core/manager.h"

extern const LogindEvents events_from_logind;
extern const UdevEvents events_from_udev;
