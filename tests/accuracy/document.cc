#include "tests/accuracy/document.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/accuracy/limits.h"

namespace ecg::accuracy {
namespace {

constexpr std::string_view kBegin = "<!-- figures ", kEnd = "<!-- end -->";

std::string number(const std::vector<Figure>& figures, const std::string& name) {
  const auto figure = std::ranges::find(figures, name, &Figure::name);
  if (figure == figures.end() || std::isnan(figure->value)) return "–";
  // A score from 0 to 1 needs more digits than a percentage.
  return line(name.ends_with("F1") && figure->value <= 1 ? "%.3f" : "%.2f", figure->value);
}

std::string limit_text(Better better, double value) {
  return line(better == Better::kMore ? "≥ %g" : better == Better::kLess ? "≤ %g" : "± %g", value);
}

std::string table(const std::string& topic, const TopicFigures& figures) {
  std::string out = "| figure | all recordings | cross-validated | floor | goal |\n|---|---|---|---|---|\n";
  for (const Figure& figure : figures.measured) {
    const auto limit = std::ranges::find_if(
        limits(), [&](const Limit& l) { return l.topic == topic && l.figure == figure.name; });
    const bool limited = limit != limits().end();
    out += "| " + figure.name + " | " + number(figures.measured, figure.name) + " | " +
           (figures.cross_validated ? number(*figures.cross_validated, figure.name) : "–") + " | " +
           (limited ? limit_text(limit->better, limit->floor) : "") + " | " +
           (limited ? limit_text(limit->better, limit->goal) : "") + " |\n";
  }
  return out;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error(path + " cannot be read");
  return text.str();
}

}  // namespace

void write_figures(const std::string& path, const std::map<std::string, TopicFigures>& topics) {
  std::string text = text_of(path);
  for (const auto& [topic, figures] : topics) {
    const std::string mark = std::string(kBegin) + topic + " -->\n";
    const auto begin = text.find(mark);
    const auto end = begin == std::string::npos ? begin : text.find(kEnd, begin);
    if (end == std::string::npos)
      throw std::runtime_error(path + " has no place for the figures of " + topic);
    const auto from = begin + mark.size();
    text.replace(from, end - from, "\n" + table(topic, figures) + "\n");
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) throw std::runtime_error(path + " cannot be written");
}

}  // namespace ecg::accuracy
