#include "server/reporting/canvas.h"

#include <algorithm>
#include <cmath>
#include <new>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

namespace ecg::reporting {
namespace {

constexpr double kPointsPerMm = 72.0 / 25.4;
constexpr const char* kFamily = "WenQuanYi Micro Hei";

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Layout = std::unique_ptr<PangoLayout, Freed<g_object_unref>>;

cairo_status_t append(void* out, const unsigned char* data, unsigned int size) {
  try {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), size);
  } catch (const std::bad_alloc&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
  return CAIRO_STATUS_SUCCESS;
}

std::string cairo_date(Timestamp at) {
  std::string text = to_iso8601(at);
  return text.substr(0, text.find('.')) + "Z";
}

double from_pango(int units) {
  return static_cast<double>(units) / PANGO_SCALE / kPointsPerMm;
}
int to_pango(double mm) {
  return static_cast<int>(std::lround(mm * kPointsPerMm * PANGO_SCALE));
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::unique_ptr<char, Freed<g_free>> valid{
      g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()))};
  return valid.get();
}

struct Canvas::State {
  std::string bytes;  // first, so that the surface may write into it until it is gone
  std::unique_ptr<cairo_surface_t, Freed<cairo_surface_destroy>> surface;
  std::unique_ptr<cairo_t, Freed<cairo_destroy>> cairo;
  std::unique_ptr<PangoContext, Freed<g_object_unref>> pango;

  void color(const Color& c) const { cairo_set_source_rgba(cairo.get(), c.red, c.green, c.blue, c.alpha); }

  Layout layout(std::string_view text, double size_mm) const {
    Layout made{pango_layout_new(pango.get())};
    std::unique_ptr<PangoFontDescription, Freed<pango_font_description_free>> font{
        pango_font_description_new()};
    pango_font_description_set_family(font.get(), kFamily);
    pango_font_description_set_absolute_size(font.get(), size_mm * kPointsPerMm * PANGO_SCALE);
    pango_layout_set_font_description(made.get(), font.get());
    const std::string valid = valid_utf8(text);
    pango_layout_set_text(made.get(), valid.data(), static_cast<int>(valid.size()));
    return made;
  }

  // Pango works in points here, so that no size is rounded to whole millimetres.
  void show(const Layout& made, PointMm at, const Color& c) const {
    cairo_save(cairo.get());
    color(c);
    cairo_translate(cairo.get(), at.x, at.y);
    cairo_scale(cairo.get(), 1 / kPointsPerMm, 1 / kPointsPerMm);
    cairo_move_to(cairo.get(), 0, 0);
    pango_cairo_show_layout(cairo.get(), made.get());
    cairo_restore(cairo.get());
  }

  static double width(const Layout& made) {
    int w = 0;
    pango_layout_get_size(made.get(), &w, nullptr);
    return from_pango(w);
  }
  static double height(const Layout& made) {
    int h = 0;
    pango_layout_get_size(made.get(), nullptr, &h);
    return from_pango(h);
  }

  Layout wrapped(std::string_view text, double width_mm, const TextStyle& style) const {
    Layout made = layout(text, style.size_mm);
    pango_layout_set_width(made.get(), to_pango(width_mm));
    pango_layout_set_wrap(made.get(), PANGO_WRAP_WORD_CHAR);
    return made;
  }

  bool font_is_installed() const {
    std::unique_ptr<PangoFontDescription, Freed<pango_font_description_free>> font{
        pango_font_description_from_string(kFamily)};
    std::unique_ptr<PangoFont, Freed<g_object_unref>> loaded{
        pango_context_load_font(pango.get(), font.get())};
    if (!loaded) return false;
    std::unique_ptr<PangoFontDescription, Freed<pango_font_description_free>> got{
        pango_font_describe(loaded.get())};
    const char* family = pango_font_description_get_family(got.get());
    return family != nullptr && std::string_view(family) == kFamily;
  }
};

