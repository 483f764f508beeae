/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "feature/login-screen-greeter.h"
#include "peer/process.h"

bool greeter_is(const Session *s) {
        return streq(s->info->class, "greeter");
}

static int on_exit_of_leader(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Greeter *g = userdata;

        g->leader = sd_event_source_disable_unref(g->leader);
        g->leader_gone = true;
        g->handler(g, g->userdata);
        return 0;
}

int greeter_new(Greeter **ret,
                sd_event *event,
                const Session *session,
                GreeterHandler handler,
                void *userdata) {

        pid_t leader = session->info->leader;
        Greeter *g;
        int r = 0;

        g = malloc(sizeof(*g));
        if (!g)
                return -ENOMEM;
        *g = (Greeter) { .session = session, .handler = handler, .userdata = userdata };

        if (leader > 0)
                r = process_watch(event, &g->leader, leader, on_exit_of_leader, g);
        if (r == -ESRCH)
                g->leader_gone = true;
        else if (r < 0)
                log_debug_errno(r, "Failed to watch the leader of session '%s': %m", session->info->id);

        *ret = g;
        return 0;
}

Greeter *greeter_free(Greeter *g) {
        sd_event_source_disable_unref(g->leader);
        free(g);
        return NULL;
}

void greeter_update(Greeter *g) {
        if (session_is_in_front(g->session->info))
                g->shown = true;
}

void greeter_expect(Greeter *g) {
        g->shown = session_is_in_front(g->session->info);
}

bool greeter_is_visible(const Greeter *g) {
        return g->shown && !g->leader_gone && !session_is_closing(g->session->info);
}
