// Figures into a text that people read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

struct TopicFigures {
  std::vector<Figure> measured;
  std::optional<std::vector<Figure>> cross_validated;
};

// Replaces what stands between the lines "<!-- figures TOPIC -->" and "<!-- end -->" of a Markdown file by
// the topic's table; other lines stay. Throws std::runtime_error when the file cannot be read or written, or
// when a topic has no place in it.
void write_figures(const std::string& path, const std::map<std::string, TopicFigures>& topics);

}  // namespace ecg::accuracy
