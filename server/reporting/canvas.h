// A sheet of paper in millimetres over Cairo and Pango: lines and text, nothing about ECG. Not thread-safe;
// one per document.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "server/reporting/trace_geometry.h"

namespace ecg::reporting {

struct Color {
  double red = 0, green = 0, blue = 0, alpha = 1;
};
inline constexpr Color kBlack{};
inline constexpr Color kGrey{0.35, 0.35, 0.35};
inline constexpr Color kWarning{0.72, 0.07, 0.07};

enum class Align { kLeft, kCenter, kRight };

struct TextStyle {
  double size_mm = 3;  // em height
  Color color = kBlack;
  Align align = Align::kLeft;
};

// One laid-out line of a wrapped text.
struct TextLine {
  std::size_t begin = 0, end = 0;  // bytes of the text
  double height_mm = 0;
};

// The text with every byte that is not UTF-8 replaced by U+FFFD; offsets into texts are into this.
std::string valid_utf8(std::string_view text);

class Canvas {
 public:
  struct Facts {
    std::string title, subject, creator;
    Timestamp created_at{};
  };
  // Errors: kMissingPackage (no WenQuanYi Micro Hei), kInternal.
  static Result<Canvas> create(double width_mm, double height_mm, const Facts& facts);
  ~Canvas();
  Canvas(Canvas&&) noexcept;
  Canvas& operator=(Canvas&&) noexcept;

  void line(PointMm from, PointMm to, double width_mm, Color color);
  void polyline(std::span<const PointMm> points, double width_mm, Color color);
  void rectangle(const RectMm& rect, Color fill);
  void frame(const RectMm& rect, double width_mm, Color color);
  // Parallel lines every step_mm, both edges included; vertical lines when vertical.
  void ruling(const RectMm& rect, double step_mm, bool vertical, double width_mm, Color color);
  void push_clip(const RectMm& rect);
  void pop_clip();

  // One line whose top left (or top middle, top right) is at; returns its width.
  double text(PointMm at, std::string_view text, const TextStyle& style);
  // One line within width_mm: set smaller, down to 70 %, then cut with an ellipsis.
  void text_in(PointMm at, double width_mm, std::string_view text, TextStyle style);
  // Wrapped text within rect; returns false when lines had to be left out at its end.
  bool paragraph(const RectMm& rect, std::string_view text, const TextStyle& style);
  double text_width(std::string_view text, const TextStyle& style) const;
  double paragraph_height(double width_mm, std::string_view text, const TextStyle& style) const;
  // Offsets are into valid_utf8(text).
  std::vector<TextLine> wrap(double width_mm, std::string_view text, const TextStyle& style) const;
  // Turned text around its middle.
  void text_across(PointMm middle, double degrees, std::string_view text, const TextStyle& style);

  void next_page();
  // The finished document; the canvas is of no further use.
  Result<std::string> finish();

 private:
  struct State;
  explicit Canvas(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ecg::reporting
