/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-polkit.h"

#include <pwd.h>

#include "client.h"
#include "common/names.h"

#define ALLOW_USER_INTERACTION 1U

/* clang-format off */
static const char xml[] =
        "<node>"
        INTERFACE("org.freedesktop.PolicyKit1.Authority",
                METHOD("CheckAuthorization", IN("(sa{sv})") IN("s") IN("a{ss}") IN("u") IN("s") OUT("(bba{ss})"))
                METHOD("CancelCheckAuthorization", IN("s"))
                SIGNAL("Changed", "")
                PROPERTY("BackendName", "s")
                PROPERTY("BackendVersion", "s")
                PROPERTY("BackendFeatures", "u"))
        "</node>";
/* clang-format on */

typedef struct Rule {
        char *action;
        guint32 uid;
        FakeVerdict verdict;
} Rule;

typedef struct Check {
        FakePolkit *polkit;
        FakeQuestion *question;
        GDBusMethodInvocation *invocation;
} Check;

static void rule_free(gpointer p) {
        Rule *rule = p;

        g_free(rule->action);
        g_free(rule);
}

static void question_free(gpointer p) {
        FakeQuestion *q = p;

        g_free(q->subject);
        g_free(q->action);
        g_variant_unref(q->details);
        g_free(q->cancellation);
        g_free(q);
}

static FakeVerdict verdict_for(FakePolkit *polkit, const char *action, guint32 uid) {
        for (guint i = polkit->rules->len; i > 0; i--) {
                Rule *rule = polkit->rules->pdata[i - 1];

                if ((!rule->action || g_str_equal(rule->action, action)) &&
                                (rule->uid == FAKE_POLKIT_ANY_UID || rule->uid == uid))
                        return rule->verdict;
        }

        return FAKE_POLKIT_NO;
}

static void answer_check(GDBusMethodInvocation *invocation, FakeVerdict verdict, guint32 flags) {
        gboolean asked = flags & ALLOW_USER_INTERACTION, yes, challenge;

        if (verdict == FAKE_POLKIT_ERROR) {
                g_dbus_method_invocation_return_dbus_error(
                                invocation, "org.freedesktop.PolicyKit1.Error.Failed", "Told to fail");
                return;
        }

        yes = verdict == FAKE_POLKIT_YES || (verdict == FAKE_POLKIT_CHALLENGE && asked);
        challenge = verdict == FAKE_POLKIT_CHALLENGE && !asked;
        g_dbus_method_invocation_return_value(
                        invocation, g_variant_new("((bba{ss}))", yes, challenge, NULL));
}

/* Like polkit, asks the bus which user the subject is. */
static void on_subject_uid(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
        g_autofree Check *check = data;
        FakeQuestion *q = check->question;
        guint32 uid;

        if (!reply) {
                g_dbus_method_invocation_return_dbus_error(check->invocation,
                                "org.freedesktop.PolicyKit1.Error.Failed", "No such subject");
                return;
        }

        g_variant_get(reply, "(u)", &uid);
        if (verdict_for(check->polkit, q->action, uid) == FAKE_POLKIT_HANG) {
                g_ptr_array_add(check->polkit->held, check);
                check = NULL;
                return;
        }

        if (check->polkit->spare && g_str_equal(fake_polkit_detail(q, "user"), check->polkit->spare))
                answer_check(check->invocation, FAKE_POLKIT_NO, q->flags);
        else
                answer_check(check->invocation, verdict_for(check->polkit, q->action, uid), q->flags);
}

static FakeQuestion *question_of(const FakeCall *call) {
        g_autoptr(GVariant) properties = NULL;
        FakeQuestion *q = g_new0(FakeQuestion, 1);
        g_autofree char *kind = NULL;

        g_variant_get(call->arguments, "((s@a{sv})s@a{ss}us)", &kind, &properties, &q->action, &q->details,
                        &q->flags, &q->cancellation);
        g_assert_cmpstr(kind, ==, "system-bus-name");
        g_assert_cmpuint(g_variant_n_children(properties), ==, 1);
        g_assert_true(g_variant_lookup(properties, "name", "s", &q->subject));
        g_assert_true(g_dbus_is_unique_name(q->subject));

        /* polkit cannot cancel a check without an id, and daemons must be able to cancel. */
        g_assert_cmpstr(q->cancellation, !=, "");

        return q;
}

