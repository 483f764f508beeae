/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which disks the running system is on: those below which a hub must not be moved about. */

#include "common/macro.h"

/* Whether a disk that carries a mounted file system or swap stands below this device in sysfs. What people
 * plug in at their station, mounted below /media or /run/media, does not count. Returns 1 with the disk's
 * kernel name, 0, or a negative errno when it cannot be told. root is "", or where a test keeps its proc and
 * sys. */
int system_disk_below(const char *root, const char *syspath, char **ret_disk);
