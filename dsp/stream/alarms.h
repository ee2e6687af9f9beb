// When a stream's alarms begin and end.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/rhythm/shock_detector.h"

namespace ecg::dsp {

// What is known at the end of a second.
struct LiveFacts {
  bool usable = false;  // at least one lead can be trusted
  bool silent = false;  // no trusted lead moves
  ShockSecond shock;    // judged by itself: it may be known while usable is not
  double since_beat_s = 0;
  bool wide_tachycardia = false;   // of the last beats
  std::optional<double> rate_bpm;  // over the last beats, if there were any lately
};

class Alarms {
 public:
  // Appends alarms that begin or end. While no lead is usable nothing changes: a running alarm is not over
  // because nobody can see.
  void update(const LiveFacts& facts, std::vector<StreamAlarm>& out);

 private:
  struct Condition {
    int seconds = 0;  // for which it has held
    bool active = false;
  };
  void shock(const ShockSecond& second, bool wide, std::vector<StreamAlarm>& out);
  void step(std::size_t which, bool holds, int needed, std::vector<StreamAlarm>& out);
  std::array<Condition, 5> conditions_;
  int wide_ = 0;        // seconds that a wide tachycardia is still believed in; see update()
  int disordered_ = 0;  // seconds of fibrillation or flutter on end
};

}  // namespace ecg::dsp
