/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/card.h"

#include <glib/gi18n.h>

#include "stations/card-drag.h"
#include "stations/deeds.h"
#include "stations/ring.h"
#include "stations/words.h"

#define EXTEND_SECONDS 300U

struct _UsherCard {
        GtkBox parent_instance;

        UsherContext *context;
        UsherStation *station;
        gulong station_handler;
        UsherPerson *person_shown;
        gulong person_handler;
        guint tick; /* only while a countdown can be seen */

        GtkLabel *name, *person, *state, *health;
        AdwAvatar *avatar;
        UsherRing *ring;
        GtkStack *footer;
        GtkMenuButton *button;
};

G_DEFINE_FINAL_TYPE(UsherCard, usher_card, GTK_TYPE_BOX)

static UsherJob *get_job(UsherCard *card) {
        return card->station ? usher_room_get_job_at(card->context->room, card->station) : NULL;
}

/* ---- the person ---- */

static void on_person(UsherCard *card) {
        UsherPerson *person = card->person_shown;
        const char *picture = person ? usher_person_get_picture(person) : NULL;
        g_autoptr(GdkTexture) texture = picture ? gdk_texture_new_from_filename(picture, NULL) : NULL;

        gtk_label_set_text(card->person, person ? usher_person_get_name(person) : _("Nobody"));
        adw_avatar_set_text(card->avatar, person ? usher_person_get_name(person) : "");
        adw_avatar_set_show_initials(card->avatar, person != NULL);
        adw_avatar_set_custom_image(card->avatar, texture ? GDK_PAINTABLE(texture) : NULL);
        gtk_widget_set_tooltip_text(GTK_WIDGET(card->person), person ? usher_person_get_name(person) : NULL);
}

static void show_person(UsherCard *card) {
        guint32 uid;
        const char *account = usher_station_get_user(card->station, &uid);
        UsherPerson *person = account[0] ? usher_people_get(card->context->people, uid, account) : NULL;

        if (card->person_shown == person && person)
                return;

        if (card->person_shown)
                g_signal_handler_disconnect(card->person_shown, card->person_handler);
        g_set_object(&card->person_shown, person);
        if (person)
                card->person_handler =
                                g_signal_connect_swapped(person, "changed", G_CALLBACK(on_person), card);
        on_person(card);
}

/* ---- the countdown ---- */

static char *describe_job(UsherJob *job, gint64 now) {
        guint32 requested = usher_job_get_time_requested(job);
        g_autofree char *left = NULL;

        if (!usher_job_is_warning(job))
                return g_strdup(usher_words_phase(usher_item_get_string(USHER_ITEM(job), "Phase")));

        left = usher_words_countdown(usher_job_get_remaining(job, now));
        if (requested > 0)
                /* TRANSLATORS: on a card, so it must be short: a time that counts down, and how many more
                 * minutes the person asks for */
                return g_strdup_printf(_("%s · asks +%u min"), left, (requested + 59) / 60);

        /* TRANSLATORS: on a card; %s is a time that counts down */
        return g_strdup_printf(_("Log-off in %s"), left);
}

static char *describe_state(UsherCard *card) {
        UsherJob *job = get_job(card);
        gint64 idle = usher_station_get_idle_since(card->station);
        const char *state = usher_station_get_state(card->station);

        if (job)
                return describe_job(job, g_get_monotonic_time());
        if (idle > 0 && g_str_equal(state, "in-use"))
                return usher_words_idle_since(idle);

        return g_strdup(usher_words_state(state));
}

static void show_state(UsherCard *card);

static gboolean on_tick(gpointer data) {
        UsherCard *card = data;

        card->tick = 0;
        show_state(card);
        return G_SOURCE_REMOVE;
}

static void show_state(UsherCard *card) {
        UsherJob *job = get_job(card);
        gint64 now = g_get_monotonic_time();
        g_autofree char *text = describe_state(card);
        gboolean counts = job && usher_job_is_warning(job);

        gtk_label_set_text(card->state, text);
        gtk_widget_set_tooltip_text(GTK_WIDGET(card->state), text);
        usher_ring_set_fraction(card->ring, !job ? -1 : counts ? usher_job_get_fraction(job, now) : 0);

        g_clear_handle_id(&card->tick, g_source_remove);
        if (counts && usher_job_get_remaining(job, now) > 0 && gtk_widget_get_mapped(GTK_WIDGET(card)))
                card->tick = g_timeout_add(
                                (guint) (usher_job_get_next_second(job, now) / 1000 + 1), on_tick, card);
}

/* ---- the card ---- */

static const char *choose_footer(UsherCard *card, UsherJob *job) {
        if (job && usher_job_is_warning(job))
                return usher_job_get_time_requested(job) > 0 ? "request" : "job";

        return !job && usher_words_health(usher_station_get_health(card->station)) ? "health" : "nothing";
}

static void set_class(UsherCard *card, const char *class, gboolean set) {
        if (set)
                gtk_widget_add_css_class(GTK_WIDGET(card), class);
        else
                gtk_widget_remove_css_class(GTK_WIDGET(card), class);
}

static void update(UsherCard *card) {
        UsherJob *job = get_job(card);
        const char *health;

        if (!card->station)
                return;

        health = usher_words_health(usher_station_get_health(card->station));
        gtk_label_set_text(card->name, usher_station_get_name(card->station));
        gtk_widget_set_tooltip_text(GTK_WIDGET(card->name), usher_station_get_name(card->station));
        gtk_label_set_text(card->health, health ?: "");
        gtk_widget_set_tooltip_text(GTK_WIDGET(card->health), health);
        gtk_stack_set_visible_child_name(card->footer, choose_footer(card, job));
        set_class(card, "free", usher_station_count_sessions(card->station) == 0);
        set_class(card, "ending", job != NULL);
        set_class(card, "requested", job && usher_job_get_time_requested(job) > 0);
        show_person(card);
        show_state(card);
}

