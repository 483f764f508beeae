/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The notices that usherd has for the calling user: messages, and which station this is. See ListNotices()
 * in org.usher1(5). */

#include "client/client.h"

#define CLIENT_NOTICE_SIGN "sign"

typedef struct ClientNotices ClientNotices;

typedef struct ClientNotice {
        ClientNotices *notices;
        struct ClientNotice *next;

        uint32_t number;
        char *kind;
        char *station;
        char *label;
        char *session;
        char *from;
        char *text;
        usec_t until; /* CLOCK_REALTIME: usherd drops the notice then */

        char *owner;             /* the usherd that sent the list: another one numbers from 1 again */
        bool listed;             /* while a list is being read */
        sd_bus_slot *shown_call; /* NoticeShown(), after which usherd drops the notice */
        void *userdata;          /* for the handler */
} ClientNotice;

typedef struct ClientNoticesHandler {
        /* Which kinds of notices this program shows. It does not learn of the others. */
        bool (*wants)(const char *kind);

        /* May report the notice at once. */
        void (*added)(ClientNotice *n, void *userdata);

        /* usherd has dropped the notice. It is freed after the call. */
        void (*removed)(ClientNotice *n, void *userdata);

        /* The list has been read as client_notices_reload() asked, or could not be read. */
        void (*listed)(void *userdata);
} ClientNoticesHandler;

/* Watches for new notices. The client must outlive the notices. Reads the first list when
 * client_notices_reload() asks. Returns 0 or a negative errno. */
int client_notices_new(
                ClientNotices **ret, Client *client, const ClientNoticesHandler *handler, void *userdata);
ClientNotices *client_notices_free(ClientNotices *s);

DEFINE_CLEANUP(ClientNotices *, client_notices_free);
#define _cleanup_client_notices_ _cleanup_(client_notices_freep)

/* Reads the list, now or after the read that is under way. Returns 0 or a negative errno. */
int client_notices_reload(ClientNotices *s);

/* Whether a read of the list is under way. */
bool client_notices_is_loading(const ClientNotices *s);

/* Drops all notices, for a usherd that does not come back. */
void client_notices_forget(ClientNotices *s);

bool client_notices_is_empty(const ClientNotices *s);

/* The notice after this one, the first for NULL, NULL after the last. */
ClientNotice *client_notices_next(ClientNotices *s, ClientNotice *n);

/* Tells usherd how the notice was shown: "screen", "desktop", "terminal" or "none". The notice is removed
 * when usherd has answered. Returns 0 or a negative errno. */
int client_notice_report(ClientNotice *n, const char *how);
