/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Finds the disks that the running system needs. A hub above one of them must not change its seat. */

#include "common/macro.h"

/* Looks for a disk below this device in sysfs that holds a mounted file system or swap. File systems mounted
 * below /media and /run/media do not count, because people plug those in at their station. Returns 1 with
 * the kernel's name of the disk, 0 if there is none, or a negative errno if that is unknown. root is "", or
 * a directory with the proc and sys of a test. */
int system_disk_below(const char *root, const char *syspath, char **ret_disk);
