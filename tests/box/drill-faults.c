/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What happens to usherd and to what it needs. */

#include "drill.h"

#define SIGNAL(signal, unit) "systemctl kill --kill-whom=main --signal=" signal " " unit
#define KILLED(unit) SIGNAL("KILL", unit)
#define RESTARTED(unit) "systemctl restart " unit
/* Somebody's call may start it again before it has stopped: then the stop is cancelled. */
#define STOPPED(unit) "systemctl stop --quiet " unit " || true", "systemctl start " unit
#define HUNG(unit) SIGNAL("STOP", unit), SIGNAL("CONT", unit)
/* Root may fill a tmpfs completely. */
#define FULL(directory) "! cat /dev/zero >" directory "/box-filler 2>/dev/null"
#define FULL_UNTIL(directory) FULL(directory), "rm " directory "/box-filler"
#define READ_ONLY(directory) "mount -o remount,ro " directory, "mount -o remount,rw " directory

#define USHERD "usherd.service"
#define LOGIND "systemd-logind.service"
#define DBUS "dbus.service"
#define POLKIT "polkit.service"
#define UDEVD "systemd-udevd.service"
#define RUN "/run/usher"
#define VAR "/var/lib/usher"

#define ALL ((1U << DRILL_PHASES) - 1)
/* While systemd stops the scope of a session, for as long as its programs resist, it does not start logind,
 * because scopes are ordered after it. */
#define LIVELY (1U << DRILL_OPENING | 1U << DRILL_WARNED | 1U << DRILL_ASKING)

const DrillFault drill_faults[] = {
        { "usherd-killed", KILLED(USHERD), .quick = ALL },
        { "usherd-restarted", RESTARTED(USHERD) },
        { "usherd-stopped", STOPPED(USHERD) },
        { "usherd-hung", HUNG(USHERD) },
        /* As systemd-oomd does it. The kernel's own killer needs a memory controller, which the box has not.
         */
        { "usherd-out-of-memory", "echo 1 >/sys/fs/cgroup/system.slice/" USHERD "/cgroup.kill" },
        /* As a package does it. */
        { "usherd-upgraded",
                        "cd /usr/libexec && cp usherd usherd.dpkg-new && mv usherd.dpkg-new usherd && "
                        "systemctl daemon-reload && " RESTARTED(USHERD),
                        .quick = ALL },
        { "logind-killed", KILLED(LOGIND), .logind_forgets = true },
        { "logind-restarted", RESTARTED(LOGIND), .quick = LIVELY | 1U << DRILL_TERMINATING,
                        .logind_forgets = true },
        { "logind-stopped", STOPPED(LOGIND), .logind_forgets = true },
        { "logind-hung", HUNG(LOGIND), .quick = ALL },
        { "dbus-reloaded", "systemctl reload " DBUS },
        { "dbus-restarted", RESTARTED(DBUS), .quick = LIVELY, .logind_forgets = true },
        { "dbus-killed", KILLED(DBUS), .logind_forgets = true },
        { "dbus-hung", HUNG(DBUS) },
        { "polkit-restarted", RESTARTED(POLKIT) },
        { "polkit-stopped", STOPPED(POLKIT) },
        { "polkit-hung", HUNG(POLKIT) },
        { "udevd-restarted", RESTARTED(UDEVD) },
        { "udevd-stopped", STOPPED(UDEVD) },
        { "udevd-hung", HUNG(UDEVD) },
        { "systemd-executed-again", "systemctl daemon-reexec", .quick = ALL },
        { "systemd-reloaded", "systemctl daemon-reload" },
        { "run-full", FULL_UNTIL(RUN), .quick = ALL },
        { "run-full-and-usherd-killed", FULL(RUN) " && " KILLED(USHERD), "rm " RUN "/box-filler" },
        { "run-read-only", READ_ONLY(RUN) },
        { "var-full", FULL_UNTIL(VAR) },
        { "var-read-only", READ_ONLY(VAR) },
        {},
};

bool drill_has_case(const DrillFault *f, DrillPhase phase) {
        return g_test_slow() || f->quick & 1U << phase;
}
