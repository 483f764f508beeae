/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <grp.h>
#include <pwd.h>

#include "account.h"
#include "build-config.h"

#define GROUPS_MAX 4096

static bool is_administrators_group(gid_t gid) {
        static const char *const names[] = { ADMINISTRATORS_GROUPS };

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                const struct group *g = getgrnam(names[i]);

                if (g && g->gr_gid == gid)
                        return true;
        }

        return false;
}

bool account_is_administrator(uid_t uid, const char *name) {
        _cleanup_free_ gid_t *groups = NULL;
        const struct passwd *pw;
        int n = GROUPS_MAX;

        if (uid == 0)
                return true;

        pw = getpwnam(name);
        if (!pw || pw->pw_uid != uid)
                return false;

        groups = calloc(n, sizeof(gid_t));
        if (!groups || getgrouplist(name, pw->pw_gid, groups, &n) < 0)
                return true; /* when in doubt, the stronger right */

        for (int i = 0; i < n; i++)
                if (is_administrators_group(groups[i]))
                        return true;

        return false;
}

int account_name(uid_t uid, char **ret) {
        const struct passwd *pw = getpwuid(uid);
        char *name;

        if (pw)
                name = strdup(pw->pw_name);
        else if (asprintf(&name, "%u", (unsigned) uid) < 0)
                name = NULL;
        if (!name)
                return -ENOMEM;

        *ret = name;
        return 0;
}
