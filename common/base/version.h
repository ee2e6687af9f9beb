// The version of every program of the project. CMakeLists.txt reads it from here.
#pragma once

#include <string_view>

namespace ecg {
inline constexpr std::string_view kVersion = "0.1.0";
}
