/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/ring.h"

/* In logical pixels. */
#define WIDTH 4.0F

struct _UsherRing {
        AdwBin parent_instance;
        double fraction;
};

G_DEFINE_FINAL_TYPE(UsherRing, usher_ring, ADW_TYPE_BIN)

void usher_ring_set_fraction(UsherRing *ring, double fraction) {
        if (ring->fraction == fraction)
                return;

        ring->fraction = fraction;
        gtk_widget_queue_draw(GTK_WIDGET(ring));
}

/* From twelve o'clock, clockwise; in a right-to-left locale the other way round. */
static void append_arc(UsherRing *ring, GtkSnapshot *snapshot, double fraction, float alpha) {
        float width = (float) gtk_widget_get_width(GTK_WIDGET(ring));
        float height = (float) gtk_widget_get_height(GTK_WIDGET(ring));
        gboolean rtl = gtk_widget_get_direction(GTK_WIDGET(ring)) == GTK_TEXT_DIR_RTL;
        cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height));
        double turn = fraction * 2 * G_PI, start = -G_PI / 2;
        GdkRGBA colour;

        gtk_widget_get_color(GTK_WIDGET(ring), &colour);
        colour.alpha *= alpha;
        gdk_cairo_set_source_rgba(cr, &colour);
        cairo_set_line_width(cr, WIDTH);
        cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
        if (rtl)
                cairo_arc_negative(cr, width / 2, height / 2, MIN(width, height) / 2 - WIDTH / 2, start,
                                start - turn);
        else
                cairo_arc(cr, width / 2, height / 2, MIN(width, height) / 2 - WIDTH / 2, start,
                                start + turn);
        cairo_stroke(cr);
        cairo_destroy(cr);
}

static void usher_ring_snapshot(GtkWidget *widget, GtkSnapshot *snapshot) {
        UsherRing *ring = USHER_RING(widget);

        if (ring->fraction >= 0)
                append_arc(ring, snapshot, 1, 0.2F);
        if (ring->fraction > 0)
                append_arc(ring, snapshot, ring->fraction, 1);
        GTK_WIDGET_CLASS(usher_ring_parent_class)->snapshot(widget, snapshot);
}

static void usher_ring_class_init(UsherRingClass *class) {
        GTK_WIDGET_CLASS(class)->snapshot = usher_ring_snapshot;
        gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(class), "usher-ring");
}

static void usher_ring_init(UsherRing *ring) {
        ring->fraction = -1;
}
