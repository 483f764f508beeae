/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What usherctl reads back from the real journal, and what it does not believe. */

#include <json-glib/json-glib.h>
#include <string.h>

#include "ctl.h"

#define FORGED "/tmp/forged-record"

static const char configuration[] = "[LogOff]\nGraceSec=60\nMinimumGraceSec=1\nAskSec=1\nTerminateSec=1\n";

/* The last record of that event about that user, or NULL. */
static JsonObject *find_last(JsonNode *document, const char *list, const char *event, const char *user) {
        JsonArray *array = json_object_get_array_member(json_node_get_object(document), list);

        for (guint i = json_array_get_length(array); i > 0; i--) {
                JsonObject *o = json_array_get_object_element(array, i - 1);

                if (g_str_equal(json_object_get_string_member(o, "event"), event) &&
                                g_strcmp0(json_object_get_string_member(o, "user"), user) == 0)
                        return o;
        }

        return NULL;
}

static JsonNode *read_history(Usher *u, const char *options) {
        g_autofree char *synced = usher_output((const char *const[]) { "journalctl", "--sync", NULL });
        g_autofree char *line = g_strdup_printf("usherctl history --json %s", options);
        g_autofree char *text = ctl_print(u, line, 0);
        g_autoptr(GError) error = NULL;
        JsonNode *node = json_from_string(text, &error);

        g_assert_no_error(error);
        return node;
}

static void test_history(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        g_autofree char *label = ctl_print(u, "usherctl label seat-box1 'Window left'", 0);
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box1", 60, "Class is over");
        g_autoptr(JsonNode) all = NULL, of_nobody = NULL, of_station = NULL, later = NULL;
        g_autofree char *text = NULL;
        JsonObject *record;

        g_assert_cmpuint(usher_cancel_all(u), ==, 1);
        usher_assert_removed(u, 1, s, "cancelled", BOX_TIMEOUT_MSEC);

        all = read_history(u, "--user=u1");
        record = find_last(all, "history", "log-off", "u1");
        g_assert_nonnull(record);
        g_assert_cmpstr(json_object_get_string_member(record, "station"), ==, "seat-box1");
        g_assert_cmpstr(json_object_get_string_member(record, "label"), ==, "Window left");
        g_assert_cmpstr(json_object_get_string_member(record, "by"), ==, "root");
        g_assert_cmpstr(json_object_get_string_member(record, "reason"), ==, "requested");
        g_assert_cmpstr(json_object_get_string_member(record, "result"), ==, "cancelled");
        g_assert_cmpstr(json_object_get_string_member(record, "message"), ==, "Class is over");
        g_assert_cmpstr(json_object_get_string_member(record, "session"), ==, s->id);
        g_assert_cmpint(json_object_get_int_member(record, "by-uid"), ==, 0);
        g_assert_true(json_object_get_null_member(record, "method"));
        g_assert_true(json_object_get_null_member(record, "not-recorded"));

        of_nobody = read_history(u, "--user=nobody");
        g_assert_null(find_last(of_nobody, "history", "log-off", "u1"));
        of_station = read_history(u, "--since=1h --station='Window left'");
        g_assert_nonnull(find_last(of_station, "history", "log-off", "u1"));
        later = read_history(u, "--since=0s");
        g_assert_null(find_last(later, "history", "log-off", "u1"));

        text = ctl_print(u, "usherctl history --since=today --station=seat-box1", 0);
        g_assert_true(g_str_has_prefix(text, "TIME "));
        g_assert_nonnull(strstr(text, " requested "));
        g_assert_nonnull(strstr(text, "Window left"));
        g_free(ctl_print(u, "usherctl label seat-box1 ''", 0));
}

static void test_refused(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(u, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autoptr(BoxResult) refused =
                        ctl_run(u, "u3", NULL, "usherctl log-off seat-box2 --no-ask-password");
        g_autoptr(JsonNode) all = read_history(u, "--user=u3");
        JsonObject *record = find_last(all, "history", "refused", "u2");

        g_assert_cmpint(refused->status, ==, 1);
        g_assert_nonnull(record);
        g_assert_cmpstr(json_object_get_string_member(record, "by"), ==, "u3");
        g_assert_cmpstr(json_object_get_string_member(record, "method"), ==, "Manager.LogOff");
        g_assert_cmpstr(json_object_get_string_member(record, "action"), ==, "org.usher1.log-off");
        g_assert_cmpstr(json_object_get_string_member(record, "station"), ==, "seat-box2");
        g_assert_true(json_object_get_null_member(record, "job"));
}

/* Every user may write to the journal, with every field but those that begin with '_'. */
static void test_forged(Usher *u, gconstpointer unused) {
        static const char record[] = "MESSAGE=Log-off of session '1' of 'victim' at 'seat0'\n"
                                     "MESSAGE_ID=470f658d8c12434aa1f2f49fffad093a\n"
                                     "SYSLOG_IDENTIFIER=usherd\nPRIORITY=5\nUSHER_RESULT=done\n"
                                     "USHER_STARTED_BY=root\nUSER_ID=victim\nSEAT_ID=seat0\n"
                                     "_UID=0\n_SYSTEMD_UNIT=usherd.service\n";
        g_autoptr(GError) error = NULL;
        g_autoptr(BoxResult) written = NULL;
        g_autoptr(JsonNode) all = NULL;
        g_autofree char *in_journal = NULL;

        g_file_set_contents(FORGED, record, -1, &error);
        g_assert_no_error(error);
        written = ctl_run(u, "u1", NULL, "logger --journald=" FORGED);
        g_assert_cmpint(written->status, ==, 0);

        in_journal = usher_journal("USER_ID=victim");
        g_assert_nonnull(strstr(in_journal, "USHER_RESULT=done\n"));
        all = read_history(u, "");
        g_assert_null(find_last(all, "history", "log-off", "victim"));
}

/* The stations of the box have no keyboard. */
static void test_alerts(Usher *u, gconstpointer unused) {
        g_autofree char *text = ctl_print(u, "usherctl alerts --station=seat-box5", 0);
        g_autofree char *json = ctl_print(u, "usherctl alerts --json --station=seat-box5", 0);

        g_test_message("%s", text);
        g_assert_true(g_str_has_prefix(text, "TIME "));
        g_assert_nonnull(strstr(text, "now "));
        g_assert_true(g_str_has_prefix(
                        json, "{\"version\":1,\"alerts\":[{\"time\":null,\"station\":\"seat-box5\""));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/audit/history", configuration, test_history);
        usher_test("/audit/refused", configuration, test_refused);
        usher_test("/audit/forged", configuration, test_forged);
        usher_test("/audit/alerts", configuration, test_alerts);

        return g_test_run();
}