char *usher_card_describe(UsherCard *card) {
        const char *health = usher_words_health(usher_station_get_health(card->station));
        g_autofree char *state = describe_state(card);

        return g_strdup_printf("%s, %s%s%s", gtk_label_get_text(card->person), state, health ? ". " : "",
                        health ?: "");
}

UsherStation *usher_card_get_station(UsherCard *card) {
        return card->station;
}

void usher_card_set_station(UsherCard *card, UsherStation *station) {
        if (card->station)
                g_clear_signal_handler(&card->station_handler, card->station);
        g_set_object(&card->station, station);
        g_clear_handle_id(&card->tick, g_source_remove);
        if (!station)
                return;

        card->station_handler = g_signal_connect_swapped(station, "changed", G_CALLBACK(update), card);
        update(card);
}

void usher_card_popup(UsherCard *card) {
        gtk_menu_button_popup(card->button);
}

/* ---- buttons ---- */

static void call_job(UsherCard *card, const char *member, GVariant *arguments) {
        UsherJob *job = get_job(card);

        if (job)
                usher_deed(GTK_WIDGET(card), card->context, usher_item_get_path(USHER_ITEM(job)), member,
                                arguments);
        else if (arguments)
                g_variant_unref(g_variant_ref_sink(arguments));
}

static void on_cancel(UsherCard *card) {
        call_job(card, "Job.Cancel", NULL);
}

static void on_extend(UsherCard *card) {
        call_job(card, "Job.Extend", g_variant_new("(u)", EXTEND_SECONDS));
}

static void on_allow(UsherCard *card) {
        UsherJob *job = get_job(card);

        if (job)
                call_job(card, "Job.Extend", g_variant_new("(u)", usher_job_get_time_requested(job)));
}

static void on_deny(UsherCard *card) {
        call_job(card, "Job.DenyTime", NULL);
}

/* Selects the card first: the actions of its menu are those of the selection. */
static void on_menu(UsherCard *card) {
        if (gtk_menu_button_get_active(card->button) && card->station)
                gtk_widget_activate_action(
                                GTK_WIDGET(card), "board.choose", "s", usher_station_get_id(card->station));
}

static void usher_card_map(GtkWidget *widget) {
        UsherCard *card = USHER_CARD(widget);

        GTK_WIDGET_CLASS(usher_card_parent_class)->map(widget);
        if (card->station)
                show_state(card);
}

static void usher_card_unmap(GtkWidget *widget) {
        g_clear_handle_id(&USHER_CARD(widget)->tick, g_source_remove);
        GTK_WIDGET_CLASS(usher_card_parent_class)->unmap(widget);
}

static void usher_card_dispose(GObject *object) {
        UsherCard *card = USHER_CARD(object);

        usher_card_set_station(card, NULL);
        if (card->person_shown)
                g_clear_signal_handler(&card->person_handler, card->person_shown);
        g_clear_object(&card->person_shown);
        gtk_widget_dispose_template(GTK_WIDGET(card), USHER_TYPE_CARD);
        G_OBJECT_CLASS(usher_card_parent_class)->dispose(object);
}

UsherCard *usher_card_new(UsherContext *context) {
        UsherCard *card = g_object_new(USHER_TYPE_CARD, NULL);

        card->context = context;
        return card;
}

static void usher_card_class_init(UsherCardClass *class) {
        GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

        G_OBJECT_CLASS(class)->dispose = usher_card_dispose;
        widget->map = usher_card_map;
        widget->unmap = usher_card_unmap;
        g_type_ensure(USHER_TYPE_RING);
        gtk_widget_class_set_template_from_resource(widget, "/org/usher1/Stations/card.ui");
        gtk_widget_class_bind_template_child(widget, UsherCard, name);
        gtk_widget_class_bind_template_child(widget, UsherCard, person);
        gtk_widget_class_bind_template_child(widget, UsherCard, state);
        gtk_widget_class_bind_template_child(widget, UsherCard, health);
        gtk_widget_class_bind_template_child(widget, UsherCard, avatar);
        gtk_widget_class_bind_template_child(widget, UsherCard, ring);
        gtk_widget_class_bind_template_child(widget, UsherCard, footer);
        gtk_widget_class_bind_template_child(widget, UsherCard, button);
        gtk_widget_class_bind_template_callback(widget, on_cancel);
        gtk_widget_class_bind_template_callback(widget, on_extend);
        gtk_widget_class_bind_template_callback(widget, on_allow);
        gtk_widget_class_bind_template_callback(widget, on_deny);
}

static void usher_card_init(UsherCard *card) {
        GtkGesture *click = gtk_gesture_click_new();

        gtk_widget_init_template(GTK_WIDGET(card));
        gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), GDK_BUTTON_SECONDARY);
        g_signal_connect_swapped(click, "pressed", G_CALLBACK(usher_card_popup), card);
        gtk_widget_add_controller(GTK_WIDGET(card), GTK_EVENT_CONTROLLER(click));
        usher_card_drag_init(card);
        g_signal_connect_swapped(card->button, "notify::active", G_CALLBACK(on_menu), card);
}