Canvas::Canvas(std::unique_ptr<State> state) : state_(std::move(state)) {}
Canvas::~Canvas() = default;
Canvas::Canvas(Canvas&&) noexcept = default;
Canvas& Canvas::operator=(Canvas&&) noexcept = default;

Result<Canvas> Canvas::create(double width_mm, double height_mm, const Facts& facts) {
  auto state = std::make_unique<State>();
  state->surface.reset(cairo_pdf_surface_create_for_stream(append, &state->bytes, width_mm * kPointsPerMm,
                                                           height_mm * kPointsPerMm));
  cairo_surface_t* surface = state->surface.get();
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, facts.title.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, facts.subject.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, facts.creator.c_str());
  const std::string date = cairo_date(facts.created_at);
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date.c_str());
  state->cairo.reset(cairo_create(surface));
  if (cairo_status(state->cairo.get()) != CAIRO_STATUS_SUCCESS) {
    return Error{ErrorCode::kInternal, "report", cairo_status_to_string(cairo_status(state->cairo.get()))};
  }
  cairo_scale(state->cairo.get(), kPointsPerMm, kPointsPerMm);
  cairo_set_line_join(state->cairo.get(), CAIRO_LINE_JOIN_ROUND);
  state->pango.reset(pango_font_map_create_context(pango_cairo_font_map_get_default()));
  std::unique_ptr<cairo_font_options_t, Freed<cairo_font_options_destroy>> options{
      cairo_font_options_create()};
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(state->pango.get(), options.get());
  pango_cairo_context_set_resolution(state->pango.get(), 72);
  pango_context_set_round_glyph_positions(state->pango.get(), FALSE);
  if (!state->font_is_installed()) return Error{ErrorCode::kMissingPackage, "fonts-wqy-microhei"};
  return Canvas(std::move(state));
}

void Canvas::line(PointMm from, PointMm to, double width_mm, Color color) {
  const PointMm points[] = {from, to};
  polyline(points, width_mm, color);
}

void Canvas::polyline(std::span<const PointMm> points, double width_mm, Color color) {
  if (points.size() < 2) return;
  cairo_t* cr = state_->cairo.get();
  state_->color(color);
  cairo_set_line_width(cr, width_mm);
  cairo_move_to(cr, points[0].x, points[0].y);
  for (const PointMm& point : points.subspan(1)) cairo_line_to(cr, point.x, point.y);
  cairo_stroke(cr);
}

void Canvas::rectangle(const RectMm& rect, Color fill) {
  state_->color(fill);
  cairo_rectangle(state_->cairo.get(), rect.x, rect.y, rect.width, rect.height);
  cairo_fill(state_->cairo.get());
}

void Canvas::frame(const RectMm& rect, double width_mm, Color color) {
  state_->color(color);
  cairo_set_line_width(state_->cairo.get(), width_mm);
  cairo_rectangle(state_->cairo.get(), rect.x, rect.y, rect.width, rect.height);
  cairo_stroke(state_->cairo.get());
}

void Canvas::ruling(const RectMm& rect, double step_mm, bool vertical, double width_mm, Color color) {
  cairo_t* cr = state_->cairo.get();
  state_->color(color);
  cairo_set_line_width(cr, width_mm);
  const int count = static_cast<int>(std::lround((vertical ? rect.width : rect.height) / step_mm));
  for (int i = 0; i <= count; ++i) {
    const double at = i * step_mm;
    if (vertical) {
      cairo_move_to(cr, rect.x + at, rect.y);
      cairo_line_to(cr, rect.x + at, rect.bottom());
    } else {
      cairo_move_to(cr, rect.x, rect.y + at);
      cairo_line_to(cr, rect.right(), rect.y + at);
    }
  }
  cairo_stroke(cr);
}

void Canvas::push_clip(const RectMm& rect) {
  cairo_save(state_->cairo.get());
  cairo_rectangle(state_->cairo.get(), rect.x, rect.y, rect.width, rect.height);
  cairo_clip(state_->cairo.get());
}
void Canvas::pop_clip() {
  cairo_restore(state_->cairo.get());
}

