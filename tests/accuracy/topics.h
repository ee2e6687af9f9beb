// What can be scored.
#pragma once

#include <span>
#include <string_view>

#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

struct Topic {
  std::string_view name;
  std::string_view about;
  std::string_view databases;  // separated by blanks; empty: needs no recordings
  Report (*score)(const Context&);
};

std::span<const Topic> topics();

}  // namespace ecg::accuracy
