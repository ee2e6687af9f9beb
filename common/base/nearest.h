// The name somebody probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ecg {

// The candidate with the fewest edits (insert, delete, replace one byte) from text; the first of several;
// empty when there are no candidates.
std::string nearest_name(std::string_view text, std::span<const std::string> candidates);

}  // namespace ecg