static void decide(Check *check) {
        g_dbus_connection_call(check->polkit->fake.connection, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE,
                        "GetConnectionUnixUser", g_variant_new("(s)", check->question->subject),
                        G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_subject_uid, check);
}

static void on_check(FakePolkit *polkit, const FakeCall *call, GDBusMethodInvocation *invocation) {
        Check *check = g_new(Check, 1);

        *check = (Check) { .polkit = polkit, .invocation = invocation, .question = question_of(call) };
        g_ptr_array_add(polkit->questions, check->question);
        if (polkit->hold)
                g_ptr_array_add(polkit->held, check);
        else
                decide(check);
}

void fake_polkit_release(FakePolkit *polkit) {
        g_autoptr(GPtrArray) held = g_steal_pointer(&polkit->held);

        polkit->hold = FALSE;
        polkit->held = g_ptr_array_new();
        for (guint i = 0; i < held->len; i++)
                decide(held->pdata[i]);
}

guint fake_polkit_n_held(FakePolkit *polkit) {
        return polkit->held->len;
}

static void on_cancel(FakePolkit *polkit, const FakeCall *call, GDBusMethodInvocation *invocation) {
        const char *id;

        g_variant_get(call->arguments, "(&s)", &id);
        for (guint i = 0; i < polkit->questions->len; i++) {
                FakeQuestion *q = polkit->questions->pdata[i];

                if (g_str_equal(q->cancellation, id))
                        q->cancelled = TRUE;
        }

        for (guint i = polkit->held->len; i > 0; i--) {
                Check *check = polkit->held->pdata[i - 1];

                if (check->question->cancelled) {
                        g_dbus_method_invocation_return_dbus_error(check->invocation,
                                        "org.freedesktop.PolicyKit1.Error.Cancelled", "Cancelled");
                        g_ptr_array_remove_index(polkit->held, i - 1);
                        g_free(check);
                }
        }

        g_dbus_method_invocation_return_value(invocation, NULL);
}

static void on_call(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation) {
        FakePolkit *polkit = owner;

        if (g_str_equal(call->member, "CheckAuthorization"))
                on_check(polkit, call, invocation);
        else
                on_cancel(polkit, call, invocation);
}

static GVariant *on_get(gpointer owner, const char *path, const char *interface, const char *property) {
        if (g_str_equal(property, "BackendFeatures"))
                return g_variant_new_uint32(1);

        return g_variant_new_string(g_str_equal(property, "BackendName") ? "fake" : "122");
}

void fake_polkit_answer(FakePolkit *polkit, const char *action, guint32 uid, FakeVerdict verdict) {
        Rule *rule = g_new(Rule, 1);

        *rule = (Rule) { .action = g_strdup(action), .uid = uid, .verdict = verdict };
        g_ptr_array_add(polkit->rules, rule);
}

const FakeQuestion *fake_polkit_last(FakePolkit *polkit) {
        g_assert_cmpuint(polkit->questions->len, >, 0);
        return polkit->questions->pdata[polkit->questions->len - 1];
}

const char *fake_polkit_detail(const FakeQuestion *question, const char *name) {
        const char *value = "";

        (void) g_variant_lookup(question->details, name, "&s", &value);
        return value;
}

FakePolkit *fake_polkit_new(Bus *bus) {
        FakePolkit *polkit = g_new0(FakePolkit, 1);
        struct passwd *user = getpwnam("polkitd");

        polkit->questions = g_ptr_array_new_with_free_func(question_free);
        polkit->held = g_ptr_array_new();
        polkit->rules = g_ptr_array_new_with_free_func(rule_free);

        /* The distribution's policy lets only polkit's user own the name. */
        g_assert_nonnull(user);
        fake_init(&polkit->fake, bus, POLKIT_BUS_NAME, user->pw_uid, xml, on_call, on_get, polkit);
        fake_add_object(&polkit->fake, POLKIT_PATH, POLKIT_IFACE_AUTHORITY);

        return polkit;
}

void fake_polkit_free(FakePolkit *polkit) {
        fake_done(&polkit->fake);
        g_ptr_array_unref(polkit->questions);
        g_ptr_array_unref(polkit->rules);
        for (guint i = 0; i < polkit->held->len; i++) {
                Check *check = polkit->held->pdata[i];

                g_object_unref(check->invocation);
                g_free(check);
        }
        g_ptr_array_unref(polkit->held);
        g_free(polkit);
}
