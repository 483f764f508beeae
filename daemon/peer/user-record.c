/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <grp.h>
#include <pwd.h>

#include "build-config.h"
#include "common/text.h"
#include "peer/user-record.h"

#define GROUPS_MAX 4096

/* getpwnam(3) lists the errors that mean "no such entry". */
static int no_entry(int error) {
        switch (error) {
        case 0:
        case ENOENT:
        case ESRCH:
        case EBADF:
        case EPERM:
                return -ESRCH;
        default:
                return -error;
        }
}

static bool is_among(gid_t gid, const gid_t *groups, int n) {
        for (int i = 0; i < n; i++)
                if (groups[i] == gid)
                        return true;

        return false;
}

static int is_member(const gid_t *groups, int n, const char *const *names, size_t n_names) {
        int r;

        for (size_t i = 0; i < n_names; i++) {
                const struct group *g;

                /* A group that does not exist has no members. One that cannot be read may have any. */
                errno = 0;
                g = getgrnam(names[i]);
                r = g ? 0 : no_entry(errno);
                if (r < 0 && r != -ESRCH)
                        return r;
                if (g && is_among(g->gr_gid, groups, n))
                        return true;
        }

        return false;
}

static int read_groups(const struct passwd *pw, UserRecord *record) {
        static const char *const administrators[] = { ADMINISTRATORS_GROUPS },
                                 *const operators[] = { OPERATORS_GROUP };
        _cleanup_free_ gid_t *groups = NULL;
        int n = GROUPS_MAX, r;

        record->administrator = true;
        if (pw->pw_uid == 0)
                return 0;

        groups = calloc(n, sizeof(gid_t));
        if (!groups)
                return -ENOMEM;
        if (getgrouplist(pw->pw_name, pw->pw_gid, groups, &n) < 0)
                return 0; /* more groups than that: if in doubt, require the stronger right */

        r = is_member(groups, n, administrators, ELEMENTSOF(administrators));
        if (r < 0)
                return r;
        record->administrator = r;

        r = is_member(groups, n, operators, ELEMENTSOF(operators));
        if (r < 0)
                return r;
        record->is_operator = r;
        return 0;
}

int user_record_read(uid_t uid, const char *name, UserRecord *ret) {
        UserRecord record = {};
        const struct passwd *pw;
        int r;

        errno = 0;
        pw = isempty(name) ? getpwuid(uid) : getpwnam(name);
        if (!pw)
                return no_entry(errno);
        if (pw->pw_uid != uid)
                return -ESRCH;

        /* The name is sent over D-Bus. */
        if (isempty(pw->pw_name) || strlen(pw->pw_name) >= sizeof(record.name) || !text_is_utf8(pw->pw_name))
                return -EBADMSG;
        strcpy(record.name, pw->pw_name);

        r = read_groups(pw, &record);
        if (r < 0)
                return r;

        *ret = record;
        return 0;
}