double Canvas::text(PointMm at, std::string_view text, const TextStyle& style) {
  if (text.empty()) return 0;
  const Layout made = state_->layout(text, style.size_mm);
  const double width = State::width(made);
  if (style.align == Align::kCenter) at.x -= width / 2;
  if (style.align == Align::kRight) at.x -= width;
  state_->show(made, at, style.color);
  return width;
}

void Canvas::text_in(PointMm at, double width_mm, std::string_view text, TextStyle style) {
  const double natural = text_width(text, style);
  if (natural > width_mm) {
    const double smaller = std::max(0.7, width_mm / natural);
    at.y += style.size_mm * (1 - smaller) / 2;
    style.size_mm *= smaller;
  }
  const Layout made = state_->layout(text, style.size_mm);
  if (State::width(made) > width_mm * 1.001) {
    pango_layout_set_width(made.get(), to_pango(width_mm));
    pango_layout_set_ellipsize(made.get(), PANGO_ELLIPSIZE_END);
    pango_layout_set_single_paragraph_mode(made.get(), TRUE);
  }
  state_->show(made, at, style.color);
}

bool Canvas::paragraph(const RectMm& rect, std::string_view original, const TextStyle& style) {
  const std::string text = valid_utf8(original);
  std::size_t end = 0;
  double height = 0;
  bool whole = true;
  for (const TextLine& each : wrap(rect.width, text, style)) {
    height += each.height_mm;
    if (height > rect.height) {
      whole = false;
      break;
    }
    end = each.end;
  }
  if (end > 0) {
    state_->show(state_->wrapped(std::string_view(text).substr(0, end), rect.width, style), {rect.x, rect.y},
                 style.color);
  }
  return whole;
}

double Canvas::text_width(std::string_view text, const TextStyle& style) const {
  return State::width(state_->layout(text, style.size_mm));
}

double Canvas::paragraph_height(double width_mm, std::string_view text, const TextStyle& style) const {
  return State::height(state_->wrapped(text, width_mm, style));
}

std::vector<TextLine> Canvas::wrap(double width_mm, std::string_view text, const TextStyle& style) const {
  const Layout made = state_->wrapped(text, width_mm, style);
  std::vector<TextLine> lines;
  std::unique_ptr<PangoLayoutIter, Freed<pango_layout_iter_free>> iter{pango_layout_get_iter(made.get())};
  do {
    const PangoLayoutLine* line = pango_layout_iter_get_line_readonly(iter.get());
    int top = 0, bottom = 0;
    pango_layout_iter_get_line_yrange(iter.get(), &top, &bottom);
    const auto begin = static_cast<std::size_t>(line->start_index);
    lines.push_back({begin, begin + static_cast<std::size_t>(line->length), from_pango(bottom - top)});
  } while (pango_layout_iter_next_line(iter.get()) != FALSE);
  return lines;
}

void Canvas::text_across(PointMm middle, double degrees, std::string_view text, const TextStyle& style) {
  cairo_t* cr = state_->cairo.get();
  const Layout made = state_->layout(text, style.size_mm);
  cairo_save(cr);
  cairo_translate(cr, middle.x, middle.y);
  cairo_rotate(cr, degrees * M_PI / 180);
  state_->show(made, {-State::width(made) / 2, -State::height(made) / 2}, style.color);
  cairo_restore(cr);
}

void Canvas::next_page() {
  cairo_show_page(state_->cairo.get());
}

Result<std::string> Canvas::finish() {
  cairo_show_page(state_->cairo.get());
  cairo_surface_finish(state_->surface.get());
  cairo_status_t status = cairo_status(state_->cairo.get());
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(state_->surface.get());
  if (status != CAIRO_STATUS_SUCCESS)
    return Error{ErrorCode::kInternal, "report", cairo_status_to_string(status)};
  return std::move(state_->bytes);
}

}  // namespace ecg::reporting
