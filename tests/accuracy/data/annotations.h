// WFDB annotation files in the MIT format. Source: WFDB Applications Guide, annot(5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"

namespace ecg::accuracy {

struct Annotation {
  std::int64_t sample = 0;
  std::string symbol;  // "N", "V", "+", "(" ...
  std::string aux;     // "(AFIB"
};

// hz: the record's sampling frequency; a file that declares another time resolution is rescaled to it. Throws
// std::runtime_error when the file cannot be read.
std::vector<Annotation> read_annotations(const std::string& path, double hz);

// What WFDB's isqrs() counts as a beat.
bool is_beat(std::string_view symbol);

// AAMI EC57 class of a beat symbol. Escape beats e, j, n count as N, as in the literature on the
// inter-patient split.
dsp::BeatClass aami_class(std::string_view symbol);

}  // namespace ecg::accuracy
